/** Knows when the bot's calls have been quiet for a while. */
const tickMs = 20;

export class Activity {
  #underWay = 0;
  #begun = 0;
  readonly #answered: () => Promise<void>;

  /** @param answered resolves once the bot has answered something that takes no work */
  constructor(answered: () => Promise<void> = async () => undefined) {
    this.#answered = answered;
  }

  /** Returns what ends the call. */
  begin(): () => void {
    this.#underWay++;
    this.#begun++;
    let isDone = false;
    return () => {
      if (isDone) return;
      isDone = true;
      this.#underWay--;
    };
  }

  /**
   * Resolves once nothing was under way for `quietMs`, or after `mostMs`. On a busy machine a bot that is quiet may only be slow: it counts as
   * quiet when it has also answered.
   */
  async quiet(quietMs: number, mostMs: number): Promise<void> {
    const end = Date.now() + mostMs;
    let quietTicks = 0;
    while (Date.now() < end) {
      const begun = this.#begun;
      const isLong = quietTicks * tickMs >= quietMs;
      await (isLong ? this.#answered() : new Promise((resolve) => setTimeout(resolve, tickMs)));
      const isQuiet = this.#underWay === 0 && this.#begun === begun;
      if (isLong && isQuiet) return;
      quietTicks = isQuiet ? quietTicks + 1 : 0;
    }
  }
}
