import { AppError } from '../domain/error.ts';
import { withDeed } from '../domain/incident/deeds.ts';
import type { Incident } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import { notStoppedBy, type PasswordPolicy, type UserFacts, type UserRef } from '../domain/response/iam-user.ts';
import { generatePassword } from '../domain/response/password.ts';
import type { Secret } from '../domain/secret.ts';
import { certainly } from './certainly.ts';
import { planUserChange, protectedUser, type UserPlan } from './plan-user-change.ts';
import { type Answer, type Begun, begin, type Clicker, concluding, type Ended } from './respond.ts';

export type PasswordMode = 'lock-out' | 'hand-over';

export interface PasswordPlan extends UserPlan {
  /** Undefined: it could not be read. */
  readonly policy: PasswordPolicy | undefined;
  readonly warnings: readonly string[];
}

/** What the person confirms. Refused where there is no console password: nothing is offered then. */
export async function planPasswordReset(ports: Ports, clicker: Clicker, incident: number, ref: UserRef): Promise<Answer<{ plan: PasswordPlan }>> {
  const answer = await planUserChange(ports, clicker, incident, 'reset-password', ref);
  if (!answer.ok) return answer;
  const { facts } = answer.plan;
  if (facts.password.is === 'read' && facts.password.value === 'none') {
    return {
      ok: false,
      reason: 'no-console-password',
      message: `${facts.ref.name} has no console password, so nobody signs in to the console as this user and there is none to reset. Access keys are another matter: see “MFA devices”.`,
    };
  }
  const policy = await policyOrUnknown(ports, ref.account);
  return { ok: true, plan: { ...answer.plan, policy, warnings: warnings(facts, policy) } };
}

async function policyOrUnknown(ports: Ports, account: string): Promise<PasswordPolicy | undefined> {
  try {
    return await ports.identities.policy(account);
  } catch (thrown) {
    ports.log.warn({ account, err: thrown }, 'password policy could not be read');
    return undefined;
  }
}

function warnings(facts: UserFacts, policy: PasswordPolicy | undefined): string[] {
  return [...passwordWarnings(facts), ...policyWarnings(facts, policy)];
}

function passwordWarnings({ ref, password }: UserFacts): string[] {
  if (password.is === 'read') return [];
  return [`Whether ${ref.name} has a console password could not be read: ${password.why} Where there is none, AWS refuses.`];
}

function policyWarnings(facts: UserFacts, policy: PasswordPolicy | undefined): string[] {
  if (policy === undefined) return ["The account's password policy could not be read; AWS may refuse the new password."];
  const cannotChange = `The account's policy does not let users change their own password. Unless another policy grants iam:ChangePassword, ${facts.ref.name} cannot finish the change that is forced at the next sign-in.`;
  const expires = `The account's policy locks users out once a password expires; ${facts.ref.name} must sign in before that.`;
  return [...(policy.usersMayChange ? [] : [cannotChange]), ...(policy.hardExpiry ? [expires] : [])];
}

export interface PasswordRequest {
  readonly incident: number;
  readonly ref: UserRef;
  readonly mode: PasswordMode;
  readonly why: string;
  readonly seen: number;
}

/** `shown`: in the requester's modal; `closed`: the modal was closed before; `refused`: Slack would not show it; `unsure`: it gave no clear answer. */
export type ShowResult = 'shown' | 'closed' | 'refused' | 'unsure';
export type Show = (password: Secret, commands: readonly string[]) => Promise<ShowResult>;

/**
 * Commits the intent; `finish` replaces the password and writes the outcome.
 * @param show called once with the password and what it does not stop, for a hand-over only, after AWS has taken it
 */
