/** How far taking access from an Identity Center user is: kept over a restart, and told at its end. No secrets. */
import type { Progress } from '../incident/in-progress.ts';
import { accountWords } from '../place.ts';
import { readBody, type Shape, storedBody } from '../stored-body.ts';
import { shellWord } from './iam-user.ts';
import type { Assignment, CenterAccess, CenterGroup, CenterInstance, CenterUser, Deletion, Reaching } from './identity-center.ts';
import type { KeptState } from './kept-state.ts';

/**
 * `waiting`: not asked for yet; `asked`: AWS was asked, and whether it took it is not known; `in-progress`: AWS is at it; `unknown`: neither AWS's
 * status nor what is read tells.
 */
export type ItemState = 'waiting' | 'asked' | 'in-progress' | 'done' | 'failed' | 'unknown';

interface Item {
  readonly state: ItemState;
  readonly requestId?: string;
  readonly why?: string;
}

export interface Removal {
  readonly instance: CenterInstance;
  readonly user: CenterUser;
  readonly assignments: readonly (Item & { readonly of: Assignment })[];
  readonly groups: readonly (Item & { readonly of: CenterGroup })[];
  /** How long sessions that ran then may go on, from `at`; null: not known. */
  readonly sessionMs: number | null;
  readonly at: number;
  /** All that the user had, as the intent's entry has it. */
  readonly kept: AccessState;
}

export function removalOf(
  { instance, user }: CenterAccess,
  { assignments, groups }: Reaching,
  { sessionMs, at, kept }: { sessionMs: number | undefined; at: number; kept: AccessState },
): Removal {
  return {
    instance,
    user,
    assignments: assignments.map((of) => ({ of, state: 'waiting' })),
    groups: groups.map((of) => ({ of, state: 'waiting' })),
    sessionMs: sessionMs ?? null,
    at,
    kept,
  };
}

const shape: Shape<Removal> = {
  of: 'removal of access',
  upgrades: [(older) => older],
  needs: ['instance', 'user', 'assignments', 'groups', 'kept'],
};

export function keptRemoval(removal: Removal): string {
  return storedBody(shape, removal);
}

/** @throws AppError of one that a newer version began */
export function readRemoval(token: string): Removal {
  return readBody(shape, token);
}

type Kind = 'assignments' | 'groups';

export function withItem(removal: Removal, kind: Kind, index: number, item: Item): Removal {
  const list = removal[kind].map((one, at) => (at === index ? { of: one.of, ...item } : one));
  return { ...removal, [kind]: list };
}

export function afterDeletion({ state, requestId, why }: Deletion): Item {
  return { state, requestId, ...(why === undefined ? {} : { why }) };
}

/** Whether AWS is still at something of it. */
export function isGoingOn({ assignments }: Removal): boolean {
  return assignments.some(({ state }) => state === 'in-progress');
}

/** Whether AWS was asked for something of it and gave no answer. */
export function isUnanswered({ assignments, groups }: Removal): boolean {
  return [...assignments, ...groups].some(({ state }) => state === 'asked');
}

/** What is read to be gone is done, whatever was answered. */
export function withGone(removal: Removal, now: CenterAccess): Removal {
  const gone = <T extends Item>(one: T, isThere: boolean): T => (isThere || one.state === 'in-progress' ? one : { ...one, state: 'done' });
  return {
    ...removal,
    assignments: removal.assignments.map((one) =>
      gone(
        one,
        now.assignments.some((it) => isSame(it, one.of)),
      ),
    ),
    groups: removal.groups.map((one) =>
      gone(
        one,
        now.groups.some(({ id }) => id === one.of.id),
      ),
    ),
  };
}

/** What is known at the end, once what holds was read: what was asked for without an answer, or not at all, is told by what is there. */
export function settledBy(removal: Removal, now: CenterAccess): Removal {
  const settled = <T extends Item>(one: T): T => {
    if (one.state === 'waiting') return { ...one, state: 'failed', why: 'it was not asked for any more' };
    return one.state === 'asked' ? { ...one, state: 'unknown' } : one;
  };
  const { assignments, groups, ...rest } = withGone(removal, now);
  return { ...rest, assignments: assignments.map(settled), groups: groups.map(settled) };
}

function isSame(one: Assignment, other: Assignment): boolean {
  return one.account === other.account && one.permissionSet.arn === other.permissionSet.arn && one.group === other.group;
}

export function countsOf({ assignments, groups }: Removal) {
  const all = [...assignments, ...groups];
  const of = (state: ItemState): number => all.filter((one) => one.state === state).length;
  return { all: all.length, done: of('done'), failed: of('failed'), unknown: of('unknown') + of('asked'), goingOn: of('in-progress') };
}

/** `Removing access of dora: 1 of 3 assignments, 0 of 1 group memberships`. */
export function progressOf({ user, assignments, groups }: Removal): Progress {
  const counted = (all: readonly Item[], what: string): string[] =>
    all.length === 0 ? [] : [`${all.filter(({ state }) => state === 'done').length} of ${all.length} ${what}${all.length === 1 ? '' : 's'}`];
  const text = `Removing access of ${user.name}: ${[...counted(assignments, 'assignment'), ...counted(groups, 'group membership')].join(', ')}`;
  return { text, user: { id: user.id, name: user.name } };
}

