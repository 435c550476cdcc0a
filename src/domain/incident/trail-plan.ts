/** What CloudTrail's event history is asked for, after the log behind the alarm: only what that log cannot tell. Pure. */
import { type Look, type LookReason, type LookSettings, looksFor } from '../sign-in/looks.ts';
import { concernOf } from './concern.ts';
import type { Counted } from './counted.ts';
import type { Incident } from './incident.ts';

/** Why it is not asked: `no-sign-in-matter`, or `nothing-to-go-by`: what the alarm means is not known, and whoever signed in then is not named for it. */
type NoLook = 'nobody-was-counted' | 'no-sign-in-matter' | 'nothing-to-go-by';

export type TrailPlan =
  | { readonly do: 'look'; readonly why: LookReason; readonly looks: readonly Look[] }
  | { readonly do: 'nothing'; readonly why: NoLook };

/** @param from when what may belong to it began, in milliseconds since the epoch */
export function trailPlan(incident: Incident, from: number, settings: LookSettings): TrailPlan {
  const { counted = [], subjects, detection } = incident;
  if (incident.origin === 'sign-in') return { do: 'look', why: 'around-events', looks: looksFor(incident, from, settings) };
  if (counted.length > 0 && counted.every(({ nobody }) => nobody !== undefined)) return nobodyPlan(incident, counted, from);
  if (concernOf(incident) === 'other') return { do: 'nothing', why: 'no-sign-in-matter' };
  if (detection === undefined && subjects.length === 0) return { do: 'nothing', why: 'nothing-to-go-by' };
  const isRead = counted.some(({ readings }) => readings.some(({ notRead }) => notRead === undefined));
  return { do: 'look', why: isRead ? 'around-counted' : 'no-readable-log', looks: looksFor(incident, from, settings) };
}

function nobodyPlan({ alarm, account, region }: Incident, counted: readonly Counted[], from: number): TrailPlan {
  if (alarm === undefined || !counted.some(({ nobody }) => nobody === 'set-by-hand')) return { do: 'nothing', why: 'nobody-was-counted' };
  const [, , , ofAlarm = region] = alarm.arn.split(':');
  return { do: 'look', why: 'who-set-it', looks: [{ account, region: ofAlarm, attribute: 'EventName', value: setAlarmState, from }] };
}

export const setAlarmState = 'SetAlarmState';

/** Why CloudTrail's event history is asked, for the card. */
export const lookReasonWords: Record<LookReason, string> = {
  'around-events': 'for what else belongs to it',
  'around-counted': 'for other regions and for a success after what was counted',
  'no-readable-log': 'because the alarm’s log could not be read',
  'who-set-it': 'for who set the state',
};
