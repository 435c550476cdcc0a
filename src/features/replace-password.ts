/** What lock out and hand over share: one replaces the password for nobody, the other for the requester. */
import { AppError } from '../domain/error.ts';
import { withDeed } from '../domain/incident/deeds.ts';
import { type GoesOn, withGoingOn } from '../domain/incident/goes-on.ts';
import type { Incident, Person } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import { notStoppedBy, type PasswordPolicy, type UserFacts, type UserRef } from '../domain/response/iam-user.ts';
import { generatePassword } from '../domain/response/password.ts';
import type { Ended, ShowResult } from '../domain/response/plan.ts';
import type { Answer } from '../domain/response/refusal.ts';
import type { Button, CallResponse, Doing } from '../domain/response/response.ts';
import { concernsIamUsers, type Target } from '../domain/response/target.ts';
import { toStop } from '../domain/response/to-copy.ts';
import type { Secret } from '../domain/secret.ts';
import { certainly } from './certainly.ts';
import { type OfIncident, planUserChange, protectedUser, type UserPlan } from './plan-user-change.ts';

const button: Button = { id: 'reset-password', label: 'Reset password', heading: 'Password', verb: 'Reset' };

/** What the two are alike in. */
export const passwordResponse = {
  kind: 'call',
  button,
  needs: 'remediator',
  nonEffect: 'Does not end running sessions and does not touch access keys.',
  target: 'iam-user',
  permissions: [{ action: 'iam:UpdateLoginProfile', on: 'user' }],
  causes: [{ event: 'UpdateLoginProfile', names: 'user' }],
  offered: (incident, reach) => (concernsIamUsers(incident, reach) ? 'user' : undefined),
  calls: ({ user, userArn }) => [{ action: 'iam:UpdateLoginProfile', resource: userArn, account: user.ref.account }],
} as const satisfies Partial<CallResponse<UserPlan>>;

/** Refused where there is no console password. */
export async function planPassword(ports: Ports, target: Target, of: OfIncident): Promise<Answer<{ plan: UserPlan }>> {
  const answer = await planUserChange(ports, target, of);
  if (!answer.ok) return answer;
  const { user } = answer.plan;
  if (user.password.is === 'read' && user.password.value === 'none') {
    return {
      ok: false,
      reason: 'no-console-password',
      message: `${user.ref.name} has no console password, so nobody signs in to the console as this user and there is none to reset. Access keys are another matter: see “MFA devices”.`,
    };
  }
  const policy = await policyOrUnknown(ports, user.ref.account);
  return { ok: true, plan: { ...answer.plan, notes: policyNotes(policy), warnings: [...passwordWarnings(user), ...policyWarnings(user, policy)] } };
}

async function policyOrUnknown(ports: Ports, account: string): Promise<PasswordPolicy | undefined> {
  try {
    return await ports.identities.policy(account);
  } catch (thrown) {
    ports.log.warn({ account, err: thrown }, 'password policy could not be read');
    return undefined;
  }
}

function policyNotes(policy: PasswordPolicy | undefined): string[] {
  if (policy === undefined) return [];
  return [`The new one satisfies ${policy.custom ? "the account's policy" : "IAM's default policy"}: ${policy.minimumLength} characters or more.`];
}

function passwordWarnings({ ref, password }: UserFacts): string[] {
  if (password.is === 'read') return [];
  return [`Whether ${ref.name} has a console password could not be read: ${password.why} Where there is none, AWS refuses.`];
}

function policyWarnings({ ref }: UserFacts, policy: PasswordPolicy | undefined): string[] {
  if (policy === undefined) return ["The account's password policy could not be read; AWS may refuse the new password."];
  const cannotChange = `The account's policy does not let users change their own password. Unless another policy grants iam:ChangePassword, ${ref.name} cannot finish the change that is forced at the next sign-in.`;
  const expires = `The account's policy locks users out once a password expires; ${ref.name} must sign in before that.`;
  return [...(policy.usersMayChange ? [] : [cannotChange]), ...(policy.hardExpiry ? [expires] : [])];
}

/** What is said of how the new password was shown: in the thread, and on the card. */
type Saw = (shown: ShowResult | 'locked-out') => { readonly thread: string; readonly card: string };

