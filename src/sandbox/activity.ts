/** Knows when the bot's calls have been quiet for a while. */
export class Activity {
  #underWay = 0;
  #lastAt = 0;

  /** Returns what ends the call. */
  begin(): () => void {
    this.#underWay++;
    this.#lastAt = Date.now();
    let isDone = false;
    return () => {
      if (isDone) return;
      isDone = true;
      this.#underWay--;
      this.#lastAt = Date.now();
    };
  }

  /** Resolves once nothing was under way for `quietMs`, or after `mostMs`. */
  async quiet(quietMs: number, mostMs: number): Promise<void> {
    const start = Date.now();
    this.#lastAt = Math.max(this.#lastAt, start);
    while (Date.now() - start < mostMs) {
      if (this.#underWay === 0 && Date.now() - this.#lastAt >= quietMs) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
