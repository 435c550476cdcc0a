/** Whom of those who are in an incident an attack is on, and who else it may have hit. Pure. */
import type { Subject } from '../sign-in/subjects.ts';
import type { Incident } from './incident.ts';

type Seen = Pick<Incident, 'subjects' | 'assessment' | 'ownerQuestions'>;

/** Of whom an owner said that it was somebody else, the newest first, then whom the verdict is about: as far as they are listed. */
export function attackedIn({ subjects, assessment, ownerQuestions = [] }: Seen): Subject[] {
  const disowned = ownerQuestions.filter(({ answer }) => answer?.is === 'not-me').map(({ subject }) => subject);
  const keys = [...disowned.toReversed(), ...(assessment?.about === undefined ? [] : [assessment.about])];
  return [...new Set(keys)].flatMap((key) => subjects.find((one) => one.key === key) ?? []);
}

/** The same without whose password is only tried: there is no ground to lock them out. */
export function lostIn(seen: Seen): Subject[] {
  return attackedIn({ ...seen, assessment: isAboutOne(seen.assessment) ? seen.assessment : undefined });
}

/** Whether an attack is on one person, and not on whoever can be tried. */
export function isOnOne({ assessment, ownerQuestions }: Pick<Seen, 'assessment' | 'ownerQuestions'>): boolean {
  return isDisowned({ ownerQuestions }) || isAboutOne(assessment);
}

function isAboutOne(assessment: Seen['assessment']): boolean {
  return assessment?.verdict === 'takeover' || assessment?.verdict === 'mfa-fatigue';
}

/** Whether an owner said that it was somebody else. */
export function isDisowned({ ownerQuestions = [] }: Pick<Seen, 'ownerQuestions'>): boolean {
  return ownerQuestions.some(({ answer }) => answer?.is === 'not-me');
}

/** Whether somebody got in or was changed, or is lost otherwise. */
export function isLost(incident: Seen, subject: Subject): boolean {
  return isHit(subject) || lostIn(incident).includes(subject);
}

function isHit({ successes, suffered }: Subject): boolean {
  return successes > 0 || suffered.length > 0;
}

/** Whom an attack is on, who got in, and whom somebody changed; where neither of the last two, all who tried. */
export function hitIn(incident: Seen): Subject[] {
  const hit = incident.subjects.filter(isHit);
  return [...new Set([...attackedIn(incident), ...(hit.length > 0 ? hit : incident.subjects)])];
}
