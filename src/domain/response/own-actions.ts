/**
 * Tells what this bot did from what others did, when it comes back as a CloudTrail event. A response's session carries the Slack user as STS
 * SourceIdentity, which nobody can set without the member role's trust; without a member role the caller's own ARN decides.
 */
import { alarmSubject } from '../alarm/named.ts';
import { detectionOf } from '../detection/detections.ts';
import { alarmArn } from '../place.ts';
import { type Act, actIn } from '../sign-in/act.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import { sessionNameOf } from './attribution.ts';
import type { PendingResponse } from './pending.ts';

const minute = 60_000;

/** An event that a response causes, and what CloudTrail names as its target. */
export interface Cause {
  readonly event: string;
  /** `mfa`: a deleted virtual device names no user; who did it and when is all there is. `root`: done as root, and names nobody. */
  readonly names: 'user' | 'mfa' | 'alarm' | 'root';
  /** What an event of that name may be besides, which the response never does. */
  readonly never?: Act['is'];
}

/** How the bot is known in CloudTrail. */
export interface OwnIdentity {
  /** Its own ARN, where it assumes no role. */
  readonly ownPrincipal: string | undefined;
  /** The names of the roles that it assumes for changes. */
  readonly respondRoles: readonly string[];
  /** What its responses cause, by their ids. */
  readonly causes: Readonly<Record<string, readonly Cause[]>>;
}

/** The response that an event comes from. */
export interface OwnAction {
  readonly incident: number;
  readonly seq: number;
  /** Of the incident: locked before it is written to. */
  readonly key: string;
  readonly text: string;
}

/** When responses may have begun that caused events of these times. A call is made seconds after its intent, and clocks differ a little. */
export function ownWindow(times: readonly number[]): { from: number; until: number } {
  return { from: Math.min(...times) - 3 * minute, until: Math.max(...times) + minute };
}

/** Whether it is a change at all that a response may have caused. */
export function mayBeOwn({ target, principal, sourceIdentity }: SignIn): boolean {
  return target !== undefined || (principal.kind === 'root' && sourceIdentity !== undefined);
}

/** The response of those that began at that time which an event comes from; undefined: somebody else did it. */
export function ownActionIn(signIn: SignIn, begun: readonly (PendingResponse & { readonly key: string })[], own: OwnIdentity): OwnAction | undefined {
  // Whoever has a session of ours, and does with it what no response does, is not the bot.
  if (signIn.detections.some((id) => detectionOf(id).isNeverOurs)) return undefined;
  const { from, until } = ownWindow([signIn.at]);
  const found = begun.find((one) => one.startedAt >= from && one.startedAt <= until && isOfSession(signIn, one, own) && isCaused(signIn, one, own));
  if (found === undefined) return undefined;
  const { incident, seq, key, by } = found;
  const { eventName, target = 'root' } = signIn;
  return { incident, seq, key, text: `CloudTrail has ${eventName} of ${target} that ${by} asked for (entry ${seq}): our own action.` };
}

/** SourceIdentity alone proves nothing: any role whose trust allows it can set one. The role and its session's name do. */
function isOfSession({ sourceIdentity, principal, account }: SignIn, pending: PendingResponse, { ownPrincipal, respondRoles }: OwnIdentity): boolean {
  if (sourceIdentity === undefined || respondRoles.length === 0) return ownPrincipal !== undefined && principal.arn === ownPrincipal;
  const { byId: id, by: name, incident, response } = pending;
  if (sourceIdentity !== id) return false;
  // Whoever signs in as root has none: AssumeRoot carries that of the session which asked for it, but not its name.
  if (principal.kind === 'root') return true;
  const session = sessionNameOf({ person: { id, name }, incident, response });
  const whose = principal.arn?.split(':').slice(3).join(':');
  return respondRoles.some((role) => whose === `:${account}:assumed-role/${role}/${session}`);
}

function isCaused(signIn: SignIn, { response, subject }: PendingResponse, { causes }: OwnIdentity): boolean {
  const caused = Object.hasOwn(causes, response) ? (causes[response] ?? []) : [];
  return caused.some(({ event, names, never }) => event === signIn.eventName && actIn(signIn).is !== never && isAbout(signIn, names, subject));
}

function isAbout({ target = '', account, region, principal }: SignIn, names: Cause['names'], subject: string): boolean {
  if (names === 'root' || principal.kind === 'root')
    return names === 'root' && principal.kind === 'root' && subject.startsWith('root of ') && subject.replaceAll('-', '').endsWith(account);
  if (names === 'alarm') return subject === alarmSubject({ name: target, arn: alarmArn({ region, account }, target) });
  const isThere = subject.endsWith(` ${account}`);
  return isThere && (names === 'mfa' ? target.includes(`:${account}:mfa/`) : subject.startsWith(`${target} `));
}
