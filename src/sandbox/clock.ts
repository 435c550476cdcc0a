/** The sandbox's time: the system's plus an offset that only grows. Bots follow it over an event stream and confirm each move. */
import type { ServerResponse } from 'node:http';

const confirmMs = 5_000;

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

export class SandboxClock {
  #offset = 0;
  #id = 0;
  readonly #streams = new Set<ServerResponse>();
  readonly #confirmed = new Map<number, { left: number; done: () => void }>();
  #timers: Timer[] = [];
  #next: NodeJS.Timeout | undefined;

  now(): number {
    return Date.now() + this.#offset;
  }

  follow(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
    response.write(`${JSON.stringify({ offset: this.#offset, id: 0 })}\n`);
  }

  confirm(id: number): void {
    const waiting = this.#confirmed.get(id);
    if (waiting && --waiting.left <= 0) waiting.done();
  }

  /** Resolves once every bot that follows has confirmed. */
  async advance(seconds: number): Promise<void> {
    this.#offset += Math.round(seconds * 1_000);
    await this.heard();
    this.#runDue();
  }

  /** Resolves once every bot that follows has confirmed where the clock stands: so it is not too busy to answer. */
  async heard(): Promise<void> {
    const id = ++this.#id;
    const followers = [...this.#streams];
    if (followers.length === 0) return;
    await new Promise<void>((resolve) => {
      const tooLate = setTimeout(resolve, confirmMs);
      const done = (): void => {
        clearTimeout(tooLate);
        resolve();
      };
      this.#confirmed.set(id, { left: followers.length, done });
      for (const stream of followers) stream.write(`${JSON.stringify({ offset: this.#offset, id })}\n`);
    });
    this.#confirmed.delete(id);
  }

  /** Runs something after that many milliseconds of sandbox time. */
  after(ms: number, run: () => void): void {
    this.#timers.push({ at: this.now() + ms, run });
    this.#runDue();
  }

  /** Forgets all timers and closes all streams. */
  reset(): void {
    this.#timers = [];
    clearTimeout(this.#next);
  }

  #runDue(): void {
    clearTimeout(this.#next);
    const due = this.#timers.filter((timer) => timer.at <= this.now());
    this.#timers = this.#timers.filter((timer) => timer.at > this.now());
    for (const timer of due) timer.run();
    const soonest = Math.min(...this.#timers.map((timer) => timer.at));
    if (Number.isFinite(soonest)) this.#next = setTimeout(() => this.#runDue(), Math.max(1, soonest - this.now())).unref();
  }
}
