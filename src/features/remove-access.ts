/** Takes access from an Identity Center user: asked for item by item, each written down before; then followed until AWS has ended all. */

import { AppError, asAppError } from '../domain/error.ts';
import { withDeed } from '../domain/incident/deeds.ts';
import { withGoingOn } from '../domain/incident/goes-on.ts';
import type { Incident, Person } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import {
  type AccessState,
  accessLeft,
  afterDeletion,
  assignmentWords,
  countsOf,
  denyCommands,
  doneWords,
  isGoingOn,
  isUnanswered,
  itemLines,
  keptRemoval,
  progressOf,
  type Removal,
  removalOf,
  settledBy,
  undoCommands,
  withGone,
  withItem,
} from '../domain/response/center-removal.ts';
import {
  type Assignment,
  type CenterAccess,
  type CenterGroup,
  type IdentityCenter,
  longestSessionMs,
  provisionersOf,
  type Reaching,
} from '../domain/response/identity-center.ts';
import type { Call, Ended, Later, Plan } from '../domain/response/plan.ts';
import type { Doing, Following } from '../domain/response/response.ts';
import { withoutStop } from '../domain/response/user-words.ts';
import { utc } from '../domain/utc.ts';

export interface CenterPlan extends Plan {
  readonly access: CenterAccess;
  /** Those that the incident is about. */
  readonly accounts: readonly string[];
  readonly before: AccessState;
}

/** Each action on each of the resources that AWS asks for it. */
export function removalCalls({ access: { instance, user } }: CenterPlan, { assignments, groups }: Reaching): Call[] {
  const { account, arn, storeId } = instance;
  const [partition = ''] = arn.split(':sso:');
  const store = `${partition}:identitystore::${account}:identitystore/${storeId}`;
  const own = (kind: string, id: string): string => `${partition}:identitystore:::${kind}/${id}`;
  const sso = assignments.flatMap((one) => [arn, one.permissionSet.arn, `${partition}:sso:::account/${one.account}`]);
  const identity =
    groups.length === 0 ? [] : [store, own('user', user.id), ...groups.flatMap((one) => [own('group', one.id), own('membership', one.membershipId)])];
  return [
    ...sso.map((resource) => ({ action: 'sso:DeleteAccountAssignment', resource, account })),
    ...identity.map((resource) => ({ action: 'identitystore:DeleteGroupMembership', resource, account })),
  ];
}

interface Removing {
  readonly chosen: Reaching;
  readonly doing: Doing;
}

export async function remove(ports: Ports, { access, before }: CenterPlan, { chosen, doing }: Removing): Promise<Ended | Later> {
  const { identityCenter: center, clock } = ports;
  if (center === undefined) return { result: 'refused', text: 'IDENTITY_CENTER_ROLE is not set any more. Nothing was done.' };
  let removal = removalOf(access, chosen, { sessionMs: longestSessionMs(access.assignments), at: clock.now(), kept: before });
  const kept = async (next: Removal): Promise<void> => {
    removal = next;
    await doing.keep(keptRemoval(next), progressOf(next));
  };
  const notAsked = async (kind: 'assignments' | 'groups', index: number): Promise<boolean> => {
    const why = await doing.stopped();
    if (why !== undefined) removal = withItem(removal, kind, index, { state: 'failed', why: `not asked for: ${withoutStop(why)}` });
    return why !== undefined;
  };
  for (const [index, assignment] of chosen.assignments.entries()) {
    if (await notAsked('assignments', index)) continue;
    await kept(withItem(removal, 'assignments', index, { state: 'asked' }));
    removal = withItem(removal, 'assignments', index, await askFor(center, removal, { assignment, doing }));
  }
  for (const [index, group] of chosen.groups.entries()) {
    if (await notAsked('groups', index)) continue;
    await kept(withItem(removal, 'groups', index, { state: 'asked' }));
    removal = withItem(removal, 'groups', index, await leave(center, removal, { group, doing }));
  }
  await kept(removal);
  // What was asked for is followed, also where AWS does not say now how it stands.
  return followRemoval(ports, removal, doing).catch((thrown: unknown) => ({
    later: keptRemoval(removal),
    progress: progressOf(removal),
    text: asAppError(thrown).message,
  }));
}

type Item = Parameters<typeof withItem>[3];

async function askFor(
  center: IdentityCenter,
  { instance, user }: Removal,
  { assignment, doing }: { assignment: Assignment; doing: Doing },
): Promise<Item> {
  return center.removeAssignment({ instance, userId: user.id, assignment }, doing.actor).then(afterDeletion, refusedOrUnknown);
}