/** `1 assignment and 2 group memberships`: those that are removed. */
export function doneWords({ assignments, groups }: Removal): string {
  const counted = (all: readonly Item[], what: string): string[] => {
    const count = all.filter(({ state }) => state === 'done').length;
    return count === 0 ? [] : [`${count} ${what}${count === 1 ? '' : 's'}`];
  };
  const words = [...counted(assignments, 'assignment'), ...counted(groups, 'group membership')];
  return words.length === 0 ? 'no assignment or group membership' : words.join(' and ');
}

export function assignmentWords({ account, permissionSet }: Assignment, accounts: ReadonlyMap<string, string>): string {
  return `${permissionSet.name} in ${accountWords(account, accounts)}`;
}

/** Of the user's own assignments and group memberships, one line each: what was, and what became of it; those that are not removed first. */
export function itemLines({ assignments, groups }: Removal, accounts: ReadonlyMap<string, string>): string[] {
  const said = ({ state, why }: Item): string => `${itemWords[state]}${why === undefined ? '' : ` (${why})`}`;
  const lines = [
    ...assignments.map((one) => ({ one, line: `Assignment ${assignmentWords(one.of, accounts)}: ${said(one)}.` })),
    ...groups.map((one) => ({ one, line: `Membership of group ${one.of.name}: ${said(one)}.` })),
  ];
  return lines.toSorted((a, b) => Number(a.one.state === 'done') - Number(b.one.state === 'done')).map(({ line }) => line);
}

const itemWords: Record<ItemState, string> = {
  waiting: 'not asked for yet',
  asked: 'asked for, no answer yet',
  'in-progress': 'AWS is removing it',
  done: 'removed',
  failed: 'not removed',
  unknown: 'not known whether removed; look in Identity Center',
};

/** What gives back what was removed. An API undo of the bot's could give anybody administrator, so a person copies these. */
export function undoCommands({ instance, user, assignments, groups }: Removal): string[] {
  const isGone = ({ state }: Item): boolean => state === 'done' || state === 'unknown' || state === 'in-progress';
  const at = `--region ${shellWord(instance.region)}`;
  return [
    ...assignments
      .filter(isGone)
      .map(
        ({ of }) =>
          `aws sso-admin create-account-assignment ${at} --instance-arn ${shellWord(instance.arn)} --target-type AWS_ACCOUNT --target-id ${shellWord(of.account)} --permission-set-arn ${shellWord(of.permissionSet.arn)} --principal-type USER --principal-id ${shellWord(user.id)}`,
      ),
    ...groups
      .filter(isGone)
      .map(
        ({ of }) =>
          `aws identitystore create-group-membership ${at} --identity-store-id ${shellWord(instance.storeId)} --group-id ${shellWord(of.id)} --member-id UserId=${shellWord(user.id)}`,
      ),
  ];
}

/** Stops role sessions that run: an SCP that denies this one user, for whoever manages the organisation to attach to the accounts. */
export function denyCommands({ user, assignments, groups }: Removal, accounts: readonly string[]): string[] {
  if (assignments.length + groups.length === 0) return [];
  const name = `signin-responder-deny-${user.id}`;
  const statement = { Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringEquals: { 'identitystore:UserId': user.id } } };
  const content = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  return [
    `aws organizations create-policy --type SERVICE_CONTROL_POLICY --name ${shellWord(name)} --description ${shellWord('signin-responder')} --content ${shellWord(content)}`,
    ...accounts.map((account) => `aws organizations attach-policy --policy-id POLICY_ID --target-id ${shellWord(account)}`),
  ];
}

const keptItems = 100;

/** What there is to take away, as it is now: kept with the intent. */
export function accessState({ instance, user }: CenterAccess, { assignments, groups }: Reaching): AccessState {
  const items = [
    ...assignments.map((one) => ({ id: idOf(one), name: `${one.permissionSet.name} in ${one.account}`, isThere: true })),
    ...groups.map(({ id, name }) => ({ id: `group ${id}`, name: `group ${name}`, isThere: true })),
  ];
  const holder = { kind: 'identity-center-user' as const, account: instance.account, name: user.name };
  return { v: 1, of: 'access', holder, userId: user.id, items: items.slice(0, keptItems) };
}

/** The same as it is now. */
export function accessNow(kept: AccessState, { assignments, groups }: CenterAccess): AccessState {
  const there = new Set([...assignments.filter(({ group }) => group === undefined).map(idOf), ...groups.map(({ id }) => `group ${id}`)]);
  return { ...kept, items: kept.items.map((one) => ({ ...one, isThere: there.has(one.id) })) };
}

/** The same where what AWS has removed is gone, whether or not it lists that yet. */
export function accessLeft({ kept, assignments, groups }: Removal, now: CenterAccess): AccessState {
  const isDone = ({ state }: Item): boolean => state === 'done';
  const gone = new Set([...assignments.filter(isDone).map(({ of }) => idOf(of)), ...groups.filter(isDone).map(({ of }) => `group ${of.id}`)]);
  const read = accessNow(kept, now);
  return { ...read, items: read.items.map((one) => (gone.has(one.id) ? { ...one, isThere: false } : one)) };
}

export type AccessState = Extract<KeptState, { of: 'access' }>;

function idOf({ account, permissionSet }: Assignment): string {
  return `assignment ${account} ${permissionSet.arn}`;
}