export async function resetPassword(
  ports: Ports,
  clicker: Clicker,
  request: PasswordRequest,
): Promise<Answer<{ finish: (show: Show) => Promise<PasswordDone> }>> {
  const answer = await planPasswordReset(ports, clicker, request.incident, request.ref);
  if (!answer.ok) return answer;
  const { facts, on } = answer.plan;
  const text =
    request.mode === 'lock-out'
      ? `${clicker.name} locks out ${on}.`
      : `${clicker.name} replaces the password of ${on}, to be shown once to ${clicker.name}.`;
  const begun = await begin(ports, {
    clicker,
    incident: request.incident,
    response: 'reset-password',
    on,
    changes: facts.ref,
    why: request.why,
    text,
    seen: request.seen,
  });
  if (!begun.ok) return begun;
  return { ok: true, finish: (show) => concluding(ports, begun.begun, () => act(ports, begun.begun, facts, request.mode, show)) };
}

export interface PasswordDone {
  readonly ended: Ended;
  /** What was not stopped, as commands to copy. */
  readonly commands?: readonly string[];
}

async function act(ports: Ports, begun: Begun, before: UserFacts, mode: PasswordMode, show: Show): Promise<PasswordDone> {
  const untouchable = protectedUser(ports, before);
  if (untouchable) return { ended: { result: 'refused', text: untouchable.message } };
  const policy = await policyOrUnknown(ports, before.ref.account);
  const password = generatePassword(policy ?? { minimumLength: 0 }, ports.randomInt);
  const isRead = await replace(ports, begun, before, password);
  const { lines, commands } = notStoppedBy(before, ports.clock.now());
  const seen = mode === 'hand-over' ? await show(password, commands) : 'locked-out';
  const who = before.ref.name;
  const said = {
    'locked-out': 'shown to nobody',
    shown: `shown once to ${begun.by.name}, in a modal`,
    closed: 'set, shown to nobody: the modal was closed before AWS answered. Reset again to hand one over',
    refused: 'set, shown to nobody: Slack would not show it. Reset again to hand one over',
    unsure: `set, perhaps shown to ${begun.by.name}: Slack gave no answer. Reset again if it was not seen`,
  }[seen];
  const text = `Password of ${who} replaced, ${said}.${isRead ? ' AWS gave no answer; IAM reads so.' : ''} A change is forced at the next sign-in.`;
  const seenBy = { shown: `shown once to ${begun.by.name}`, unsure: `perhaps shown to ${begun.by.name}` }[seen as string] ?? 'shown to nobody';
  const what = `password of ${who} replaced, ${seenBy}`;
  const details = [`Not stopped: ${lines.join(', ')}.`, ...commands];
  return { commands, ended: { result: 'done', text, details, change: (incident, now) => afterReset(incident, begun, before.ref, what, lines, now) } };
}

/** Whether a change is forced at the next sign-in; undefined: not read, or no console password. */
function isForced({ password }: UserFacts): boolean | undefined {
  return password.is === 'read' && password.value !== 'none' ? password.value.resetRequired : undefined;
}

/** True when AWS gave no answer and the outcome was read instead. */
async function replace(ports: Ports, begun: Begun, before: UserFacts, password: Secret): Promise<boolean> {
  const how = await certainly(
    ports,
    () => ports.identities.replacePassword(before.ref, password, { person: begun.by, incident: begun.incident.id }),
    // UpdateLoginProfile leaves no date behind: only "reset required" going from no to yes proves it.
    async () => isForced(before) === false && isForced(await ports.identities.facts(before.ref)) === true,
  );
  if (how !== 'unknown') return how === 'read';
  throw new AppError('ambiguous', `AWS gave no answer to UpdateLoginProfile for ${before.ref.name}. The new password was dropped, shown to nobody.`);
}

function afterReset(incident: Incident, begun: Begun, ref: UserRef, what: string, lines: readonly string[], now: number): Incident {
  const key = `${ref.account}/${ref.name}`;
  return withDeed(
    incident,
    { at: now, by: begun.by, how: 'bot', what },
    {
      notStopped: [...new Set([...incident.notStopped, ...lines])],
      passwordsReset: [...new Set([...incident.passwordsReset, key])],
    },
  );
}
