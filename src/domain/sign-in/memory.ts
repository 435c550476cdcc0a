/**
 * The memory of sign-ins: each event is one row of columns, whichever way it came and whether or not it opened anything. What a row says for
 * judging is here; the rows are in the store.
 */
import { boundedKey } from '../digest.ts';
import { actIn, countsAs, takesCredentials } from './act.ts';
import { type Failed, whyFailed } from './failure.ts';
import { networkOf } from './network.ts';
import type { Principal } from './principal.ts';
import type { MfaSeen, SignIn } from './sign-in.ts';

/** A name in a key; IAM, Identity Center and role sessions allow less. */
const longestSubject = 200;

/** `step`: it may fail by itself, and succeeds only as a part of a sign-in. */
export type EventKind = 'sign-in' | 'step' | 'other';
type Did = 'signed-in' | 'failed' | 'other';

/** One row, as far as it counts for judging. */
export interface Seen {
  readonly id: number;
  /** Undefined: nobody tells whose it was. */
  readonly subject: string | undefined;
  /** Undefined: it came from no address that tells one party from another. */
  readonly network: string | undefined;
  readonly account: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly did: 'signed-in' | 'failed';
  readonly mfa: MfaSeen;
  /** Joins the steps of one Identity Center sign-in. */
  readonly workflow: string | undefined;
}

/** By what an event is tied to others. */
export type SignInTraces = Pick<Seen, 'subject' | 'network'>;

/** What one user or network did, or one who came from it: the newest so many rows of a time, ends included. */
export interface Around {
  readonly by: 'subject' | 'network';
  readonly value: string;
  readonly did: Seen['did'];
  readonly from: number;
  readonly until: number;
  readonly most: number;
}

export function kindOf(event: Pick<SignIn, 'eventName' | 'act'>): EventKind {
  const counting = countsAs(actIn(event));
  if (counting === 'sign-in') return 'sign-in';
  return counting === 'attempt' ? 'step' : 'other';
}

/** Whether somebody tried to get in and did not, for whatever reason. */
export function isFailedAttempt(event: Pick<SignIn, 'eventName' | 'act' | 'outcome'>): boolean {
  return takesCredentials(actIn(event)) && event.outcome === 'failure';
}

/** What an event counts as. Whoever was refused by a policy tried no password: that is no failure to judge by. */
export function didOf(event: Pick<SignIn, 'eventName' | 'act'> & Failed): Did {
  if (isFailedAttempt(event)) return whyFailed(event) === 'policy' ? 'other' : 'failed';
  return kindOf(event) === 'sign-in' && event.outcome === 'success' ? 'signed-in' : 'other';
}

/** Whether nobody tells whose it was: hidden by AWS, or left out. An Identity Center user without a name has an id: it exists. */
export function isUntold({ name, directory }: Pick<Principal, 'name' | 'directory'>): boolean {
  return name === undefined && directory === undefined;
}

/** Equal for sign-ins of one principal. Failures carry no ARN, so the name decides; those that AWS hides are one subject per account and kind, those it leaves out another. */
export function subjectKey({ principal }: Pick<SignIn, 'principal'>): string {
  return oneSpelling(speltKey(principal));
}

/** The same as older versions stored it: as the record spells the name. */
export function speltKey({ kind, account, directory, name, nameIs }: Pick<Principal, 'kind' | 'account' | 'directory' | 'name' | 'nameIs'>): string {
  return boundedKey(`${kind}:${account}:${directory?.userId ?? name ?? (nameIs === 'not-in-record' ? '-' : '?')}`, longestSubject);
}

/** The same of an IAM user who is known by name. */
export function iamUserKey({ account, name }: UserName): string {
  return oneSpelling(boundedKey(`iam-user:${account}:${name}`, longestSubject));
}

/** A key in the one spelling that all of its subject have. IAM does not tell names apart by case. Source: "CreateUser", IAM API reference. */
export function oneSpelling(key: string): string {
  return key.startsWith('iam-user:') ? key.toLowerCase() : key;
}

interface UserName {
  readonly account: string;
  readonly name: string;
}

export function isSameUser(one: Pick<Principal, 'account' | 'name'>, other: UserName): boolean {
  return one.name !== undefined && iamUserKey({ account: one.account, name: one.name }) === iamUserKey(other);
}

/** By what an event is tied to others; neither where it tells nothing apart. */
export function tracesOf({ principal, address }: Pick<SignIn, 'principal' | 'address'>): SignInTraces {
  return { subject: isUntold(principal) ? undefined : subjectKey({ principal }), network: networkOf(address) };
}
