/**
 * What was so before access was taken from somebody, and what was left: kept in the log, so that it can be undone and seen to last. It has a
 * version, is bounded (an IAM user has two keys), and is never a secret.
 */
import { iamArn } from '../place.ts';
import { shortened } from './iam-user.ts';

/** Whom a policy is attached to. */
export interface Holder {
  readonly kind: 'iam-user' | 'role' | 'identity-center-user';
  readonly account: string;
  readonly name: string;
}

interface Kept {
  readonly v: 1;
  readonly holder: Holder;
}

export type KeptState =
  | (Kept & { readonly of: 'password'; readonly isReplaced: boolean })
  | (Kept & { readonly of: 'keys'; readonly keys: readonly { readonly id: string; readonly isActive: boolean }[] })
  | (Kept & { readonly of: 'quarantine'; readonly isOn: boolean })
  /** An inline policy that denies sessions. `until`: by then all that it denies have ended; milliseconds. */
  | (Kept & {
      readonly of: 'sessions';
      readonly policy: string;
      /** What it says, as JSON. */
      readonly document: string;
      readonly isThere: boolean;
      readonly until: number;
    })
  /** Of an Identity Center user; the account is the management account. */
  | (Kept & { readonly of: 'access'; readonly userId: string; readonly items: readonly AccessItem[] });

/** An assignment of the user's own, or a group; bounded. */
interface AccessItem {
  readonly id: string;
  /** For people: `PowerUserAccess in 123456789012`, `group Developers`. */
  readonly name: string;
  readonly isThere: boolean;
}

/** An entry, whichever incident it is told in: numbers begin anew in each, and incidents are merged. */
export interface EntryRef {
  readonly incident: number;
  readonly seq: number;
}

export function isSameEntry(a: EntryRef, b: EntryRef): boolean {
  return a.incident === b.incident && a.seq === b.seq;
}

/** `entry 7`; of another incident than the one in which it is said, `entry 7 of SIN-2`. */
export function entryWords({ incident, seq }: EntryRef, saidIn: number): string {
  return incident === saidIn ? `entry ${seq}` : `entry ${seq} of SIN-${incident}`;
}

/** What was taken from whom, as long as it stands or somebody else gave it back. By its intent's entry, which may be of an incident that was merged. */
export interface Contained extends EntryRef {
  readonly response: string;
  /** As people read it: `alice in prod 123456789012`. */
  readonly on: string;
  readonly by: { readonly id: string; readonly name: string };
  /** When its outcome was written. */
  readonly at: number;
  /** When it was begun; undefined: an older version did not keep it. */
  readonly begunAt?: number;
  readonly before: KeptState;
  readonly left: KeptState;
  /** When it was last read to be as it was left. */
  readonly readAt?: number;
  /** When it was found that somebody else gave it back. */
  readonly brokenAt?: number;
  /** When it was found that nobody of that name is there. */
  readonly goneAt?: number;
}

/** The path and name of the policy that the member-roles template makes: it denies everything. */
export const denyAllPolicy = { path: '/signin-responder/', name: 'deny-all' } as const;

/** @param region any of the account's partition */
export function denyAllArn(region: string, account: string): string {
  return iamArn(region, account, `policy${denyAllPolicy.path}${denyAllPolicy.name}`);
}

/** Users and roles take so many managed policies, unless AWS was asked for more. Source: IAM user guide, "IAM and AWS STS quotas". */
export const mostPolicies = 10;

export function isSame(a: KeptState, b: KeptState): boolean {
  return JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));
}

function ordered(state: KeptState): unknown[] {
  const { of, holder } = state;
  const who = [of, holder.kind, holder.account, holder.name];
  if (state.of === 'keys') return [...who, ...state.keys.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ id, isActive }) => `${id} ${isActive}`)];
  if (state.of === 'access') return [...who, ...state.items.map(({ id, isThere }) => `${id} ${isThere}`).toSorted()];
  if (state.of === 'sessions') return [...who, state.policy, state.document, state.isThere];
  return [...who, state.of === 'quarantine' ? state.isOn : state.isReplaced];
}