const shownWords = (by: Person): Saw => {
  const words: Record<ShowResult | 'locked-out', [thread: string, card: string]> = {
    'locked-out': ['shown to nobody', 'shown to nobody'],
    shown: [`shown once to ${by.name}, in a modal`, `shown once to ${by.name}`],
    closed: ['set, shown to nobody: the modal was closed before AWS answered. Reset again to hand one over', 'shown to nobody'],
    refused: ['set, shown to nobody: Slack would not show it. Reset again to hand one over', 'shown to nobody'],
    unsure: [`set, perhaps shown to ${by.name}: Slack gave no answer. Reset again if it was not seen`, `perhaps shown to ${by.name}`],
  };
  return (shown) => ({ thread: words[shown][0], card: words[shown][1] });
};

/** @param isShown to the requester, once AWS has taken it */
export async function replacePassword(ports: Ports, { user: before }: UserPlan, doing: Doing & { readonly isShown: boolean }): Promise<Ended> {
  const untouchable = protectedUser(ports, before);
  if (untouchable) return { result: 'refused', text: untouchable.message };
  const policy = await policyOrUnknown(ports, before.ref.account);
  const password = generatePassword(policy ?? { minimumLength: 0 }, ports.randomInt);
  const isRead = await replace(ports, before, password, doing);
  const { lines, commands, inThread } = notStoppedBy(before, ports.clock.now());
  const { name } = before.ref;
  const seen = doing.isShown ? await doing.reveal(password, revealed(name, commands)) : 'locked-out';
  const said = shownWords(doing.by)(seen);
  const text = `Password of ${name} replaced, ${said.thread}.${isRead ? ' AWS gave no answer; IAM reads so.' : ''} A change is forced at the next sign-in.`;
  const what = `password of ${name} replaced, ${said.card}`;
  return {
    result: 'done',
    text,
    details: [`Not stopped: ${lines.map((line) => line.text).join(', ')}.`],
    toCopy: toStop(inThread),
    shown: { blocks: [[[text]]], commands },
    change: (incident, at) => afterReset(incident, before.ref, { at, by: doing.by, what, lines, isShown: doing.isShown }),
  };
}

function revealed(name: string, commands: readonly string[]) {
  return {
    title: 'Password replaced',
    blocks: [
      [
        [{ bold: `The new console password of ${name}. It is shown this once.` }],
        ['The dashes belong to it. Give it to the user outside Slack; a change is forced at the next sign-in.'],
      ],
    ],
    commands,
  };
}

/** Whether a change is forced at the next sign-in; undefined: not read, or no console password. */
export function isForced({ password }: UserFacts): boolean | undefined {
  return password.is === 'read' && password.value !== 'none' ? password.value.resetRequired : undefined;
}

/** True when AWS gave no answer and the outcome was read instead. */
async function replace(ports: Ports, before: UserFacts, password: Secret, { actor }: Doing): Promise<boolean> {
  const how = await certainly(
    ports,
    () => ports.identities.replacePassword(before.ref, password, actor),
    // UpdateLoginProfile leaves no date behind: only "reset required" going from no to yes proves it.
    async () => isForced(before) === false && isForced(await ports.identities.facts(before.ref)) === true,
  );
  if (how !== 'unknown') return how === 'read';
  throw new AppError('ambiguous', `AWS gave no answer to UpdateLoginProfile for ${before.ref.name}. The new password was dropped, shown to nobody.`);
}

interface Replaced {
  readonly at: number;
  readonly by: Person;
  readonly what: string;
  /** What it does not stop. */
  readonly lines: readonly GoesOn[];
  readonly isShown: boolean;
}

function afterReset(incident: Incident, ref: UserRef, { at, by, what, lines, isShown }: Replaced): Incident {
  const key = `${ref.account}/${ref.name}`;
  return withDeed(
    incident,
    { at, by, how: 'bot', what, ...(isShown ? {} : { stops: true }) },
    {
      notStopped: withGoingOn(incident.notStopped, lines),
      passwordsReset: [...new Set([...incident.passwordsReset, key])],
    },
  );
}
