/** Timers of two incidents that were found to be one. Pure. */
import type { Incident } from './incident.ts';
import { isHeldAs, untimed } from './reminders.ts';
import type { Timers } from './timers.ts';

/**
 * What was asked or published for either is not asked or published again.
 * @param kept the one that both are now, whose timers are not used
 */
export function timersOfBoth(kept: Incident, older: Timers = untimed, younger: Timers = untimed): Timers | undefined {
  if (older === untimed && younger === untimed) return undefined;
  const both = [older, younger];
  const same = both.filter(({ held }) => isHeldAs(kept, held));
  const pagedAt = newest(both.map((one) => one.pagedAt));
  const [held] = same.flatMap((one) => one.held ?? []).toSorted((a, b) => a.since - b.since);
  return {
    pages: older.pages + younger.pages,
    ...(pagedAt === undefined ? {} : { pagedAt }),
    ...(both.some(({ isReminded }) => isReminded) ? { isReminded: true, remindedAt: newest(both.map((one) => one.remindedAt)) } : {}),
    held,
    paging: older.paging,
    askedOwnerAt: newest(same.map((one) => one.askedOwnerAt)),
    leftSince: oldest(both.map((one) => one.leftSince)),
    askedLeftAt: newest(both.map((one) => one.askedLeftAt)),
    askedLines: both.flatMap(({ askedLines = [] }) => askedLines),
  };
}

function newest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function oldest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
