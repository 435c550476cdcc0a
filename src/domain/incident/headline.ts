/** What an incident is called in one line. */
import { detectionOf } from '../detection/detections.ts';
import { shortName } from '../sign-in/subject-words.ts';
import type { Subject } from '../sign-in/subjects.ts';
import { isRefusedOnly, saidOf, talliesOf } from '../sign-in/tally.ts';
import { isOnOne } from './attacked.ts';
import type { Incident } from './incident.ts';
import { verdictLine } from './reasons.ts';

/** Verdicts that say more than the title does. */
export const tellingVerdicts: ReadonlySet<string> = new Set(['takeover', 'spray', 'mfa-fatigue', 'guessing']);

/** What it adds up to, else the title, or for sign-ins who did what. */
export function whatHappened(incident: Incident): string {
  const [only] = incident.subjects;
  const [victim, ...otherVictims] = incident.subjects.filter(({ suffered }) => suffered.length > 0);
  if (incident.assessment && isOnOne(incident) && incident.assessment.about !== undefined) return verdictLine(incident.assessment, incident.subjects);
  if (victim !== undefined)
    return `${detectionOf('sign-in-credentials-changed').title}: ${victim.name}${otherVictims.length > 0 ? ` and ${otherVictims.length} more` : ''}`;
  if (incident.assessment && tellingVerdicts.has(incident.assessment.verdict)) return verdictLine(incident.assessment, incident.subjects);
  if (incident.countedAs !== undefined) return incident.countedAs;
  if (incident.origin !== 'sign-in' || only === undefined || only.changes.length > 0) return incident.title;
  if (incident.subjects.length > 1) return `${incident.title} · ${incident.moreSubjects > 0 ? 'more than ' : ''}${incident.subjects.length} users`;
  return saidOf(shortName(only), didShortly(only));
}

function didShortly(subject: Subject): string {
  const { successes, failures, mfa, mfaOfSuccess, kind, failedChanges = [] } = subject;
  const tallies = talliesOf(subject);
  if (successes > 0) {
    const gotIn = tallies.find(({ is }) => is === 'signed-in' || is === 'let-in') ?? tallies.find(({ is }) => is === 'allowed');
    return `${gotIn?.what ?? 'signed in'}${(mfaOfSuccess ?? mfa) === 'no' ? ' without MFA' : ''}`;
  }
  if (failures > 0) {
    if (isRefusedOnly(subject)) return 'was refused at sign-in by policy';
    return `failed ${kind === 'identity-center-user' ? 'in Identity Center' : 'to sign in'}${subject.mfaFailures > 0 ? ' (MFA)' : ''}`;
  }
  if (failedChanges.length > 0) return `failed to change: ${failedChanges[0]}`;
  const [first] = tallies;
  return first === undefined ? `signed in${mfa === 'no' ? ' without MFA' : ''}` : `${first.what}${mfa === 'no' ? ' without MFA' : ''}`;
}
