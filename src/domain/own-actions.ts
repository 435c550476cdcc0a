/**
 * Tells what this bot did from what others did, when it comes back as a CloudTrail event. A response's session carries the Slack user as STS
 * SourceIdentity, which nobody can set without the member role's trust; without a member role the caller's own ARN decides.
 */
import type { SignIn } from './sign-in.ts';
import type { PendingResponse } from './store.ts';

const minute = 60_000;

/** Which response makes which call. */
const responseOf: Record<string, string> = {
  UpdateLoginProfile: 'reset-password',
  DeactivateMFADevice: 'reset-mfa',
  DeleteVirtualMFADevice: 'reset-mfa',
  SetAlarmState: 'reset-alarm',
};

export const ownResponses: readonly string[] = [...new Set(Object.values(responseOf))];

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

/**
 * @param begun responses of that time
 * @param ownPrincipal the bot's own ARN where it assumes no role
 */
export function ownActionIn(
  signIn: SignIn,
  begun: readonly (PendingResponse & { readonly key: string })[],
  ownPrincipal: string | undefined,
): OwnAction | undefined {
  const response = responseOf[signIn.eventName];
  const { from, until } = ownWindow([signIn.at]);
  const found = begun.find(
    (one) =>
      one.response === response && one.startedAt >= from && one.startedAt <= until && isOfSession(signIn, one, ownPrincipal) && isAbout(signIn, one),
  );
  if (found === undefined) return undefined;
  const { incident, seq, key, by } = found;
  return { incident, seq, key, text: `CloudTrail has ${signIn.eventName} of ${signIn.target} that ${by} asked for (entry ${seq}): our own action.` };
}

function isOfSession({ sourceIdentity, principal }: SignIn, { byId }: PendingResponse, ownPrincipal: string | undefined): boolean {
  return sourceIdentity === undefined ? ownPrincipal !== undefined && principal.arn === ownPrincipal : sourceIdentity === byId;
}

/** A deleted virtual device names no user; who did it and when is all there is. */
function isAbout({ eventName, target }: SignIn, { subject }: PendingResponse): boolean {
  if (eventName === 'DeleteVirtualMFADevice') return true;
  return target !== undefined && (subject === target || subject.startsWith(`${target} `));
}
