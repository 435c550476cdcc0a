/** What all responses share: who may, the intent before, the outcome after. */
import { asAppError } from '../domain/error.ts';
import { duration, type Incident, type Person, type Step } from '../domain/incident.ts';
import type { Due, Ports } from '../domain/ports.ts';
import { type Refusal, type ResponseId, type Role, refusalFor, responses } from '../domain/responses.ts';
import type { Entry, EntryBody, Result } from '../domain/timeline.ts';

/** Somebody in Slack who asks for something. */
export interface Clicker extends Person {
  /** Slack team id. */
  readonly team: string;
}

export type Refused = { readonly ok: false; readonly reason: string; readonly message: string };
export type Answer<T = object> = ({ readonly ok: true } & T) | Refused;

/** A response on the same subject counts as a repetition this long. */
const repeatWindow = 15 * 60_000;

/** Why somebody may not do a thing; the refusal is recorded in the audit, not in the thread. */
export async function refusal(ports: Ports, clicker: Clicker, needs: Role, label: string, incident: number): Promise<Refused | undefined> {
  const found: Refusal | undefined = refusalFor(needs, label, ports.people.standing(clicker));
  if (found === undefined) return undefined;
  await recordRefusal(ports, clicker, incident, label, found);
  return { ok: false, ...found };
}

/** As `refusal`, for a response of the catalogue. */
export function refusalOf(ports: Ports, clicker: Clicker, response: ResponseId, incident: number): Promise<Refused | undefined> {
  const { needs, label } = responses[response];
  return refusal(ports, clicker, needs, label, incident);
}

async function recordRefusal(ports: Ports, clicker: Clicker, incident: number, label: string, found: Refusal): Promise<void> {
  const by = { id: clicker.id, name: clicker.name };
  const body: EntryBody = {
    what: 'refused-click',
    by,
    reason: found.reason,
    result: 'refused',
    text: `${clicker.name} asked for “${label}” and was refused: ${found.message}`,
  };
  await ports.store.transact(async (tx) => {
    const known = incident === 0 ? undefined : await tx.incident(incident);
    if (known === undefined) await tx.lock(['log']);
    await tx.append([{ incident: known ? incident : 0, at: ports.clock.now(), kind: 'response', reply: 'none', body }]);
  });
  ports.metrics.count('responses', 'refused');
  ports.log.info({ incident, user: clicker.id, reason: found.reason }, 'click refused');
}

export function missing(incident: number): Refused {
  return { ok: false, reason: 'no-such-incident', message: `SIN-${incident} does not exist.` };
}

/** A response that changes the incident only: one transaction, one entry. */
export async function transition(
  ports: Ports,
  clicker: Clicker,
  id: number,
  response: ResponseId,
  step: (incident: Incident, by: Person, now: number) => Step,
): Promise<Answer<{ text: string }>> {
  const refused = await refusalOf(ports, clicker, response, id);
  if (refused) return refused;
  const by = { id: clicker.id, name: clicker.name };
  const done = await ports.store.transact(async (tx): Promise<Step | undefined> => {
    const incident = await tx.incident(id);
    if (incident === undefined) return undefined;
    const now = ports.clock.now();
    const next = step(incident, by, now);
    if (!next.ok) return next;
    await tx.append([{ incident: id, at: now, kind: 'response', reply: 'quiet', body: { what: response, by, text: next.text, result: 'done' } }]);
    await tx.save([{ incident: next.incident, due: 'person' }], now);
    return next;
  });
  if (done === undefined) return missing(id);
  ports.wake();
  ports.metrics.count('responses', done.ok ? response : 'answered-already-done');
  return done.ok ? { ok: true, text: done.text } : done;
}

export interface Intent {
  readonly clicker: Clicker;
  readonly incident: number;
  readonly response: ResponseId;
  /** What it is done to, as people read it: `alice in prod 123456789012`. */
  readonly on: string;
  readonly why: string;
  readonly text: string;
  /** Number of the newest like response that the requester was shown. */
  readonly seen: number;
}

export interface Begun {
  readonly seq: number;
  readonly incident: Incident;
  readonly by: Person;
  readonly intent: Intent;
}

