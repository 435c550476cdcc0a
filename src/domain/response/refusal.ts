/** Why a response is not given, and what comes back instead. */
import type { StepRefusal } from '../incident/refusal.ts';
import type { RefusalReason } from './who-may.ts';

type ResponseRefusal =
  | RefusalReason
  | StepRefusal
  | 'no-such-incident'
  | 'done-meanwhile'
  | 'already-so'
  | 'no-alarm'
  | 'alarm-gone'
  | 'not-in-alarm'
  | 'another-alarm-shown'
  | 'own-alarm'
  | 'alarm-acts'
  | 'protected-user'
  | 'not-configured'
  | 'no-console-password'
  | 'no-device'
  | 'protection-not-known'
  | 'devices-not-read'
  | 'keys-not-read'
  | 'too-many-policies'
  | 'no-session'
  | 'protected-role'
  | 'not-to-undo'
  | 'changed-meanwhile'
  | 'denied'
  | 'frozen'
  | 'read-only'
  | 'capped'
  | 'request-over'
  | 'request-changed'
  | 'own-request'
  | 'own-account'
  | 'joined-lately'
  | 'approved-already'
  | 'approver-gone'
  | 'not-requester'
  | 'owner-unknown'
  | 'contain-first'
  | 'asked-already';

/** They say only that somebody did it already: nobody is kept from anything. */
const saidAlready: readonly ResponseRefusal[] = [
  'already-acknowledged',
  'already-owner',
  'nobody-on-it',
  'not-resolved',
  'newer-is-open',
  'done-meanwhile',
  'already-so',
  'not-in-alarm',
  'no-alarm',
  'no-device',
  'no-console-password',
];

/** Whether it is an entry of the log: every refusal is but those. */
export function isRecorded(reason: string): boolean {
  return !(saidAlready as readonly string[]).includes(reason);
}

export type Refused = { readonly ok: false; readonly reason: ResponseRefusal; readonly message: string };
export type Answer<T = object> = ({ readonly ok: true } & T) | Refused;
