/** What a response is given to, and which of an incident it may be. */
import { hitIn, isOnOne, lostIn } from '../incident/attacked.ts';
import { concernOf } from '../incident/concern.ts';
import { undoable } from '../incident/contained.ts';
import type { Incident } from '../incident/incident.ts';
import { concernsNobody } from '../incident/notice-of-incident.ts';
import type { PrincipalKind } from '../sign-in/principal.ts';
import type { Subject } from '../sign-in/subjects.ts';
import { type ReachSettings, reachesUsers } from './reach.ts';

/** Of accounts that a target names: as many as Slack carries with a form. */
export const mostAffected = 40;

export type Target =
  | { readonly kind: 'incident' }
  | { readonly kind: 'alarm'; readonly arn: string }
  | { readonly kind: 'iam-user'; readonly account: string; readonly name: string }
  /** Without a session: all of the role's. */
  | { readonly kind: 'role'; readonly account: string; readonly name: string; readonly session?: string }
  | {
      readonly kind: 'identity-center-user';
      readonly account: string;
      readonly name?: string;
      readonly userId?: string;
      readonly storeArn?: string;
      readonly region?: string;
      /** The affected accounts as somebody was shown them; undefined: as the incident has them. */
      readonly accounts?: readonly string[];
    }
  | { readonly kind: 'root'; readonly account: string }
  | { readonly kind: 'entry'; readonly incident: number; readonly seq: number };

export type TargetKind = Target['kind'];
/** What a response is for: one kind, or several. */
export type TargetKinds = TargetKind | readonly TargetKind[];

export function kindsIn(wanted: TargetKinds): readonly TargetKind[] {
  return typeof wanted === 'string' ? [wanted] : wanted;
}

/** Whether a target is one of those that a response is for. */
export function isFor(target: Target | undefined, wanted: TargetKinds): target is Target {
  return target !== undefined && kindsIn(wanted).includes(target.kind);
}

/** The target that a subject is; undefined: of another kind, or not known well enough. */
export function targetOf(subject: Subject, wanted: TargetKinds): Target | undefined {
  return kindsIn(wanted)
    .map((kind) => targetOfKind(subject, kind))
    .find((target) => target !== undefined);
}

function targetOfKind({ kind, account, name, directory }: Subject, wanted: TargetKind): Target | undefined {
  if (wanted === 'iam-user') return kind === 'iam-user' && name !== undefined ? { kind: 'iam-user', account, name } : undefined;
  if (wanted === 'root') return kind === 'root' ? { kind: 'root', account } : undefined;
  if (wanted === 'role' && kind === 'role-session' && name !== undefined) {
    const [role = '', session] = name.split('/');
    return { kind: 'role', account, name: role, ...(session === undefined ? {} : { session }) };
  }
  if (wanted !== 'identity-center-user' || kind !== 'identity-center-user' || (name === undefined && directory === undefined)) return undefined;
  const { userId, storeArn, region } = directory ?? {};
  return { kind: 'identity-center-user', account, ...defined({ name, userId, storeArn, region }) };
}

function defined<T extends Record<string, string | undefined>>(values: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: string };
}

/** The subjects of an incident that are targets of a kind. */
export function subjectsFor(incident: Incident, wanted: TargetKinds): Subject[] {
  return incident.subjects.filter((subject) => targetOf(subject, wanted) !== undefined);
}

/** The only target of these kinds that an incident has; undefined: one is to be chosen. */
export function theTargetOf(incident: Incident, wanted: TargetKinds): Target | undefined {
  const kinds = kindsIn(wanted);
  const [only, another] = kinds.flatMap((kind) => theTargetOfKind(incident, kind) ?? []);
  if (only === undefined || another !== undefined) return undefined;
  // Of several kinds somebody else may be meant who is one of many.
  return kinds.length === 1 || only.kind === 'iam-user' || subjectsFor(incident, kinds).length === 1 ? only : undefined;
}

function theTargetOfKind(incident: Incident, wanted: TargetKind): Target | undefined {
  if (wanted === 'incident') return { kind: 'incident' };
  if (wanted === 'alarm') return { kind: 'alarm', arn: incident.alarm?.arn ?? '' };
  if (wanted === 'entry') {
    const [last, other] = undoable(incident);
    return last === undefined || other !== undefined ? undefined : { kind: 'entry', incident: last.incident, seq: last.seq };
  }
  if (wanted === 'iam-user') {
    const user = theIamUserOf(incident);
    return user && targetOf(user, wanted);
  }
  const [only, another] = incident.moreSubjects === 0 ? subjectsFor(incident, wanted) : [];
  return only === undefined || another !== undefined ? undefined : targetOf(only, wanted);
}

/** The one IAM user an incident is about: the only subject, whom an attack is on, or the only one who got in. */
export function theIamUserOf(incident: Incident): Subject | undefined {
  const { moreSubjects, users } = incident;
  const [only, another] = candidatesIn(incident);
  const isOnly = another === undefined && moreSubjects === 0 && only?.kind === 'iam-user' && only.name !== undefined && !users[only.key]?.isMissing;
  return isOnly ? only : undefined;
}

function candidatesIn(incident: Incident): readonly Subject[] {
  const { subjects, assessment } = incident;
  const hit = hitIn(incident);
  // Whom the headline names may not be listed here: then nobody here is meant.
  if (isOnOne(incident)) return lostIn(incident).length > 0 ? hit : [];
  const victims = subjects.filter(({ suffered }) => suffered.length > 0);
  const candidates = victims.length > 0 ? victims : subjects.length === 1 ? subjects : assessment?.about === undefined ? gotInOf(subjects) : hit;
  // Whoever changed something is not whom the change was made to.
  return candidates.filter(({ changes }) => changes.length === 0);
}

function gotInOf(subjects: readonly Subject[]): Subject[] {
  return subjects.filter(({ successes }) => successes > 0);
}

/** Whether an incident that is not resolved may be about an IAM user whom the bot can do anything to. */
export function concernsIamUsers(incident: Incident, reach: ReachSettings): boolean {
  if (!isUnresolved(incident) || concernsNobody(incident) || concernOf(incident) === 'other' || !reachesUsers(incident, reach)) return false;
  const isKnown = incident.subjects.length > 0 && incident.moreSubjects === 0;
  const mayBeUser: ReadonlySet<PrincipalKind> = new Set(['iam-user', 'unknown']);
  return !isKnown || incident.subjects.some(({ kind }) => mayBeUser.has(kind));
}

/** Whether an incident that is not resolved is about a role's session in an account where the bot can do anything. */
export function concernsRoles(incident: Incident, reach: ReachSettings): boolean {
  return isUnresolved(incident) && reachesUsers(incident, reach) && subjectsFor(incident, 'role').length > 0;
}

export function isUnresolved({ status }: Pick<Incident, 'status'>): boolean {
  return status === 'open' || status === 'acknowledged';
}
