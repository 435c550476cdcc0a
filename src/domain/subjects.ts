/** Who is in an incident, and what their sign-ins add up to. Sign-ins come in any order, so nothing here depends on it. */
import type { MfaSeen, PrincipalKind, SignIn } from './sign-in.ts';

const keptSubjects = 200;
const keptAddresses = 20;
const keptWorkflows = 20;

/** What one address did as one principal. Times are milliseconds since the epoch. */
export interface Contact {
  readonly address: string;
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
  readonly account: string;
  /** Set for an Identity Center user: its name is looked up by it. */
  readonly directory: SignIn['principal']['directory'];
  readonly failures: number;
  readonly successes: number;
  /** Of the failures, those at or after the MFA step. */
  readonly mfaFailures: number;
  /** The newest first. */
  readonly contacts: readonly Contact[];
  readonly mfa: MfaSeen;
  /** MFA of the newest success. */
  readonly mfaOfSuccess: MfaSeen | undefined;
  readonly userAgent: string | undefined;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** What it changed, for events that are no sign-ins: `UpdateLoginProfile of alice`. */
  readonly changes: readonly string[];
  /** Ids that join the steps of one Identity Center sign-in. */
  readonly workflows: readonly string[];
}

export interface Subjects {
  readonly subjects: readonly Subject[];
  /** Subjects beyond those kept. */
  readonly moreSubjects: number;
}

/** Equal for sign-ins of one principal. Failures carry no ARN, so the name decides; hidden names are one subject per account and kind. */
export function subjectKey({ principal }: SignIn): string {
  return `${principal.kind}:${principal.account}:${principal.directory?.userId ?? principal.name ?? '?'}`;
}

/** The subject of those that a sign-in belongs to. */
export function subjectOf(subjects: readonly Subject[], signIn: SignIn): Subject | undefined {
  const key = subjectKey(signIn);
  const { workflow } = signIn;
  return subjects.find((one) => one.key === key) ?? subjects.find((one) => workflow !== undefined && one.workflows.includes(workflow));
}

/** Addresses that tell one place from another: AWS writes names of its services there too. */
export function isAddress(address: string | undefined): address is string {
  return address !== undefined && /^[\d.]+$|^[\da-f:.]+$/i.test(address);
}

/** The subjects with one sign-in more counted, the most recent first; those beyond the kept number are only counted. */
export function withSignIn(before: Subjects, signIn: SignIn): Subjects {
  const known = subjectOf(before.subjects, signIn);
  const others = before.subjects.filter((subject) => subject !== known);
  const subjects = [counted(known, signIn), ...others].sort((a, b) => b.lastSeen - a.lastSeen);
  const surplus = Math.max(0, subjects.length - keptSubjects);
  return { subjects: subjects.slice(0, keptSubjects), moreSubjects: before.moreSubjects + surplus };
}

function counted(known: Subject | undefined, signIn: SignIn): Subject {
  const { principal, outcome, at } = signIn;
  const isNewest = known === undefined || at >= known.lastSeen;
  const isSignIn = signIn.target === undefined;
  const failed = isSignIn && outcome === 'failure';
  const succeeded = isSignIn && outcome === 'success';
  const isNewestSuccess = succeeded && at >= Math.max(0, ...(known?.contacts ?? []).map((one) => one.lastSuccessAt ?? 0));
  return {
    key: known?.key ?? subjectKey(signIn),
    kind: principal.kind,
    name: known?.name ?? principal.name,
    account: principal.account,
    directory: known?.directory ?? principal.directory,
    failures: (known?.failures ?? 0) + (failed ? 1 : 0),
    successes: (known?.successes ?? 0) + (succeeded ? 1 : 0),
    mfaFailures: (known?.mfaFailures ?? 0) + (failed && signIn.mfa === 'yes' ? 1 : 0),
    contacts: contactsAfter(known?.contacts ?? [], signIn, { failed, succeeded }),
    mfa: isNewest ? signIn.mfa : known.mfa,
    mfaOfSuccess: isNewestSuccess ? signIn.mfa : known?.mfaOfSuccess,
    userAgent: isNewest ? signIn.userAgent : known.userAgent,
    firstSeen: Math.min(known?.firstSeen ?? at, at),
    lastSeen: Math.max(known?.lastSeen ?? at, at),
    changes: signIn.target === undefined ? (known?.changes ?? []) : joined(known?.changes, `${signIn.eventName} of ${signIn.target}`, keptAddresses),
    workflows: signIn.workflow === undefined ? (known?.workflows ?? []) : joined(known?.workflows, signIn.workflow, keptWorkflows),
  };
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
  const known = before.find((one) => one.address === address);
  const contact: Contact = {
    address,
    failures: (known?.failures ?? 0) + (failed ? 1 : 0),
    successes: (known?.successes ?? 0) + (succeeded ? 1 : 0),
    firstFailureAt: failed ? Math.min(known?.firstFailureAt ?? at, at) : known?.firstFailureAt,
    lastSuccessAt: succeeded ? Math.max(known?.lastSuccessAt ?? at, at) : known?.lastSuccessAt,
  };
  return [contact, ...before.filter((one) => one !== known)].slice(0, keptAddresses);
}

export function addressesOf(subject: Subject): string[] {
  return subject.contacts.map(({ address }) => address);
}
