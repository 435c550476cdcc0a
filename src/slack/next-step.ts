/** What to do next, in a sentence: what is done is not said again, and what is left is. */
import { isOfRootAlone } from '../domain/detection/detections.ts';
import { attackedIn, isOnOne, lostIn } from '../domain/incident/attacked.ts';
import { concernOf } from '../domain/incident/concern.ts';
import { tellingVerdicts } from '../domain/incident/headline.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { isBare } from '../domain/incident/pruned.ts';
import { accountElsewhere } from '../domain/incident/reasons.ts';
import { accountWords } from '../domain/place.ts';
import { type ReachSettings, reachesUsers } from '../domain/response/reach.ts';
import type { Response } from '../domain/response/response.ts';
import { isBegun, isContained, isUnderWay } from '../domain/response/standing.ts';
import { theIamUserOf } from '../domain/response/target.ts';
import type { Subject } from '../domain/sign-in/subjects.ts';
import { isOnlyAskedFor, isOnlyReported } from '../domain/sign-in/tally.ts';
import { afterFailures, nextStepForRoot, recoveryStep } from './next-step-root.ts';

type Lead = Pick<Response, 'kind' | 'button'> | undefined;

/** One sentence on what to do after acknowledging. @param lead what takes access, where the card offers that */
export function nextStepFor(incident: Incident, reach: ReachSettings, lead?: Lead): string {
  const one = theAttacked(incident) ?? theIamUserOf(incident) ?? onlyOne(incident.subjects) ?? theOneWhoGotIn(incident) ?? theOneItIsAbout(incident);
  if (isBare(incident)) return 'Look for what is new: who and what it was about is pruned.';
  if (concernOf(incident) !== 'sign-ins' && incident.origin === 'alarm') return nextStepForOther(incident);
  const elsewhere = aboutElsewhere(incident);
  if (elsewhere !== undefined) return elsewhere;
  const isOut = lead === undefined && incident.origin !== 'notice' && !reachesUsers(incident, reach);
  if (isOut) return `${whoOutside(one)} Respond in that account by hand: see ⋯ What to do by hand.`;
  if (incident.origin === 'alarm' && incident.subjects.length === 0) return nextStepForNobody(incident);
  if (incident.origin === 'notice') return noticeStep(incident);
  if (one === undefined) return incident.subjects.some(({ successes }) => successes > 0) ? 'Call those who got in.' : 'Call them: was it them?';
  const ofRoot = one.kind === 'root' ? nextStepForRoot(incident, one, reach) : undefined;
  if (ofRoot !== undefined) return ofRoot;
  const change = isOnOne(incident) ? undefined : nextStepAfterChange(one);
  if (change !== undefined) return change;
  if (one.kind === 'iam-user' && one.name !== undefined) return nextStepForUser(incident, one, { name: one.name, lead });
  const beyond = nextStepBeyondIam(incident, one, reach);
  if (beyond !== undefined) return beyond;
  const isIn = one.successes > 0;
  if (one.directory !== undefined && one.name === undefined)
    return 'Look the user up in Identity Center by the id on the card, and ask whether it was them.';
  if (one.kind === 'unknown' || one.name === undefined)
    return isIn ? 'Find out who it was.' : 'Look in CloudTrail for a success from the same address.';
  if (lead === undefined && isContained(incident, one)) return `Find out who it was${restOf(incident)}.`;
  if (lead === undefined) return 'See ⋯ What to do by hand: this bot cannot change this kind of user.';
  return `Find out who it was. If it was not planned: ${lead.button.label}, and what ⋯ says to do by hand.`;
}

/** The alarm names nobody; one that counts root is about root. */
function nextStepForNobody({ detection }: Incident): string {
  if (detection === 'root-password-recovery') return recoveryStep;
  if (detection !== undefined && isOfRootAlone(detection)) return 'Ask whoever may act as root: was it them? In CloudTrail, look from where it was.';
  return 'Find out in CloudTrail who it was. If a takeover is likely: Contain.';
}

/** Where the headline names somebody who is not listed: one of the same name in another account is not meant, nor is another one here. */
function aboutElsewhere(incident: Incident): string | undefined {
  const { assessment, subjects } = incident;
  if (assessment?.about === undefined || !isOnOne(incident) || attackedIn(incident).length > 0 || subjects.length === 0) return undefined;
  const account = accountElsewhere(assessment.about, subjects);
  return account === undefined
    ? 'Begin with whom the headline names: only others are listed here.'
    : `Begin in ${accountWords(account, new Map())}: whom the headline names is there, not here.`;
}

/** Whom an attack is on; of several one to whom nothing was done yet. */
function theAttacked(incident: Incident): Subject | undefined {
  if (!isOnOne(incident)) return undefined;
  const attacked = lostIn(incident);
  return attacked.find((one) => !isBegun(incident, one)) ?? attacked[0];
}

function nextStepAfterChange(one: Subject): string | undefined {
  if (one.suffered.length > 0) return `Call ${one.name}: did they ask for it? If not: Reset password, and look at whoever did it.`;
  if (one.changes.length > 0) return `Ask ${askedOf(one)}: was it planned? If not: undo it, and look at what else they did.`;
  return undefined;
}

