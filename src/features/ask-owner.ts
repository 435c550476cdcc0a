/** “Was this you?”: asked by a responder, answered by the owner of a user. Both are entries; neither changes anything in AWS. */
import { asAppError } from '../domain/error.ts';
import { type Incident, nameOf, type Person } from '../domain/incident/incident.ts';
import type { OwnerAnswer, OwnerQuestion } from '../domain/incident/owner-question.ts';
import type { Entry, Result } from '../domain/incident/timeline.ts';
import { accountWords } from '../domain/place.ts';
import type { Ports } from '../domain/ports.ts';
import type { Power } from '../domain/response/administrator.ts';
import {
  answered,
  answerMs,
  answerText,
  mayNotAsk,
  ownerOf,
  proofWanted,
  questionAsked,
  withAnswer,
  withoutQuestion,
} from '../domain/response/owner-question.ts';
import type { Answer, Refused } from '../domain/response/refusal.ts';
import type { Subject } from '../domain/sign-in/subjects.ts';
import type { Tx } from '../domain/store.ts';
import { goesOnAs } from './goes-on-as.ts';
import { powerOfSubject } from './owner-power.ts';
import { recordRefusal } from './record-refusal.ts';
import { type Clicker, closedAlready, missing, refusal } from './respond.ts';

export const askLabel = 'Was this you?';
const askedWhat = 'was-this-you';

interface Asked {
  readonly incident: number;
  /** Finds the subject among those of the incident. */
  readonly isSubject: (subject: Subject) => boolean;
}

interface Askable {
  readonly incident: Incident;
  readonly subject: Subject;
  readonly owner: string;
}

const gone: Refused = { ok: false, reason: 'owner-unknown', message: 'This user is no longer among the newest of the incident. Nobody was asked.' };

type AskPorts = Pick<Ports, 'clock' | 'settings'>;

/** Whom a question would go to. */
function askable({ clock, settings }: AskPorts, clicker: Clicker, incident: Incident, { isSubject }: Asked): Answer<Askable> {
  const now = clock.now();
  const closed = closedAlready(incident, now);
  if (closed) return closed;
  const subject = incident.subjects.find(isSubject);
  if (subject === undefined) return gone;
  const owner = ownerOf(subject, settings.owners);
  const refused = mayNotAsk(incident, subject, { owner, by: clicker.id, now });
  return refused ?? { ok: true, incident, subject, owner: owner ?? '' };
}

/** For the form. Nothing is written but a refusal. */
export async function prepareQuestion(ports: Ports, clicker: Clicker, asked: Asked): Promise<Answer<Askable>> {
  const refused = await refusal(ports, clicker, { needs: 'responder', label: askLabel, incident: asked.incident });
  if (refused) return refused;
  const incident = await ports.store.incident(asked.incident);
  return incident === undefined ? missing(asked.incident) : askable(ports, clicker, incident, asked);
}

/** What the person is sent. */
export interface Question extends Askable {
  readonly seq: number;
  readonly by: Person;
  readonly until: number;
}

/**
 * Writes down that it is asked, sends it once, and writes what came of that.
 * @param send throws AppError; `ambiguous` when the message may be there
 */
export async function askOwner(
  ports: Ports,
  clicker: Clicker,
  { send, ...asked }: Asked & { send: (question: Question) => Promise<void> },
): Promise<Answer<{ text: string }>> {
  const refused = await refusal(ports, clicker, { needs: 'responder', label: askLabel, incident: asked.incident });
  if (refused) return refused;
  const by = { id: clicker.id, name: clicker.name };
  const power = await powerNow(ports, clicker, asked);
  const begun = await ports.store.transact(async (tx): Promise<Answer<{ question: Question }>> => {
    const incident = await tx.incident(asked.incident);
    if (incident === undefined) return missing(asked.incident);
    const answer = askable(ports, clicker, incident, asked);
    if (!answer.ok) return answer;
    return { ok: true, question: await written(tx, ports, { ...answer, power }, by) };
  });
  ports.wake();
  if (!begun.ok) {
    await recordRefusal(ports, { by: clicker, incident: asked.incident, label: askLabel }, begun);
    return begun;
  }
  return sent(ports, begun.question, send);
}

/** Read before anything is written: a Yes of an administrator is not enough. */
async function powerNow(ports: Ports, clicker: Clicker, asked: Asked): Promise<Power> {
  const incident = await ports.store.incident(asked.incident);
  const answer = incident && askable(ports, clicker, incident, asked);
  return answer?.ok ? powerOfSubject(ports, clicker, answer) : 'not-known';
}

type Written = Askable & { readonly power: Power };

async function written(tx: Tx, { clock, settings }: AskPorts, { incident, subject, owner, power }: Written, by: Person): Promise<Question> {
  const at = clock.now();
  const on = wordsOf(subject, settings.accounts);
  const text = `${by.name} asks the owner of ${on} whether it was them, by direct message.`;
  const body = { what: askedWhat, by, on, phase: 'intent' as const, text, asks: { id: owner, name: owner } };
  const [entry] = await tx.append([{ incident: incident.id, at, kind: 'response', reply: 'quiet', body }]);
  const { seq } = entry as Entry;
  const next: OwnerQuestion = { seq, subject: subject.key, person: owner, by, at, power };
  const after = { ...incident, ownerQuestions: [...(incident.ownerQuestions ?? []), next] };
  await tx.save([{ incident: after, due: { person: by.id } }], at);
  return { incident: after, subject, owner, seq, by, until: at + answerMs };
}