/** Commits the intent. Refused when the incident is gone, resolved, or somebody did the same meanwhile. */
export async function begin(ports: Ports, intent: Intent): Promise<Answer<{ begun: Begun }>> {
  const refused = await refusalOf(ports, intent.clicker, intent.response, intent.incident);
  if (refused) return refused;
  const by = { id: intent.clicker.id, name: intent.clicker.name };
  const answer = await ports.store.transact(async (tx): Promise<Answer<{ begun: Begun }>> => {
    const incident = await tx.incident(intent.incident);
    if (incident === undefined) return missing(intent.incident);
    const now = ports.clock.now();
    const repeated = repetition(await tx.entries(incident.id), intent.response, intent.on, now);
    if (repeated && repeated.seq > intent.seen) return { ok: false, reason: 'done-meanwhile', message: repeatedText(repeated, now) };
    const body: EntryBody = { what: intent.response, by, on: intent.on, why: intent.why, phase: 'intent', text: intent.text };
    const [entry] = await tx.append([{ incident: incident.id, at: now, kind: 'response', reply: 'quiet', body }]);
    const seq = (entry as Entry).seq;
    await tx.begin({ incident: incident.id, seq, startedAt: now, owner: ports.owner });
    await tx.save([{ incident, due: 'person' }], now);
    return { ok: true, begun: { seq, incident, by, intent } };
  });
  ports.wake();
  return answer;
}

export interface Ended {
  readonly result: Result;
  readonly text: string;
  readonly details?: readonly string[];
  /** How the incident changes by it. */
  readonly change?: (incident: Incident, now: number) => Incident;
}

/** Writes the outcome, in the thread as well. */
async function end(ports: Ports, begun: Begun, ended: Ended): Promise<void> {
  await writeOutcome(ports, begun.incident.id, begun.seq, ended, begun.intent.response, begun.by);
  ports.metrics.count('responses', `${begun.intent.response} ${ended.result}`);
}

async function writeOutcome(ports: Ports, id: number, seq: number, ended: Ended, what: string, by: Person | undefined): Promise<void> {
  await ports.store.transact(async (tx) => {
    const incident = await tx.incident(id);
    if (incident === undefined) return;
    await tx.end(id, seq);
    const now = ports.clock.now();
    const details = ended.details && ended.details.length > 0 ? { details: ended.details } : {};
    const body: EntryBody = { what, phase: 'outcome', intent: seq, result: ended.result, text: ended.text, ...details, ...(by ? { by } : {}) };
    await tx.append([{ incident: id, at: now, kind: 'response', reply: 'none', body }]);
    const due: Due = 'person';
    await tx.save([{ incident: ended.change?.(incident, now) ?? incident, due }], now);
  });
  ports.wake();
}

/** Runs the rest of a begun response; whatever it throws becomes an outcome too. */
export async function concluding<T extends { ended: Ended }>(ports: Ports, begun: Begun, act: () => Promise<T>): Promise<T | { ended: Ended }> {
  try {
    const done = await act();
    await end(ports, begun, done.ended);
    return done;
  } catch (thrown) {
    const error = asAppError(thrown);
    ports.log.error({ incident: begun.incident.id, seq: begun.seq, err: error }, 'response failed');
    const result = error.code === 'ambiguous' ? 'unknown' : 'failed';
    const ended: Ended = { result, text: result === 'unknown' ? `${error.message} Outcome unknown: check CloudTrail.` : error.message };
    await end(ports, begun, ended);
    return { ended };
  }
}

/** The newest like response of the last 15 minutes that was not refused and did not fail. */
export function repetition(entries: readonly Entry[], response: ResponseId, on: string, now: number): Entry | undefined {
  const failed = new Set(entries.filter(({ body }) => body.result === 'failed' || body.result === 'refused').map(({ body }) => body.intent));
  return entries.findLast(
    ({ seq, at, body }) => body.what === response && body.phase === 'intent' && body.on === on && now - at < repeatWindow && !failed.has(seq),
  );
}

export function repeatedText(entry: Entry, now: number): string {
  return `${entry.body.by?.name ?? 'Somebody'} did this ${duration(now - entry.at)} ago. Do it again only if you know why.`;
}

/** Intents whose process died before their outcome: said so, never repeated. */
export async function closeAbandoned(ports: Ports, otherOwnersAreDead: boolean): Promise<void> {
  const longestResponse = 5 * 60_000;
  const lost = await ports.store.abandoned(ports.clock.now() - longestResponse, ports.owner, otherOwnersAreDead);
  for (const { incident, seq } of lost) {
    const ended: Ended = {
      result: 'unknown',
      text: 'Outcome unknown: the responder stopped while this was under way. Check CloudTrail before you do it again.',
    };
    await writeOutcome(ports, incident, seq, ended, 'interrupted', undefined);
    ports.log.warn({ incident, seq }, 'response without an outcome closed as unknown');
  }
}
