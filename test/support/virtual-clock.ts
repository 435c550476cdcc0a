/** A clock that stands still while somebody works, and goes on to the next time that somebody waits for when all are idle. */
import type { Clock } from '../../src/domain/ports.ts';

export interface VirtualClock extends Clock {
  /** Lets this much time pass. @param isIdle whether nobody works, where so many wait */
  pass(ms: number, isIdle: (waiting: number) => boolean): Promise<void>;
}

export function virtualClock(start: number): VirtualClock {
  let now = start;
  const waiting = new Set<{ until: number; resume: () => void }>();
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return {
    now: () => now,
    wait: (ms, wake) =>
      new Promise((resolve) => {
        const resume = (): void => {
          waiting.delete(one);
          resolve();
        };
        const one = { until: now + ms, resume };
        waiting.add(one);
        if (wake?.aborted) resume();
        else wake?.addEventListener('abort', resume, { once: true });
      }),
    pass: async (ms, isIdle) => {
      const end = now + ms;
      for (;;) {
        while (!isIdle(waiting.size)) await turn();
        const next = Math.min(...[...waiting].map(({ until }) => until));
        now = Math.min(end, Math.max(now, next));
        if (next > end) return;
        for (const one of [...waiting]) if (one.until <= now) one.resume();
        await turn();
      }
    },
  };
}
