/** The events that an alarm's own message names: the CloudTrail records among its log lines. */
import type { AlarmChange } from '../alarm/alarm.ts';
import { type SignIn, signInFromRecord } from '../sign-in/sign-in.ts';
import { toldApart } from '../sign-in/told-apart.ts';
import type { Signal } from '../signal/signal.ts';

/** The CloudTrail events that a signal is or names. */
export function eventsOf(signal: Signal): SignIn[] {
  if (signal.kind === 'sign-in') return [signal];
  return signal.kind === 'alarm-change' ? toldEvents(signal) : [];
}

/** Of a firing; each once, oldest first. One without an id is known by its alarm, time and place in the message. */
export function toldEvents({ kept, state, account, region, arn, at }: AlarmChange): SignIn[] {
  if (state !== 'ALARM' || kept.lines === undefined) return [];
  const events = kept.lines.records.map((record, index) => signInFromRecord(record, { account, region, at, id: `line:${arn}:${at}:${index}` }));
  return [...new Map(toldApart(events, new Map()).map((event) => [event.eventId, event])).values()].toSorted((a, b) => a.at - b.at);
}
