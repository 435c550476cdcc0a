/** Telling one change of an alarm from another, whichever way each was heard of. */
import type { AlarmState, ToldBy } from './alarm.ts';

/** AWS's own times of one change (the message's, the event's, the history's) differ by milliseconds. */
export const sameChangeMs = 2_000;

export interface KnownChange {
  readonly state: AlarmState;
  readonly at: number;
  /** Undefined: an older version did not say. */
  readonly toldBy?: ToldBy | undefined;
}

/**
 * Whether a change is one of those that are known: to the same state at the same time. Told in another way, its time may be off, as long as the
 * alarm was in no other state between the two.
 */
export function isKnownChange(change: KnownChange, known: readonly KnownChange[]): boolean {
  const { state, at } = change;
  const isBetween = (one: KnownChange) => (other: KnownChange) =>
    other.state !== state && other.at > Math.min(one.at, at) && other.at < Math.max(one.at, at);
  return known.some((one) => one.state === state && (one.at === at || (isNear(one, change) && !known.some(isBetween(one)))));
}

function isNear(one: KnownChange, other: KnownChange): boolean {
  const isToldAlike = one.toldBy !== undefined && one.toldBy === other.toldBy;
  return !isToldAlike && Math.abs(one.at - other.at) <= sameChangeMs;
}
