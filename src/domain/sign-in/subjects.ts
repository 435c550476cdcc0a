/** Who is in an incident, and what their sign-ins add up to. Sign-ins come in any order, so nothing here depends on it. */
import { actIn, isChange } from './act.ts';
import { didOf, isFailedAttempt, isSameUser, subjectKey } from './memory.ts';
import { placeOf } from './network.ts';
import { changedThing, isRootTarget } from './phrase.ts';
import type { NameIs, Principal, PrincipalKind } from './principal.ts';
import { personWords } from './sentence.ts';
import type { MfaSeen, SignIn } from './sign-in.ts';
import { type Tally, tallied, talliesOf } from './tally.ts';

/** Beyond these a subject may be forgotten and come again, so nothing exact is said of how many there are. */
export const keptSubjects = 200;
export const keptAddresses = 20;
const keptWorkflows = 20;

/** What one place did as one principal. Times are milliseconds since the epoch. */
export interface Contact {
  /** A network, or what stands in place of an address. */
  readonly address: string;
  /** Without those that a policy refused. */
  readonly failures: number;
  readonly successes: number;
  readonly firstFailureAt: number | undefined;
  readonly lastSuccessAt: number | undefined;
}

/** A principal in an incident. */
export interface Subject {
  readonly key: string;
  readonly kind: PrincipalKind;
  readonly name: string | undefined;
  /** Why there is no name, where there is none; not in what older versions stored. */
  readonly nameIs?: NameIs;
  readonly account: string;
  /** Set for an Identity Center user: its name is looked up by it. */
  readonly directory: Principal['directory'];
  /** Also those that a policy refused. */
  readonly failures: number;
  readonly successes: number;
  /** Of the failures, those at or after the MFA step. */
  readonly mfaFailures: number;
  readonly firstMfaFailureAt: number | undefined;
  /** Those that got in first, then the newest. */
  readonly contacts: readonly Contact[];
  readonly mfa: MfaSeen;
  /** MFA of the newest success. */
  readonly mfaOfSuccess: MfaSeen | undefined;
  readonly userAgent: string | undefined;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** All it did but changes, by kind of event and outcome; older versions stored only how often it failed and succeeded. */
  readonly did?: readonly Tally[];
  /** What it changed: `login profile of alice, most likely the password`. */
  readonly changes: readonly string[];
  /** What it tried to change and could not. */
  readonly failedChanges?: readonly string[];
  /** What others changed of it: `changed by carl: login profile, most likely the password`. */
  readonly suffered: readonly string[];
  /** Ids that join the steps of one Identity Center sign-in. */
  readonly workflows: readonly string[];
  /** ARNs of its sign-in sessions, where CloudTrail tells them. */
  readonly sessions?: readonly string[];
}

export interface Subjects {
  readonly subjects: readonly Subject[];
  /** How often a subject was left out; 0: all are here. */
  readonly moreSubjects: number;
}

/** The subject of those that a sign-in belongs to. */
export function subjectOf(subjects: readonly Subject[], signIn: SignIn): Subject | undefined {
  const key = subjectKey(signIn);
  const { workflow } = signIn;
  return subjects.find((one) => one.key === key) ?? subjects.find((one) => workflow !== undefined && one.workflows.includes(workflow));
}

/** The subjects with one sign-in more counted, the most recent first; those beyond the kept number are only counted. */
export function withSignIn(before: Subjects, signIn: SignIn): Subjects {
  const known = subjectOf(before.subjects, signIn);
  const next = withSubject(before, known, counted(known, signIn));
  return withVictim(next, signIn);
}

/** A user whose credentials somebody else changed is in it as well: it is whom the responder has to reach. */
function withVictim(before: Subjects, signIn: SignIn): Subjects {
  const { target, principal } = signIn;
  const act = actIn(signIn);
  const isCredential = signIn.detections.includes('sign-in-credentials-changed') && act.is !== 'role-updated';
  const isUser = isCredential && target !== undefined && !target.startsWith('arn:') && !isRootTarget(target);
  if (!isUser || (principal.kind === 'iam-user' && isSameUser(principal, { account: signIn.account, name: target }))) return before;
  const victim: SignIn = {
    ...signIn,
    principal: { kind: 'iam-user', name: target, nameIs: 'told', arn: undefined, account: signIn.account, directory: undefined },
    eventName: 'none',
    act: { is: 'sign-in-event' },
    outcome: 'unknown',
    target: undefined,
    address: undefined,
    mfa: 'unknown',
    userAgent: undefined,
  };
  const known = subjectOf(before.subjects, victim);
  const base = counted(known, victim);
  const suffered = joined(known?.suffered, `changed by ${personWords(principal)}: ${changedThing(act, signIn, true)}`, keptAddresses);
  // What somebody else did tells nothing of how the victim signs in.
  const own = known === undefined ? {} : { mfa: known.mfa, userAgent: known.userAgent };
  return withSubject(before, known, { ...base, ...own, changes: known?.changes ?? [], suffered });
}

