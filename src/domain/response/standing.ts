/**
 * What was done because of an incident, or of another one about the same people, and stands: it is no longer put forward, and what is left is. Pure;
 * as far as the incident knows.
 */
import { isLost } from '../incident/attacked.ts';
import type { Held } from '../incident/elsewhere.ts';
import type { Incident } from '../incident/incident.ts';
import type { IamNotes } from '../incident/user-notes.ts';
import { isSameUser } from '../sign-in/memory.ts';
import type { Subject } from '../sign-in/subjects.ts';
import type { KeptState } from './kept-state.ts';
import { type ReachSettings, reachesSubject } from './reach.ts';
import type { Response } from './response.ts';
import { type Target, targetOf } from './target.ts';

type Takes = Pick<Incident, 'contained' | 'elsewhere'>;

/** What was taken from somebody, without what somebody else gave back. */
export function heldAgainst({ contained = [], elsewhere = [] }: Takes, target: Target): Held[] {
  const here = contained.filter(({ brokenAt }) => brokenAt === undefined);
  return [...here, ...elsewhere.flatMap((one) => one.contained)].filter(({ left }) => isOf(left, target));
}

/** Whether a user's password was replaced. */
function isPasswordReset({ passwordsReset, elsewhere = [] }: Pick<Incident, 'passwordsReset' | 'elsewhere'>, { account, name }: Subject): boolean {
  return [passwordsReset, ...elsewhere.map((one) => one.passwordsReset)].some((users) =>
    users.some((user) => user.toLowerCase() === `${account}/${name}`.toLowerCase()),
  );
}

/** Whether something was taken from a subject, and stands. */
export function isContained(incident: Takes & Pick<Incident, 'rootsEmptied' | 'subjects'>, subject: Subject): boolean {
  const target = targetOf(subject, ['iam-user', 'role', 'identity-center-user', 'root']);
  return target !== undefined && (heldAgainst(incident, target).length > 0 || isEmptied(incident, target));
}

/** Whether AWS is still at taking access from a subject. */
export function isUnderWay({ inProgress = [] }: Pick<Incident, 'inProgress'>, subject: Subject): boolean {
  if (subject.kind !== 'identity-center-user') return false;
  return inProgress.some(({ user }) => user.id === subject.directory?.userId || user.name === subject.name);
}

/** Whether anything was done by the bot to stop a subject: a new password, too, also one that was handed over. */
export function isBegun(incident: Parameters<typeof isContained>[0] & Pick<Incident, 'passwordsReset'>, subject: Subject): boolean {
  return isPasswordReset(incident, subject) || isContained(incident, subject);
}

function isOf(left: KeptState, target: Target): boolean {
  const { holder } = left;
  if (target.kind === 'identity-center-user')
    return left.of === 'access' && ((target.userId !== undefined && left.userId === target.userId) || holder.name === target.name);
  const isKind = target.kind === 'iam-user' || target.kind === 'role';
  return isKind && holder.kind === target.kind && isSameUser(holder, target);
}

export function isHeld(incident: Takes, target: Target, of: KeptState['of']): boolean {
  return heldAgainst(incident, target).some(({ left }) => left.of === of);
}

/** What IAM said last of a user in the incident; undefined: nothing, or before something was changed. */
export function iamNow({ subjects, users }: Pick<Incident, 'subjects' | 'users'>, target: Target): IamNotes | undefined {
  if (target.kind !== 'iam-user') return undefined;
  const user = subjects.find((one) => one.kind === 'iam-user' && isSameUser(one, target));
  const iam = user && users[user.key]?.iam;
  return iam?.outdatedAt === undefined ? iam : undefined;
}

/** Whether all credentials of an account's root user were deleted, and root was not seen since. */
export function isEmptied(
  { rootsEmptied = [], elsewhere = [], subjects }: Pick<Incident, 'rootsEmptied' | 'elsewhere' | 'subjects'>,
  target: Target,
): boolean {
  if (target.kind !== 'root') return false;
  const seen = subjects.filter(({ kind, account }) => kind === 'root' && account === target.account).map(({ lastSeen }) => lastSeen);
  const emptied = [...rootsEmptied, ...elsewhere.flatMap((one) => one.rootsEmptied)];
  return emptied.some(({ account, at }) => account === target.account && seen.every((last) => last <= at));
}

interface Known {
  readonly responses: readonly Response[];
  readonly incident: Incident;
  readonly reach: ReachSettings;
}

/** Whether a response was done to all whom it would be put forward for: those who got in, were changed or are lost otherwise; where nobody is, all. */
export function isDone(response: Response, { responses, incident, reach }: Known): boolean {
  if (response.kind === 'step' || incident.moreSubjects > 0) return false;
  const isThere = (one: Subject): boolean => reachesSubject(one, reach) && !incident.users[one.key]?.isMissing;
  const there = incident.subjects.filter(isThere).flatMap((subject) => {
    const target = targetOf(subject, response.target);
    return target === undefined ? [] : [{ subject, target }];
  });
  const worst = there.filter(({ subject }) => isLost(incident, subject));
  const concerned = worst.length > 0 ? worst : there;
  return concerned.length > 0 && concerned.every(({ target }) => stands(response, target, { responses, incident }));
}

/** Of a ladder each rung. */
function stands(response: Response, target: Target, known: Pick<Known, 'responses' | 'incident'>): boolean {
  const { responses, incident } = known;
  if (response.kind === 'call') return response.stands?.(incident, target) ?? false;
  if (response.kind === 'step') return false;
  const rungs = response.rungs.map((id) => responses.find((one) => one.id === id));
  return rungs.every((one) => one !== undefined && stands(one, target, known));
}
