/**
 * The responses: what each is called, who may give it, when it is offered, what it does and what it does not do. A new response is one
 * entry here, one file in features/, and its tests.
 */
import { concernOf } from '../incident/concern.ts';
import type { Incident } from '../incident/incident.ts';
import { concernsNobody } from '../incident/notice-of-incident.ts';
import type { Subject } from '../sign-in/subjects.ts';
import { type ReachSettings, reachesAlarm, reachesUsers } from './reach.ts';
import type { Role } from './who-may.ts';

export interface ResponseSpec {
  readonly label: string;
  readonly needs: Role;
  readonly effect: string;
  readonly nonEffect: string;
}

export const responses = {
  acknowledge: {
    label: 'Acknowledge',
    needs: 'responder',
    effect: 'Says that you are on it.',
    nonEffect: 'Changes nothing in AWS.',
  },
  'take-over': {
    label: 'Take over',
    needs: 'responder',
    effect: 'Makes you the one who is on it.',
    nonEffect: 'Changes nothing in AWS.',
  },
  release: { label: 'Release', needs: 'responder', effect: 'Says that nobody is on it.', nonEffect: 'Changes nothing in AWS.' },
  resolve: {
    label: 'Resolve',
    needs: 'responder',
    effect: 'Closes the incident with your verdict.',
    nonEffect: 'Changes nothing in AWS; the alarm stays as it is.',
  },
  reopen: {
    label: 'Reopen',
    needs: 'responder',
    effect: 'Opens the incident again, with you on it.',
    nonEffect: 'Changes nothing in AWS.',
  },
  'record-step': {
    label: 'Record a step',
    needs: 'responder',
    effect: 'Writes down what was done by hand, as evidence.',
    nonEffect: 'Changes nothing in AWS.',
  },
  'look-up-mfa': {
    label: 'MFA devices',
    needs: 'responder',
    effect: "Reads the user's MFA devices, password age and access keys from IAM.",
    nonEffect: 'Changes nothing in AWS.',
  },
  'reset-alarm': {
    label: 'Reset alarm',
    needs: 'responder',
    effect: 'Sets the alarm to OK in CloudWatch.',
    nonEffect: 'Fixes nothing: a metric alarm returns to its actual state within seconds while its data still breaches.',
  },
  'reset-password': {
    label: 'Reset password',
    needs: 'remediator',
    effect: "Replaces the user's console password.",
    nonEffect: 'Does not end running sessions and does not touch access keys.',
  },
  'reset-mfa': {
    label: 'Reset MFA',
    needs: 'remediator',
    effect: 'Deactivates the chosen devices, and deletes them where they are virtual.',
    nonEffect: 'Does not end running sessions. Until a device is enrolled again the password alone signs in, unless a policy denies it.',
  },
} as const satisfies Record<string, ResponseSpec>;

export type ResponseId = keyof typeof responses;

export interface Offered {
  /** Row 1 of the card: the incident. */
  readonly incident: readonly ResponseId[];
  /** Row 2: the user. */
  readonly user: readonly ResponseId[];
  /** Behind ⋯. */
  readonly more: readonly MoreId[];
}

/** What ⋯ holds: responses, and views that change nothing. */
export type MoreId = 'take-over' | 'release' | 'reopen' | 'record-step' | 'evidence' | 'timeline' | 'by-hand';

/** Which responses the card offers: a pure function of the incident's state, its subjects, and where the bot can act. */
export function offered(incident: Incident, reach: ReachSettings): Offered {
  if (incident.status === 'merged') return { incident: [], user: [], more: ['timeline'] };
  if (incident.status === 'resolved') return { incident: [], user: [], more: ['reopen', 'evidence', 'timeline'] };
  const first: ResponseId = incident.status === 'open' ? 'acknowledge' : 'resolve';
  const alarm: ResponseId[] = incident.alarm?.state === 'ALARM' && reachesAlarm(incident, reach) ? ['reset-alarm'] : [];
  // On one that nobody has, Acknowledge is how to take it. Slack shows five at most; the timeline leads to the evidence.
  const more: MoreId[] =
    incident.owner === undefined
      ? ['record-step', 'by-hand', 'evidence', 'timeline']
      : ['take-over', 'release', 'record-step', 'by-hand', 'timeline'];
  const hasNoUser = concernsNoIamUser(incident) || concernOf(incident) === 'other' || !reachesUsers(incident, reach);
  const user: ResponseId[] = hasNoUser ? [] : ['look-up-mfa', 'reset-password', 'reset-mfa'];
  return { incident: [first, ...alarm], user, more };
}

export function iamUsersOf(incident: Incident): Subject[] {
  return incident.subjects.filter((subject) => subject.kind === 'iam-user' && subject.name !== undefined);
}

/** The one IAM user an incident is about: the only subject, or the only one who got in. */
export function theIamUserOf({ subjects, moreSubjects, users }: Incident): Subject | undefined {
  const victims = subjects.filter(({ suffered }) => suffered.length > 0);
  const gotIn = subjects.filter((subject) => subject.successes > 0);
  const candidates = victims.length > 0 ? victims : subjects.length === 1 ? subjects : gotIn;
  // Whoever changed something is not whom the change was made to.
  const [only, another] = candidates.filter(({ changes }) => changes.length === 0);
  const isOnly = another === undefined && moreSubjects === 0 && only?.kind === 'iam-user' && only.name !== undefined && !users[only.key]?.isMissing;
  return isOnly ? only : undefined;
}

function concernsNoIamUser(incident: Incident): boolean {
  if (concernsNobody(incident)) return true;
  const known = incident.subjects.length > 0 && incident.moreSubjects === 0;
  return known && incident.subjects.every((subject) => subject.kind !== 'iam-user' && subject.kind !== 'unknown');
}
