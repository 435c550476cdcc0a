import type { Ports } from '../domain/ports.ts';

/** So far ahead may be what was written since it was looked last, in milliseconds. */
const slackMs = 10_000;

/**
 * Looks whether the clock was set back, to be called every few seconds: what was due soon by the clock before would else wait for as long as that
 * was ahead.
 * @param before the newest time that an earlier process wrote; undefined: none
 */
export function clockKeeper(
  { clock, store, log, wake }: Pick<Ports, 'clock' | 'store' | 'log' | 'wake'>,
  before: number | undefined,
): () => Promise<void> {
  let last = before ?? clock.now();
  return async () => {
    const now = clock.now();
    if (now < last) {
      log.warn({ byMs: last - now }, 'the clock was set back');
      await store.dueAgain(now, last - now + slackMs);
      wake();
    }
    last = now;
  };
}
