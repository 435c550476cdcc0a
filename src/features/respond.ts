/** What all responses share: who may, the intent before, the outcome after. */
import { asAppError } from '../domain/error.ts';
import { duration, type Incident, mergedText, nameOf, type Person } from '../domain/incident/incident.ts';
import type { Entry, EntryBody, Reply } from '../domain/incident/timeline.ts';
import type { Ports } from '../domain/ports.ts';
import { freezeFact, frozen } from '../domain/response/brakes.ts';
import { followEveryMs } from '../domain/response/following.ts';
import type { UserRef } from '../domain/response/iam-user.ts';
import { tooLate } from '../domain/response/in-time.ts';
import { beforeOf, isSame, type KeptState } from '../domain/response/kept-state.ts';
import type { Ended, Later } from '../domain/response/plan.ts';
import type { Answer, Refused } from '../domain/response/refusal.ts';
import { changesAws, type Response } from '../domain/response/response.ts';
import { type Home, type Refusal, type Role, refusalFor } from '../domain/response/who-may.ts';
import type { RecentResponse, Tx } from '../domain/store.ts';
import { brakeIn } from './brakes.ts';
import { goOn } from './go-on.ts';
import { outdateElsewhere } from './read-users-again.ts';
import { recordRefusal } from './record-refusal.ts';
import { accessWords, type Written, writeOutcome } from './write-outcome.ts';

/** Somebody in Slack who asks for something. */
export interface Clicker extends Person {
  readonly home: Home;
}

/** A response on the same subject is a repetition this long. */
const repeatWindow = 15 * 60_000;

/** Why somebody may not do a thing. It is for whoever answers to record it. */
export function mayNot({ people }: Pick<Ports, 'people'>, clicker: Clicker, { needs, label }: { needs: Role; label: string }): Refused | undefined {
  const found: Refusal | undefined = refusalFor(needs, label, people.standing(clicker));
  return found && { ok: false, ...found };
}

/** The same; the refusal is recorded in the audit, not in the thread. `incident` is 0 where it is about none. */
export async function refusal(ports: Ports, clicker: Clicker, asked: { needs: Role; label: string; incident: number }): Promise<Refused | undefined> {
  const { label, incident } = asked;
  const found = mayNot(ports, clicker, asked);
  if (found) await recordRefusal(ports, { by: clicker, incident, label }, found);
  return found;
}

/** Nothing is done about what is declared done, or part of another incident. */
export function closedAlready(incident: Incident, now: number): Refused | undefined {
  if (incident.mergedInto !== undefined) return { ok: false, reason: 'merged', message: mergedText(incident, incident.mergedInto) };
  if (incident.resolved === undefined) return undefined;
  const { by, at } = incident.resolved;
  const message = `${by.name} resolved ${nameOf(incident)} ${duration(now - at)} ago. Nothing was done; reopen it first.`;
  return { ok: false, reason: 'already-resolved', message };
}

export function missing(incident: number): Refused {
  return { ok: false, reason: 'no-such-incident', message: `${nameOf({ id: incident })} does not exist.` };
}

export interface Intent {
  readonly clicker: Clicker;
  readonly incident: number;
  readonly response: Response;
  /** Ids of the responses that are like it. */
  readonly like: readonly string[];
  /** What it is done to, as people read it: `alice in prod 123456789012`. */
  readonly on: string;
  /** The user whom it changes; undefined: it changes none. */
  readonly changes: UserRef | undefined;
  /** What is so now of what it takes away. */
  readonly before: KeptState | undefined;
  readonly why: string;
  readonly text: string;
  /** When the newest like response began that the requester was shown. */
  readonly seen: number;
  readonly reply: Reply;
  /** Whether it counts against the person's changes of an hour: a ladder counts once. */
  readonly counts: boolean;
  /** What more has to hold, in the same transaction. */
  readonly allowed?: (tx: Tx, incident: Incident, now: number) => Promise<Refused | undefined>;
}

export interface Begun {
  readonly seq: number;
  readonly at: number;
  readonly incident: Incident;
  readonly by: Person;
  readonly intent: Intent;
}

