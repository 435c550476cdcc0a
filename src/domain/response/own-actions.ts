/**
 * Tells what this bot did from what others did, when it comes back as a CloudTrail event. A response's session carries the Slack user as STS
 * SourceIdentity, which nobody can set without the member role's trust; without a member role the caller's own ARN decides.
 */
import { alarmSubject } from '../alarm/named.ts';
import { alarmArn } from '../place.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import type { PendingResponse } from '../store.ts';

const minute = 60_000;

/** Which response makes which call. */
const responseOf: Record<string, string> = {
  UpdateLoginProfile: 'reset-password',
  DeactivateMFADevice: 'reset-mfa',
  DeleteVirtualMFADevice: 'reset-mfa',
  SetAlarmState: 'reset-alarm',
};

export const ownResponses: readonly string[] = [...new Set(Object.values(responseOf))];

/** How the bot is known in CloudTrail. */
export interface OwnIdentity {
  /** Its own ARN, where it assumes no role. */
  readonly ownPrincipal: string | undefined;
  /** The name of the role that it assumes for changes. */
  readonly respondRole: string | undefined;
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

/** The response of those that began at that time which an event comes from; undefined: somebody else did it. */
export function ownActionIn(signIn: SignIn, begun: readonly (PendingResponse & { readonly key: string })[], own: OwnIdentity): OwnAction | undefined {
  const response = responseOf[signIn.eventName];
  const { from, until } = ownWindow([signIn.at]);
  const found = begun.find(
    (one) => one.response === response && one.startedAt >= from && one.startedAt <= until && isOfSession(signIn, one, own) && isAbout(signIn, one),
  );
  if (found === undefined) return undefined;
  const { incident, seq, key, by } = found;
  return { incident, seq, key, text: `CloudTrail has ${signIn.eventName} of ${signIn.target} that ${by} asked for (entry ${seq}): our own action.` };
}

/** SourceIdentity alone proves nothing: any role whose trust allows it can set one. The role and its session's name do. */
function isOfSession({ sourceIdentity, principal, account }: SignIn, { byId }: PendingResponse, { ownPrincipal, respondRole }: OwnIdentity): boolean {
  if (sourceIdentity === undefined || respondRole === undefined) return ownPrincipal !== undefined && principal.arn === ownPrincipal;
  return sourceIdentity === byId && principal.arn?.split(':').slice(3).join(':') === `:${account}:assumed-role/${respondRole}/slack-${byId}`;
}

/** A deleted virtual device names no user; who did it and when is all there is. */
function isAbout({ eventName, target = '', account, region }: SignIn, { subject }: PendingResponse): boolean {
  if (eventName === 'SetAlarmState') return subject === alarmSubject({ name: target, arn: alarmArn({ region, account }, target) });
  const isThere = subject.endsWith(` ${account}`);
  return isThere && (eventName === 'DeleteVirtualMFADevice' ? target.includes(`:${account}:mfa/`) : subject.startsWith(`${target} `));
}
