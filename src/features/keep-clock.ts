import { duration } from '../domain/incident/incident.ts';
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

/** So far the clocks of two machines may be apart. */
const apartMs = 60_000;

/**
 * Tells whether the clock of this machine is apart from the database's, by which replicas are measured against each other.
 * @param wallClock the machine's, whatever time the responder goes by
 */
export async function compareClocks({ store, report }: Pick<Ports, 'store' | 'report'>, wallClock: () => number): Promise<void> {
  const from = wallClock();
  const there = await store.databaseClock();
  if (there === undefined) return;
  const until = wallClock();
  // What the question took is not known to be of the way there or back.
  const by = there < from ? from - there : Math.max(0, there - until);
  const words = `The clock of this machine is ${duration(by)} ${there < from ? 'ahead of' : 'behind'} the database's, which other replicas are held against. Set both (NTP): what one of them leaves undone another one takes up that much later.`;
  report('database-clock', by > apartMs ? words : undefined);
}