function withSubject(before: Subjects, known: Subject | undefined, next: Subject): Subjects {
  const others = before.subjects.filter((subject) => subject !== known);
  const subjects = [next, ...others].toSorted((a, b) => b.lastSeen - a.lastSeen);
  if (subjects.length <= keptSubjects) return { subjects, moreSubjects: before.moreSubjects };
  // The one that says least goes: never one that got in after failures, while there is another.
  const weight = ({ failures, successes }: Subject): number => (failures > 0 && successes > 0 ? 2 : successes > 0 ? 1 : 0);
  const least = subjects.toSorted((a, b) => weight(a) - weight(b) || a.failures - b.failures || a.lastSeen - b.lastSeen)[0];
  return { subjects: subjects.filter((subject) => subject !== least), moreSubjects: before.moreSubjects + 1 };
}

function counted(known: Subject | undefined, signIn: SignIn): Subject {
  const { principal, at } = signIn;
  const isNewest = known === undefined || at >= known.lastSeen;
  const failed = didOf(signIn) === 'failed';
  const succeeded = didOf(signIn) === 'signed-in';
  const changed = isChange(signIn) ? signIn.outcome : undefined;
  const isNewestSuccess = succeeded && at >= Math.max(0, ...(known?.contacts ?? []).map((one) => one.lastSuccessAt ?? 0));
  return {
    key: known?.key ?? subjectKey(signIn),
    kind: principal.kind,
    name: nameAfter(known, principal),
    nameIs: known?.name === undefined ? principal.nameIs : 'told',
    account: principal.account,
    directory: known?.directory ?? principal.directory,
    failures: (known?.failures ?? 0) + (isFailedAttempt(signIn) ? 1 : 0),
    successes: (known?.successes ?? 0) + (succeeded ? 1 : 0),
    mfaFailures: (known?.mfaFailures ?? 0) + (failed && signIn.mfa === 'yes' ? 1 : 0),
    firstMfaFailureAt: failed && signIn.mfa === 'yes' ? Math.min(known?.firstMfaFailureAt ?? at, at) : known?.firstMfaFailureAt,
    contacts: contactsAfter(known?.contacts ?? [], signIn, { failed, succeeded }),
    mfa: isNewest ? signIn.mfa : known.mfa,
    mfaOfSuccess: isNewestSuccess ? signIn.mfa : known?.mfaOfSuccess,
    userAgent: isNewest ? signIn.userAgent : known.userAgent,
    firstSeen: Math.min(known?.firstSeen ?? at, at),
    lastSeen: Math.max(known?.lastSeen ?? at, at),
    did: tallied(known === undefined ? [] : talliesOf(known), signIn),
    changes: withChange(known?.changes, changed === 'success', signIn),
    failedChanges: withChange(known?.failedChanges, changed === 'failure', signIn),
    suffered: known?.suffered ?? [],
    workflows: signIn.workflow === undefined ? (known?.workflows ?? []) : joined(known?.workflows, signIn.workflow, keptWorkflows),
    sessions: signIn.session === undefined ? (known?.sessions ?? []) : joined(known?.sessions, signIn.session, keptWorkflows),
  };
}

/** An IAM user is called as IAM spells it, which is where there is an ARN: whoever fails may have typed it otherwise. */
function nameAfter(known: Subject | undefined, { kind, name, arn }: Principal): string | undefined {
  return kind === 'iam-user' && arn !== undefined && name !== undefined ? name : (known?.name ?? name);
}

function withChange(before: readonly string[] = [], isOne: boolean, signIn: SignIn): readonly string[] {
  return isOne ? joined(before, changedThing(actIn(signIn), signIn), keptAddresses) : before;
}

function joined(before: readonly string[] = [], one: string, longest: number): string[] {
  return [one, ...before.filter((other) => other !== one)].slice(0, longest);
}

function contactsAfter(
  before: readonly Contact[],
  { address, at }: SignIn,
  { failed, succeeded }: { failed: boolean; succeeded: boolean },
): Contact[] {
  if (address === undefined) return [...before];
  const place = placeOf(address);
  const known = before.find((one) => one.address === place);
  const contact: Contact = {
    address: place,
    failures: (known?.failures ?? 0) + (failed ? 1 : 0),
    successes: (known?.successes ?? 0) + (succeeded ? 1 : 0),
    firstFailureAt: failed ? Math.min(known?.firstFailureAt ?? at, at) : known?.firstFailureAt,
    lastSuccessAt: succeeded ? Math.max(known?.lastSuccessAt ?? at, at) : known?.lastSuccessAt,
  };
  // Whoever got in is never pushed out by whoever makes noise.
  return [contact, ...before.filter((one) => one !== known)]
    .toSorted((a, b) => Number(b.successes > 0) - Number(a.successes > 0))
    .slice(0, keptAddresses);
}

export function addressesOf(subject: Subject): string[] {
  return subject.contacts.map(({ address }) => address);
}