/** Undefined also where not all that were seen are known. */
function theOneWhoGotIn({ subjects, moreSubjects }: Incident): Subject | undefined {
  return moreSubjects === 0 ? onlyOne(subjects.filter(({ successes }) => successes > 0)) : undefined;
}

/** Whom the headline names, among others who only failed. */
function theOneItIsAbout({ subjects, assessment }: Incident): Subject | undefined {
  if (assessment === undefined || !tellingVerdicts.has(assessment.verdict)) return undefined;
  return subjects.find(({ key }) => key === assessment.about);
}

function whoOutside(one: Subject | undefined): string {
  if (one?.kind === 'root' && isOnlyAskedFor(one)) return recoveryStep;
  if (one?.kind === 'root') return 'Ask whoever may act as root: was it planned?';
  return one?.name === undefined ? 'Find out who it was.' : `Call ${one.name}: was it them?`;
}

/** Root, a service and an account are nobody whom one could ask. */
function askedOf({ kind, name }: Subject): string {
  if (kind === 'root') return 'whoever may act as root';
  if (name === undefined) return 'whoever did it';
  if (kind === 'service') return `whoever set ${name} up to do it`;
  return kind === 'account' ? `whoever is responsible for account ${name}` : name;
}

function onlyOne<T>(all: readonly T[]): T | undefined {
  return all.length === 1 ? all[0] : undefined;
}

/** What goes on although access was taken. */
function restOf({ notStopped }: Incident): string {
  return notStopped.length > 0 ? ', and stop what is not stopped' : '';
}

/** Where a role in the management account can do something. */
function nextStepBeyondIam(incident: Incident, subject: Subject, { identityCenterAccount }: ReachSettings): string | undefined {
  const { kind, name = 'the user' } = subject;
  if (kind !== 'identity-center-user' || identityCenterAccount === undefined) return undefined;
  if (isContained(incident, subject) || isUnderWay(incident, subject))
    return `Call ${name}: was it them? Block the user at the identity provider${restOf(incident)}.`;
  return isOnOne(incident)
    ? `Remove access of ${name}, block the user at the identity provider, then call ${name}.`
    : `Call ${name}: was it them? If not: Remove access, and block the user at the identity provider.`;
}

/** Of an alarm that is not about sign-ins, as far as is known. */
function nextStepForOther({ subjects, counted = [] }: Incident): string {
  const [one, another] = subjects;
  if (one !== undefined && another === undefined) return `Ask ${askedOf(one)}: was it planned?`;
  if (one !== undefined) return 'Ask those who did it: was it planned?';
  // No log says what it counted.
  if (counted.length > 0 && counted.every(({ notRead }) => notRead === 'no-filter')) return 'Find out what publishes its metric, and why it changed.';
  return counted.some(({ nobody }) => nobody !== undefined) ? 'Find out why the alarm changed.' : 'Open its log and find out what it counted.';
}

function noticeStep({ notice }: Incident): string {
  if (notice?.about === 'outage') return 'Look at the cards of what was found, and find out why it did not come.';
  if (notice?.about === 'remediators') return 'Ask whoever edits the group: was it planned? If not: /signin-freeze, and put it right in Slack.';
  if (notice?.about === 'noise') return 'Have its sender take it off the topic; nothing else is to be done.';
  if (notice?.about === 'chain-cut') return 'Find where the chain breaks, and look in CloudWatch for what is in ALARM meanwhile.';
  return notice?.about === 'test' ? 'Ask who tests; nothing else is to be done.' : 'Read it and find out who it is about.';
}

function nextStepForUser(incident: Incident, subject: Subject, { name, lead }: { name: string; lead: Lead }): string {
  const { successes, failures } = subject;
  if (incident.users[subject.key]?.isMissing)
    return isOnlyReported(subject)
      ? `Find out in which account ${name} is: the message does not say, and IAM of the topic’s has no such user.`
      : `Find out who ${name} is: IAM has no such user in that account.`;
  const wasBegun = isBegun(incident, subject);
  const isAttack = isOnOne(incident);
  const victims = victimWords(incident, subject);
  if (isAttack && wasBegun && lead?.kind === 'ladder') return `${lead.button.label} ${name} for what is left, then call ${name}.${victims}`;
  if (wasBegun) return `Call ${name}${restOf(incident)}.`;
  if (isAttack) {
    if (lead?.kind === 'ladder') return `${lead.button.label} ${name}, then call ${name}.${victims}`;
    return `Lock ${name} out (Reset password), switch off the keys, call ${name}.${victims}`;
  }
  const call = `Call ${name}: was it them?`;
  if (successes > 0 || failures === 0) return `${call} If not: Reset password, and switch off the keys.`;
  return `${call} ${afterFailures(subject)}`;
}

/** Others whose credentials were changed meanwhile: whoever did it may sign in as them. */
function victimWords({ subjects, moreSubjects }: Incident, attacked: Subject): string {
  const [first, ...others] = subjects.filter((one) => one !== attacked && one.suffered.length > 0);
  if (first === undefined) return '';
  const more = others.length === 0 ? '' : ` and ${moreSubjects > 0 ? 'at least ' : ''}${others.length} more`;
  return ` The same for ${first.name ?? 'the user'}${more}, unless they asked for the change of their credentials.`;
}
