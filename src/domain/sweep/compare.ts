/** What CloudWatch says of an alarm beside what is remembered of it: whether something was missed. Pure. */
import type { AlarmState } from '../alarm/alarm.ts';
import { isKnownChange } from '../alarm/same-change.ts';

/** SNS delivers within seconds, and tries again within a minute: what is younger may be on its way. */
export const onItsWayMs = 60_000;
/** An alarm that was never heard of and fired within this time is told; one that fired before is known to whoever installed the responder. */
const firstSightMs = 24 * 3_600_000;

export interface Swept {
  readonly state: AlarmState;
  /** When it went into that state. */
  readonly since: number;
}

export type Comparison =
  | { readonly do: 'nothing'; readonly reason: 'same' | 'on-its-way' }
  /** Take what CloudWatch says as what is remembered, and tell nobody. */
  | { readonly do: 'remember'; readonly reason: 'first-sight' | 'remembered-wrong' | 'silent' }
  /** Changes since then were missed. */
  | { readonly do: 'tell'; readonly reason: 'not-remembered' | 'changed-since'; readonly from: number };

/**
 * @param known what is remembered of the alarm
 * @param through until when what happened in its account and region was known at the last sweep; undefined: there was none
 * @param askedAt when CloudWatch was asked
 */
export function compare(
  { state, since }: Swept,
  known: { readonly state: AlarmState; readonly at: number } | undefined,
  { through, askedAt }: { readonly through: number | undefined; readonly askedAt: number },
): Comparison {
  if (known === undefined) {
    const isNews = since > (through ?? askedAt - firstSightMs) && (through !== undefined || state === 'ALARM');
    return isNews ? { do: 'tell', reason: 'not-remembered', from: through ?? since } : { do: 'remember', reason: 'first-sight' };
  }
  if (isKnownChange({ state, at: since, toldBy: 'state' }, [{ state: known.state, at: known.at }])) return { do: 'nothing', reason: 'same' };
  if (since > known.at) return { do: 'tell', reason: 'changed-since', from: known.at };
  // CloudWatch was asked before SNS brought what is remembered, or knows better than whoever published it.
  return known.at > askedAt - onItsWayMs ? { do: 'nothing', reason: 'on-its-way' } : { do: 'remember', reason: 'remembered-wrong' };
}