/** Commits the intent. Refused when the incident is gone, resolved, or somebody did the same meanwhile; the caller records it. */
export async function begin(ports: Ports, intent: Intent): Promise<Answer<{ begun: Begun }>> {
  const { needs, button } = intent.response;
  const refused = mayNot(ports, intent.clicker, { needs, label: button.label });
  if (refused) return refused;
  const by = { id: intent.clicker.id, name: intent.clicker.name };
  const answer = await ports.store.transact(async (tx): Promise<Answer<{ begun: Begun }>> => {
    // Two incidents may be about one user: whoever comes second sees the first.
    await tx.lock([`subject:${intent.on}`, ...(changesAws(intent.response) ? ['log'] : [])]);
    const incident = await tx.incident(intent.incident);
    if (incident === undefined) return missing(intent.incident);
    const asked = { incident, by, intent, at: ports.clock.now() };
    const unfit = await refusedMeanwhile(tx, ports, asked);
    if (unfit) return unfit;
    const seq = await writeIntent(tx, ports, asked);
    return { ok: true, begun: { ...asked, seq } };
  });
  ports.wake();
  return answer;
}

type AskedIntent = Omit<Begun, 'seq'>;

/** Why it is not begun after all, as the database has it now. */
async function refusedMeanwhile(tx: Tx, ports: Ports, { incident, by, intent, at }: AskedIntent): Promise<Refused | undefined> {
  const closed = closedAlready(incident, at);
  if (closed) return closed;
  const stopped = changesAws(intent.response) ? await brakeIn(tx, ports, { by, counts: intent.counts }) : undefined;
  if (stopped) return stopped;
  const repeated = await tx.recent(intent.like, intent.on, at - repeatWindow);
  if (repeated && repeated.startedAt > intent.seen) return { ok: false, reason: 'done-meanwhile', message: repeatedText(repeated, at) };
  return intent.allowed?.(tx, incident, at);
}

/** @returns the number of its entry */
async function writeIntent(tx: Tx, { owner }: Pick<Ports, 'owner'>, { incident, by, intent, at }: AskedIntent): Promise<number> {
  const { response, on, why, text, before, reply, counts } = intent;
  const body: EntryBody = { what: response.id, by, on, why, phase: 'intent', text, ...(before ? { before } : {}) };
  const [entry] = await tx.append([{ incident: incident.id, at, kind: 'response', reply, body }]);
  const { seq } = entry as Entry;
  await tx.begin({ incident: incident.id, seq, response: response.id, subject: on, by: by.name, byId: by.id, startedAt: at, owner, counts });
  await tx.save([{ incident, due: { person: by.id } }], at);
  return seq;
}

/** An outcome says what happened in AWS, which nothing else does. It is waited for through so many tries, and tried on for a day. */
const outcome = { waited: 4, all: 2_880, pauseMs: 1_000, longestPauseMs: 30_000 };

/** Writes the outcome, in the thread as well. A database that does not take it now may do later: it is tried on, and who waits goes on. */
export async function end(ports: Ports, written: Written, ended: Ended): Promise<void> {
  ports.metrics.count('responses', `${written.what} ${ended.result}`);
  if (!(await isWritten(ports, { written, ended }, outcome.waited, () => outcome.pauseMs)))
    void isWritten(ports, { written, ended }, outcome.all, (tries) => Math.min(outcome.longestPauseMs, outcome.pauseMs * 2 ** Math.min(tries, 5)));
}

interface Ending {
  readonly written: Written;
  readonly ended: Ended;
}

/** False: not after so many tries. Never throws. */
async function isWritten(ports: Ports, { written, ended }: Ending, most: number, pauseAfter: (tries: number) => number): Promise<boolean> {
  const { incident, seq } = written;
  for (let tries = 1; tries <= most; tries++) {
    try {
      await writeOutcome(ports, written, ended);
      return true;
    } catch (thrown) {
      ports.log.error({ incident, seq, result: ended.result, err: asAppError(thrown) }, 'outcome not written');
      await ports.clock.wait(pauseAfter(tries));
    }
  }
  return false;
}

/** What a response took from somebody: what it left is not what was. */
function tookBy({ seq, at: begunAt, incident, by, intent: { response, on, before } }: Begun, { after }: Ended): Written['took'] {
  if (response.access !== 'takes' || before === undefined || after === undefined) return undefined;
  const taken = beforeOf(before, after);
  const took = { incident: incident.id, seq, response: response.id, on, by, begunAt, before: taken, left: after };
  return isSame(taken, after) ? undefined : took;
}

