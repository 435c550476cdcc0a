/** Time that stands still while anything is under way, and then moves to what is waited for next. */
import type { Clock } from '../../src/domain/ports.ts';

interface Waiter {
  readonly at: number;
  readonly go: () => void;
  /** False while whoever waits is stopped: it goes on when that is over. */
  readonly isRunning: () => boolean;
}

export interface VirtualTime {
  now(): number;
  /** @param isRunning whether who waits by this clock goes on */
  clock(isRunning?: () => boolean): Clock;
  /** Moves to what is waited for next, `mostMs` at most. */
  move(mostMs: number): void;
}

export function virtualTime(start: number): VirtualTime {
  let now = start;
  let waiters: Waiter[] = [];
  const clock = (isRunning: () => boolean = () => true): Clock => ({
    now: () => now,
    wait: (ms, wake) =>
      new Promise((resolve) => {
        if (wake?.aborted) return resolve();
        const waiter: Waiter = { at: now + ms, go: resolve, isRunning };
        waiters.push(waiter);
        wake?.addEventListener('abort', () => {
          waiters = waiters.filter((one) => one !== waiter);
          resolve();
        });
      }),
  });
  const move = (mostMs: number): void => {
    const running = waiters.filter((waiter) => waiter.isRunning());
    now = Math.max(now, Math.min(now + mostMs, ...running.map(({ at }) => at)));
    const due = running.filter(({ at }) => at <= now);
    waiters = waiters.filter((waiter) => !due.includes(waiter));
    for (const { go } of due) go();
  };
  return { now: () => now, clock, move };
}