async function leave(center: IdentityCenter, { instance }: Removal, { group, doing }: { group: CenterGroup; doing: Doing }): Promise<Item> {
  return center.removeMembership(instance, group.membershipId, doing.actor).then((): Item => ({ state: 'done' }), refusedOrUnknown);
}

/** Without an answer it is told by what is read at the end. */
function refusedOrUnknown(thrown: unknown): Item {
  const { code, message } = asAppError(thrown);
  if (code === 'not-found') return { state: 'unknown' };
  return { state: code === 'ambiguous' ? 'asked' : 'failed', why: withoutStop(message) };
}

/** How it stands: reads only. @throws AppError when AWS does not say */
export async function followRemoval(ports: Ports, before: Removal, { by }: Pick<Following, 'by'>): Promise<Ended | Later> {
  const { identityCenter: center, clock } = ports;
  if (center === undefined) throw new AppError('refused', 'IDENTITY_CENTER_ROLE is not set any more, so it cannot be followed.');
  let removal = before;
  for (const [index, { state, requestId }] of before.assignments.entries()) {
    if (state !== 'in-progress' || requestId === undefined) continue;
    removal = withItem(removal, 'assignments', index, afterDeletion(await center.deletion(before.instance, requestId)));
  }
  const { accounts } = ports.settings;
  const waits = isUnanswered(removal) && clock.now() - removal.at < unansweredMs;
  const now = isGoingOn(removal) ? undefined : await center.access({ userId: before.user.id });
  if (now !== undefined) removal = waits ? withGone(removal, now) : settledBy(removal, now);
  if (now !== undefined && !(waits && isUnanswered(removal))) return endedOf(ports, settledBy(removal, now), { now, by });
  const { all, done } = countsOf(removal);
  const text = `AWS is removing it: ${done} of ${all} done. The outcome comes in the thread.`;
  return { later: keptRemoval(removal), progress: progressOf(removal), text, details: itemLines(removal, accounts) };
}

/** AWS may have taken what it gave no answer to, and be at it. */
const unansweredMs = 5 * 60_000;

interface End {
  readonly now: CenterAccess;
  readonly by: Person;
}

function endedOf({ settings }: Ports, removal: Removal, { now, by }: End): Ended {
  const { all, done, failed, unknown } = countsOf(removal);
  const { user, sessionMs, at } = removal;
  const until = sessionMs === null ? 'for 12 h at most' : `until ${utc(at + sessionMs)} at most`;
  const left = now.assignments.map((one) => assignmentWords(one, settings.accounts));
  const deny = denyCommands(removal, [...new Set(removal.assignments.map(({ of }) => of.account))]);
  const undo = undoCommands(removal);
  const result = unknown > 0 ? 'unknown' : failed === 0 ? 'done' : done > 0 ? 'partly' : 'failed';
  const goesOn = `role sessions of ${user.name} that ran at ${utc(at)} (${until})`;
  return {
    result,
    after: accessLeft(removal, now),
    text: `${done} of ${all} assignments and group memberships of ${user.name} removed.`,
    details: [
      `Read back: ${left.length === 0 ? 'no assignment is left' : `left: ${left.join(', ')}`}.`,
      ...(done + unknown === 0 ? [] : [`Not stopped: ${goesOn}.`]),
      ...itemLines(removal, settings.accounts),
    ],
    toCopy: [
      { heading: 'To deny those sessions, in the management account (POLICY_ID is in the answer of the first):', commands: deny },
      { heading: 'To give back what was removed:', commands: undo },
    ].filter(({ commands }) => commands.length > 0),
    change: (current, ended) =>
      afterRemoval(current, removal, { by, goesOn, at: ended, isProvisioned: settings.isDirectoryProvisioned ?? provisionersOf(now).length > 0 }),
  };
}

interface Removed {
  readonly by: Person;
  readonly at: number;
  readonly goesOn: string;
  readonly isProvisioned: boolean;
}

function afterRemoval(incident: Incident, removal: Removal, { by, at, goesOn, isProvisioned }: Removed): Incident {
  const { done, unknown } = countsOf(removal);
  const { name } = removal.user;
  if (done + unknown === 0) return incident;
  const comesBack = `${name} is blocked in the identity provider, whose next run may give access back`;
  return withDeed(
    incident,
    { at, by, how: 'bot', what: `${doneWords(removal)} of ${name} removed`, ...(done > 0 ? { stops: true } : {}) },
    {
      notStopped: withGoingOn(incident.notStopped, [{ text: goesOn }]),
      leftToDo: isProvisioned ? [...new Set([...incident.leftToDo, comesBack])] : incident.leftToDo,
    },
  );
}
