/**
 * “Was this you?”, asked of the person whose user it is, by direct message. PEOPLE says whose it is; a tag in IAM never does, for whoever holds the
 * account could write it. What is answered is what somebody with that person's Slack says: No stops nothing by itself, Yes lowers nothing. Pure.
 */
import { duration, type Incident, nameOf, type Person } from '../incident/incident.ts';
import type { OwnerAnswer, OwnerQuestion } from '../incident/owner-question.ts';
import type { Subject } from '../sign-in/subjects.ts';
import type { Power } from './administrator.ts';
import { type Owner, ownersOf } from './approval.ts';
import { type EntryRef, isSameEntry } from './kept-state.ts';
import type { Refused } from './refusal.ts';
import { isBegun } from './standing.ts';
import { targetOf } from './target.ts';

export const answerMs = 30 * 60_000;

type Questions = Pick<Incident, 'ownerQuestions'>;

/** The Slack user whose user a subject is; undefined: PEOPLE does not say. */
export function ownerOf(subject: Subject, owners: readonly Owner[]): string | undefined {
  const target = targetOf(subject, 'iam-user') ?? targetOf(subject, 'identity-center-user');
  return target && ownersOf(target, owners)[0];
}

/** The newest question about a subject. */
export function questionOf({ ownerQuestions = [] }: Questions, subject: Pick<Subject, 'key'>): OwnerQuestion | undefined {
  return ownerQuestions.findLast((one) => one.subject === subject.key);
}

function no(reason: Refused['reason'], message: string): Refused {
  return { ok: false, reason, message };
}

/** Why a question is not asked; undefined: it may be. @param by whoever wants it asked */
export function mayNotAsk(incident: Incident, subject: Subject, { owner, by, now }: { owner: string | undefined; by: string; now: number }) {
  const who = subject.name ?? 'this user';
  if (owner === undefined) return no('owner-unknown', `PEOPLE does not say whose ${who} is, so nobody is asked.`);
  if (owner === by) return no('own-account', `${who} is yours: say on the card, with “Record a step”, whether it was you.`);
  const before = questionOf(incident, subject);
  if (before?.answer !== undefined) return no('answered-already', `${who}: asked and answered ${duration(now - before.answer.at)} ago.`);
  if (before !== undefined && before.at + answerMs > now) {
    const left = duration(before.at + answerMs - now);
    return no('asked-already', `${before.by.name} asked ${duration(now - before.at)} ago; there are ${left} left for the answer.`);
  }
  if (incident.severity === 'CRITICAL' && !isStopped(incident, subject))
    return no('contain-first', `Contain ${who} first: asking tips off whoever holds the owner’s Slack. Nobody was asked.`);
  return undefined;
}

/** Whether something was taken from the subject and stands: by the bot, or as somebody recorded by hand since it was seen last. */
function isStopped(incident: Incident, subject: Subject): boolean {
  return isBegun(incident, subject) || incident.deeds.some(({ how, at }) => how === 'hand' && at >= subject.lastSeen);
}

interface Answering {
  readonly is: OwnerAnswer;
  /** Whoever pressed the button. */
  readonly by: Person;
  readonly now: number;
}

type Answered = { readonly ok: true; readonly question: OwnerQuestion } | Refused;

/** Only the person who was asked, once, and in time. */
export function answered(question: OwnerQuestion, { is, by, now }: Answering): Answered {
  if (by.id !== question.person) return no('not-the-owner', 'Somebody else was asked. Nothing was recorded as an answer.');
  if (question.answer !== undefined) {
    const said = question.answer.is === 'me' ? 'Yes' : 'No';
    return no(
      'answered-already',
      `You answered “${said}” ${duration(now - question.answer.at)} ago, and that stands. Call the responders to correct it.`,
    );
  }
  if (now >= question.at + answerMs)
    return no('question-over', `This was asked ${duration(now - question.at)} ago, and the time for it is over. Call the responders.`);
  return { ok: true, question: { ...question, answer: { is, at: now } } };
}

/** Why a Yes is not enough; undefined: it may do. Of whom it cannot be told whether he is an administrator, he might be. */
export function proofWanted(
  { severity }: Pick<Incident, 'severity'>,
  { kind }: Pick<Subject, 'kind'>,
  power: Power = 'not-known',
): string | undefined {
  if (severity === 'CRITICAL') return 'this is CRITICAL';
  if (kind === 'root') return 'it is root';
  if (power === 'administrator') return 'the user is an administrator';
  return power === 'no-administrator' ? undefined : 'the user may be an administrator';
}

/** A question by its entry, in the incident in which it was asked or the one that goes on in its place. */
export function questionAsked({ id, ownerQuestions = [] }: Questions & Pick<Incident, 'id'>, entry: EntryRef): OwnerQuestion | undefined {
  return ownerQuestions.find(({ seq, incident = id }) => isSameEntry({ incident, seq }, entry));
}

/** The incident without a question that nobody was sent. */
export function withoutQuestion(incident: Incident, entry: EntryRef): Incident {
  const gone = questionAsked(incident, entry);
  return gone === undefined ? incident : { ...incident, ownerQuestions: incident.ownerQuestions?.filter((one) => one !== gone) };
}

/** The incident after an answer; one that goes on in its place is given it too. @param entry of the question */
export function withAnswer(
  incident: Incident,
  entry: EntryRef,
  { answer, leftToDo }: { answer: OwnerQuestion['answer']; leftToDo?: string },
): Incident {
  const asked = questionAsked(incident, entry);
  const ownerQuestions = (incident.ownerQuestions ?? []).map((one) => (one === asked && answer ? { ...one, answer } : one));
  const left = leftToDo === undefined ? incident.leftToDo : [...new Set([...incident.leftToDo, leftToDo])];
  return { ...incident, ownerQuestions, leftToDo: left };
}

/** What is said of an answer in the thread. @param on the subject, as people read it */
export function answerText(
  incident: Incident,
  { is, by, on, proof }: { is: OwnerAnswer; by: Person; on: string; proof: string | undefined },
): string {
  if (is === 'not-me') return `${by.name} says that it was not them: ${on}. Contain it now; ${nameOf(incident)} is most likely an attack.`;
  const why = proof === undefined ? '' : ` That is no proof, and ${proof}: get one outside Slack, by a call on a number you know.`;
  return `${by.name} says that it was them: ${on}.${why} Nothing was lowered by it.`;
}
