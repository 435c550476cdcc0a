import type { Log, Metrics } from '../domain/ports.ts';

const everyMs = 10_000;

/** @param reason one of a few named ones, never text from outside */
export type TellRefusal = (reason: string, fields?: object) => void;

/**
 * Counts each request refused, and logs the first of each reason in ten seconds with how many came since the last line: anybody can send
 * these, and must not be able to fill a disk.
 * @param now milliseconds since the epoch
 */
export function refusalsTo({ log, metrics }: { log: Log; metrics: Metrics }, now: () => number): TellRefusal {
  const logged = new Map<string, { at: number; since: number }>();
  return (reason, fields = {}) => {
    metrics.count('refusals', reason);
    const last = logged.get(reason);
    if (last !== undefined && now() - last.at < everyMs) {
      last.since++;
      return;
    }
    logged.set(reason, { at: now(), since: 0 });
    log.warn({ ...fields, reason, notLogged: last?.since ?? 0 }, 'request refused');
  };
}
