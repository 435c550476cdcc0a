/** Whom the responder took nothing from, of an incident that turned out to be an attack: what goes on is said also where nobody did anything. Pure. */
import type { Incident } from '../incident/incident.ts';
import { shortName } from '../sign-in/subject-words.ts';
import type { Subject } from '../sign-in/subjects.ts';
import { isOnlyReported } from '../sign-in/tally.ts';
import { isBegun, isUnderWay } from './standing.ts';

const named = 3;

/** Whoever got in, as events or a message say, was changed, or changed something. */
function isHit(subject: Subject): boolean {
  const { successes, suffered, changes } = subject;
  return successes + suffered.length + changes.length > 0 || isOnlyReported(subject);
}

/** In sentences; undefined: it was no attack, something was done by the bot to everybody whom it concerns, or whom it concerns was pruned. */
export function unstoppedWords(incident: Incident): string | undefined {
  const { resolved, subjects, deeds, leftToDo, pruned } = incident;
  if (resolved?.verdict !== 'attack') return undefined;
  const hit = subjects.filter(isHit);
  if (hit.length === 0 && pruned !== undefined) return undefined;
  if (subjects.length === 0) return 'whoever it was. Nobody is known, so the bot did nothing to anybody.';
  if (hit.length === 0) return 'further attempts. Nobody is known to have got in.';
  const left = hit.filter((one) => !isBegun(incident, one) && !isUnderWay(incident, one));
  if (left.length === 0) return undefined;
  const more = left.length - named;
  const who = `${left.slice(0, named).map(shortName).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  // What is left to do may be to find out whether something was done.
  const isDone = leftToDo.length > 0 || deeds.some(({ isUndone }) => isUndone !== true);
  const but = isDone ? 'but for what it says above' : 'unless somebody changed that in AWS: the bot does not know of it';
  return `${who}. Sessions that run go on, and passwords, keys and other access stay as they are, ${but}.`;
}