/** The keys among those that are now, of which something is kept. */
export function keptKeys(left: Extract<KeptState, { of: 'keys' }>, now: readonly { readonly id: string; readonly isActive: boolean }[]): KeptState {
  const ids = new Set(left.keys.map(({ id }) => id));
  return { ...left, keys: now.filter(({ id }) => ids.has(id)) };
}

/** What was so before of that which is left: keys that were not chosen are none of it. */
export function beforeOf(before: KeptState, left: KeptState): KeptState {
  return before.of === 'keys' && left.of === 'keys' ? keptKeys(left, before.keys) : before;
}

/** The keys that were active before and are not as it was left. */
export function keysBack(before: KeptState, left: KeptState): string[] {
  if (before.of !== 'keys' || left.of !== 'keys') return [];
  const off = new Set(left.keys.filter(({ isActive }) => !isActive).map(({ id }) => id));
  return before.keys.flatMap(({ id, isActive }) => (isActive && off.has(id) ? [id] : []));
}

/** What AWS has said it gave back is so, whether or not it lists that yet. @param back ids of keys, or `quarantine` */
export function withGiven(state: KeptState, back: readonly string[]): KeptState {
  if (state.of === 'keys') return { ...state, keys: state.keys.map((key) => (back.includes(key.id) ? { ...key, isActive: true } : key)) };
  return state.of === 'quarantine' && back.length > 0 ? { ...state, isOn: false } : state;
}

/** Whether access that was taken is there again. @param now the same, read */
export function isGivenBack(left: KeptState, now: KeptState): boolean {
  if (left.of === 'access') {
    const gone = new Set(left.items.filter(({ isThere }) => !isThere).map(({ id }) => id));
    return now.of === 'access' && now.items.some(({ id, isThere }) => isThere && gone.has(id));
  }
  if (left.of === 'quarantine') return now.of === 'quarantine' && left.isOn && !now.isOn;
  if (left.of === 'sessions') return now.of === 'sessions' && left.isThere && !now.isThere;
  return keysOn(left, now).length > 0;
}

/** The keys that were left off and are active now. */
export function keysOn(left: KeptState, now: KeptState): string[] {
  if (left.of !== 'keys' || now.of !== 'keys') return [];
  const off = new Set(left.keys.filter(({ isActive }) => !isActive).map(({ id }) => id));
  return now.keys.flatMap(({ id, isActive }) => (isActive && off.has(id) ? [id] : []));
}

/** `under quarantine`; `key AKIA…EQQQ active, key AKIA…ZQQQ inactive`: for people. */
export function keptWords(state: KeptState): string {
  switch (state.of) {
    case 'quarantine':
      return state.isOn ? 'under quarantine' : 'not under quarantine';
    case 'access': {
      const there = state.items.filter(({ isThere }) => isThere).map(({ name }) => name);
      return there.length === 0 ? `without what was removed (${state.items.map(({ name }) => name).join(', ')})` : `with ${there.join(', ')}`;
    }
    case 'sessions':
      return state.isThere ? `denied sessions by the policy ${state.policy}` : `not denied sessions by the policy ${state.policy}`;
    case 'password':
      return state.isReplaced ? 'password replaced' : 'password as the user had it';
    case 'keys':
      return state.keys.length === 0
        ? 'none of these keys is there'
        : state.keys.map(({ id, isActive }) => `key ${shortened(id)} ${isActive ? 'active' : 'inactive'}`).join(', ');
  }
}

/** Of what kind and of whom: the newer takes the place of the older. */
export function keptKey(state: KeptState): string {
  const { kind, account, name } = state.holder;
  return [state.of, kind, account, name, ...(state.of === 'sessions' ? [state.policy] : [])].join(' ');
}