/** Whom a response has changed, as far as is known. */
function changedBy({ intent }: Begun, { result }: Ended): UserRef | undefined {
  return result === 'refused' || result === 'failed' ? undefined : intent.changes;
}

interface Rest {
  readonly act: () => Promise<Ended | Later>;
  /** What AWS was sent by it, so far. */
  readonly requests: () => readonly string[];
}

/** Why what was begun is not done after all: the process stood still since, or all changes were frozen. */
async function stoppedSince({ store, clock }: Ports, { seq, at, incident, intent }: Begun): Promise<Ended | undefined> {
  if (!changesAws(intent.response)) return undefined;
  const [isUnderWay, freeze] = await Promise.all([store.isUnderWay(incident.id, seq), store.fact(freezeFact)]);
  const now = clock.now();
  const stopped = frozen(freeze, now);
  return tooLate({ at, isUnderWay }, now) ?? (stopped && { result: 'refused', text: stopped.message });
}

/** Runs the rest of a begun response; whatever it throws becomes an outcome too. What AWS goes on with by itself is kept to be followed. */
export async function concluding(ports: Ports, begun: Begun, { act, requests }: Rest): Promise<Ended | Later> {
  const doing = async (): Promise<Ended | Later> => (await stoppedSince(ports, begun)) ?? act();
  const ended = await doing().catch((thrown: unknown): Ended => {
    const error = asAppError(thrown);
    ports.log.error({ incident: begun.incident.id, seq: begun.seq, err: error }, 'response failed');
    const isUnknown = error.code === 'ambiguous' || error.code === 'internal';
    return {
      code: error.code,
      result: isUnknown ? 'unknown' : 'failed',
      text: isUnknown ? `${error.message} Outcome unknown: check CloudTrail.` : error.message,
    };
  });
  const { incident, seq, by, intent } = begun;
  if ('later' in ended) {
    const { later: token, progress } = ended;
    await goOn(ports, { incident: incident.id, seq, by, token, progress, requests: requests(), inMs: followEveryMs });
    return ended;
  }
  const changed = changedBy(begun, ended);
  const access = accessWords(intent.response, intent.on);
  const took = tookBy(begun, ended);
  await end(ports, { incident: incident.id, seq, what: intent.response.id, by, changed, took, access, requests: requests() }, ended);
  if (changed) await outdateElsewhere(ports, { user: changed, here: incident.id, elsewhere: ended.elsewhere });
  return ended;
}

/** The newest of like responses of the last 15 minutes, in whatever incident, for the person to be shown before he confirms. */
export async function repetition(ports: Ports, like: readonly string[], on: string): Promise<{ repeated: string | undefined; seen: number }> {
  const now = ports.clock.now();
  const last = await ports.store.recent(like, on, now - repeatWindow);
  return { repeated: last && repeatedText(last, now), seen: last?.startedAt ?? 0 };
}

function repeatedText(last: RecentResponse, now: number): string {
  return `${last.by} did this ${duration(now - last.startedAt)} ago. Do it again only if you know why.`;
}

/** Intents whose process died before their outcome, or whose outcome the database did not take: said so, never repeated. */
export async function closeAbandoned(
  { ports, responses }: { ports: Ports; responses: readonly Response[] },
  otherOwnersAreDead: boolean,
): Promise<void> {
  const longestResponse = 5 * 60_000;
  const lost = await ports.store.abandoned(ports.clock.now() - longestResponse, ports.owner, otherOwnersAreDead);
  for (const { incident, seq, response: id, subject } of lost) {
    const response = responses.find((one) => one.id === id);
    const access = response && accessWords(response, subject);
    const text =
      'Outcome unknown: none was written down, for the responder or its database stopped meanwhile. Check CloudTrail before you do it again.';
    await writeOutcome(ports, { incident, seq, what: 'interrupted', by: undefined, changed: undefined, access }, { result: 'unknown', text });
    ports.log.warn({ incident, seq }, 'response without an outcome closed as unknown');
  }
}
