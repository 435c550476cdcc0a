/**
 * What an Identity Center user may do in which accounts, and what taking it away takes. Times are milliseconds since the epoch.
 * Sources: IAM Identity Center API reference (assignments, their deletion is asynchronous) and Identity Store API reference (groups, ExternalIds,
 * UserStatus).
 */
import type { Actor } from './actor.ts';
import type { HeldPolicies } from './administrator.ts';
import type { Target } from './target.ts';

export type CenterTarget = Extract<Target, { kind: 'identity-center-user' }>;

/** Where the organisation's directory is. */
export interface CenterInstance {
  readonly arn: string;
  readonly storeId: string;
  readonly region: string;
  /** The management account. */
  readonly account: string;
}

export interface CenterUser {
  readonly id: string;
  readonly name: string;
  /** Undefined: AWS does not say. */
  readonly isEnabled: boolean | undefined;
  /** Who else knows it, by ExternalIds: an identity provider that provisions it. */
  readonly issuers: readonly string[];
}

export interface CenterGroup {
  readonly id: string;
  readonly name: string;
  readonly membershipId: string;
  readonly issuers: readonly string[];
}

export interface PermissionSet {
  readonly arn: string;
  readonly name: string;
  /** How long a session may last; undefined: not read. */
  readonly sessionMs: number | undefined;
}

export interface Assignment {
  readonly account: string;
  readonly permissionSet: PermissionSet;
  /** Of one that comes with a group, its id; undefined: the user's own. */
  readonly group: string | undefined;
}

/** What holds now. */
export interface CenterAccess {
  readonly instance: CenterInstance;
  readonly user: CenterUser;
  readonly assignments: readonly Assignment[];
  readonly groups: readonly CenterGroup[];
}

/** `unknown`: of a request that AWS no longer knows. */
export interface Deletion {
  readonly state: 'in-progress' | 'done' | 'failed' | 'unknown';
  readonly requestId: string;
  readonly why: string | undefined;
}

/** Reads throw `not-found`, `denied`, `throttled`, `unavailable`; changes also `ambiguous`. */
export interface IdentityCenter {
  /** The management account, as the role's ARN has it. */
  readonly account: string;
  access(who: Pick<CenterTarget, 'userId' | 'name' | 'storeArn'>): Promise<CenterAccess>;
  /** What is attached to the permission sets of the user's assignments, in whatever account. */
  held(who: Pick<CenterTarget, 'userId' | 'name' | 'storeArn'>): Promise<HeldPolicies>;
  /** Begins it: AWS goes on by itself. */
  removeAssignment(of: { instance: CenterInstance; userId: string; assignment: Assignment }, actor: Actor): Promise<Deletion>;
  deletion(instance: CenterInstance, requestId: string): Promise<Deletion>;
  removeMembership(instance: CenterInstance, membershipId: string, actor: Actor): Promise<void>;
}

/** What reaches some accounts: the user's own assignments there, and the groups through which others come. */
export interface Reaching {
  readonly assignments: readonly Assignment[];
  readonly groups: readonly CenterGroup[];
}

/** @param accounts undefined: all, also groups that reach no account */
export function reaching({ assignments, groups }: CenterAccess, accounts: readonly string[] | undefined): Reaching {
  if (accounts === undefined) return { assignments: assignments.filter(({ group }) => group === undefined), groups };
  const there = assignments.filter(({ account }) => accounts.includes(account));
  const through = new Set(there.flatMap(({ group }) => group ?? []));
  return { assignments: there.filter(({ group }) => group === undefined), groups: groups.filter(({ id }) => through.has(id)) };
}

/** Accounts that removing some groups takes away besides: the user reached them through the same groups. */
export function alsoLost({ assignments }: CenterAccess, { groups }: Reaching, accounts: readonly string[]): string[] {
  const ids = groups.map(({ id }) => id);
  const lost = assignments.filter(({ group, account }) => group !== undefined && ids.includes(group) && !accounts.includes(account));
  return [...new Set(lost.map(({ account }) => account))];
}

/** How long role sessions that run now may go on; undefined: not known of one of them at least. */
export function longestSessionMs(assignments: readonly Assignment[]): number | undefined {
  const all = assignments.map(({ permissionSet }) => permissionSet.sessionMs);
  return all.some((one) => one === undefined) ? undefined : Math.max(0, ...all.flatMap((one) => one ?? []));
}

/** Who provisions the user or a group, as far as ExternalIds tell. */
export function provisionersOf({ user, groups }: Pick<CenterAccess, 'user' | 'groups'>): string[] {
  return [...new Set([user, ...groups].flatMap(({ issuers }) => issuers))];
}

/** `PT8H`, `PT1H30M`, as permission sets have it. */
export function sessionMsIn(duration: string | undefined): number | undefined {
  const [, hours = '0', minutes = '0', seconds = '0'] = /^PT(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(duration ?? '') ?? [undefined];
  const ms = (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000;
  return ms > 0 ? ms : undefined;
}