/** Posted once: a second message would be a second question. */
async function sent(ports: Ports, question: Question, send: (question: Question) => Promise<void>): Promise<Answer<{ text: string }>> {
  try {
    await send(question);
    const text = 'The direct message is sent. The answer has to come within 30 min.';
    await concluded(ports, question, { result: 'done', text });
    return { ok: true, text };
  } catch (thrown) {
    const error = asAppError(thrown);
    ports.log.warn({ incident: question.incident.id, err: error }, 'owner not asked');
    const isUnknown = error.code === 'ambiguous' || error.code === 'internal';
    const text = isUnknown ? `${error.message} Whether the direct message is there is not known.` : `${error.message} Nobody was asked.`;
    await concluded(ports, question, { result: isUnknown ? 'unknown' : 'failed', text });
    return { ok: true, text };
  }
}

/** One that certainly was not sent may be asked again at once. */
async function concluded(ports: Ports, { incident: { id }, seq, by }: Question, { result, text }: { result: Result; text: string }): Promise<void> {
  await ports.store.transact(async (tx) => {
    const incident = await tx.incident(id);
    if (incident === undefined) return;
    const now = ports.clock.now();
    await tx.append([
      { incident: id, at: now, kind: 'response', reply: 'none', body: { what: askedWhat, by, phase: 'outcome', intent: seq, result, text } },
    ]);
    const stays = await goesOnAs(tx, incident);
    const after = (one: Incident): Incident => (result === 'failed' ? withoutQuestion(one, { incident: id, seq }) : one);
    await tx.save(
      bothOf(incident, stays).map((one) => ({ incident: after(one), due: { person: by.id } })),
      now,
    );
  });
  ports.wake();
}

interface Answering {
  readonly incident: number;
  readonly seq: number;
  readonly is: OwnerAnswer;
}

/** Whoever is asked needs no role. Another person is refused, and that is in the audit. */
export async function answerQuestion(ports: Ports, clicker: Clicker, { incident: id, seq, is }: Answering): Promise<Answer<{ text: string }>> {
  const by = { id: clicker.id, name: clicker.name };
  const answer = await ports.store.transact(async (tx): Promise<Answer<{ text: string }>> => {
    const incident = await tx.incident(id);
    const question = incident && questionAsked(incident, { incident: id, seq });
    if (incident === undefined || question === undefined) return missing(id);
    const now = ports.clock.now();
    const decision = answered(question, { is, by, now });
    if (!decision.ok) return decision;
    const stays = await noted(tx, ports, { incident, question: decision.question, by });
    const said = is === 'me' ? 'You answered “Yes, it was me”.' : 'You answered “No, it was not me”. The responders are notified.';
    const where = stays.id === id ? '' : ` ${nameOf(incident)} is part of ${nameOf(stays)} now: it is told there.`;
    return { ok: true, text: `${said}${where}` };
  });
  ports.wake();
  if (!answer.ok) await recordRefusal(ports, { by, incident: id, label: askLabel }, answer);
  return answer;
}

interface Noted {
  readonly incident: Incident;
  /** With its answer. */
  readonly question: OwnerQuestion;
  readonly by: Person;
}

/** In the incident that goes on in its place, where it was merged. */
async function noted(tx: Tx, { clock, settings }: AskPorts, { incident, question, by }: Noted): Promise<Incident> {
  const now = clock.now();
  const { answer, seq, power } = question;
  const is = answer?.is ?? 'not-me';
  const stays = await goesOnAs(tx, incident);
  const subject = [...stays.subjects, ...incident.subjects].find(({ key }) => key === question.subject);
  const on = subject === undefined ? 'a user who is no longer among the newest' : wordsOf(subject, settings.accounts);
  const proof = is === 'me' ? proofWanted(stays, subject ?? { kind: 'unknown' }, power) : undefined;
  const leftToDo = proof && `a proof outside Slack that it was ${subject?.name ?? 'them'}`;
  const text = answerText(stays, { is, by, on, proof });
  const body = { what: is === 'me' ? 'was-me' : 'was-not-me', by, on, text };
  await tx.append([{ incident: stays.id, at: now, kind: 'response', reply: is === 'me' ? 'quiet' : 'loud', body }]);
  const after = (one: Incident): Incident => withAnswer(one, { incident: incident.id, seq }, { answer, ...(leftToDo ? { leftToDo } : {}) });
  await tx.save(
    bothOf(incident, stays).map((one) => ({ incident: after(one), due: 'now' as const })),
    now,
  );
  return stays;
}

/** The incident in which it was asked, and the one that goes on in its place. */
function bothOf(asked: Incident, stays: Incident): Incident[] {
  return asked.id === stays.id ? [asked] : [asked, stays];
}

function wordsOf({ name, account }: Subject, accounts: ReadonlyMap<string, string>): string {
  return `${name ?? 'a user without a name'} in ${accountWords(account, accounts)}`;
}
