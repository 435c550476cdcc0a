/** After an outage, looks in CloudTrail's event history for sign-ins whose events never came. */

import type { Place } from '../domain/detection/coverage.ts';
import { alarmName, type DetectionId, detectionIds, detectionOf, eventNamesFor } from '../domain/detection/detections.ts';
import { AppError, asAppError } from '../domain/error.ts';
import { mayGiveBack } from '../domain/incident/given-back.ts';
import type { Json } from '../domain/json.ts';
import type { Ports, Trail } from '../domain/ports.ts';
import { isWorse } from '../domain/severity.ts';
import { knownUntil, type Look } from '../domain/sign-in/looks.ts';
import { isSignInRecord, type SignIn, signInFromRecord } from '../domain/sign-in/sign-in.ts';
import type { Outage } from '../domain/sweep/outage.ts';
import { type ClaimedSweep, placeNamed } from '../domain/sweep/sweeps.ts';
import { hold } from './hold-sweep.ts';
import { type NotTaken, notTakenWords, receiveLate } from './receive-late.ts';
import { rememberSignIns } from './remember-sign-ins.ts';
import type { SweepOutcome } from './sweep-alarms.ts';

const minute = 60_000;
/** EventBridge has an event within minutes: what happened so long before an outage may not have come either. */
const beforeMs = 15 * minute;
const againMs = 5 * minute;
const notTakenAgainMs = 60 * minute;
const mostPages = 20;
const mostAttempts = 5;
const pauseMs = 2_000;
/** LookupEvents returns 50 at most. */
const perPage = 50;

interface Span {
  readonly from: number;
  readonly until: number;
}

export async function lookThroughOutage(ports: Ports, claimed: ClaimedSweep): Promise<SweepOutcome> {
  const { of, through: before = 0 } = claimed;
  const now = ports.clock.now();
  const [newest, ...older] = await ports.store.outages();
  if (newest === undefined) return { through: now, inMs: undefined, left: undefined };
  const isPending = ({ until, foundAt }: Outage): boolean => Math.max(until, foundAt) > before;
  const pending = [newest, ...older.filter(isPending)];
  const span = { from: Math.min(...pending.map(({ from }) => from)) - beforeMs, until: Math.max(...pending.map(({ until }) => until)) };
  const place = placeNamed(of);
  const watched = await watchedIn(ports, place);
  const { signIns, cut, unread } = await signInsOf(ports, claimed, { span, watched });
  const notTaken = await take(ports, signIns, watched);
  if (notTaken.length > 0)
    return { through: undefined, inMs: notTakenAgainMs, left: notTakenWords(`CloudTrail of ${place.account} in ${place.region}`, notTaken) };
  if (unread !== undefined) return { through: undefined, inMs: againMs, left: unreadWords(place, unread) };
  const through = knownUntil(now);
  // Event history is late: once more when it surely has all of it.
  return { through, inMs: through < span.until ? againMs : undefined, left: cutWords(place, span, cut) };
}

/** The detections whose events EventBridge sends from there. */
async function watchedIn({ inspection }: Ports, place: Place): Promise<ReadonlySet<DetectionId>> {
  const rules = await inspection.rules(place);
  return new Set(detectionIds.filter((id) => rules.some(({ name, enabled }) => enabled && name === alarmName(id))));
}

interface Asked {
  readonly span: Span;
  readonly watched: ReadonlySet<DetectionId>;
}

interface Found {
  readonly signIns: readonly SignIn[];
  /** Names of events of which there were too many to see all, as an attacker can make them. */
  readonly cut: readonly string[];
  /** Why not all was read; undefined: it was. */
  readonly unread: AppError | undefined;
}

async function signInsOf(ports: Ports, claimed: ClaimedSweep, { span, watched }: Asked): Promise<Found> {
  const place = placeNamed(claimed.of);
  const names = new Set([...watched].flatMap((id) => eventNamesFor(id)));
  const signIns: SignIn[] = [];
  const cut: string[] = [];
  for (const value of names.size === 0 ? eventNamesFor(undefined) : names) {
    const look = { ...place, attribute: 'EventName' as const, value, from: span.from };
    let token: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const answer = await pageOf(ports, claimed, { look, until: Math.max(span.until, look.from), token });
      if (answer instanceof AppError) return { signIns, cut, unread: answer };
      signIns.push(...answer.records.flatMap((record) => signInIn(ports, record, place)));
      token = answer.next;
      if (token === undefined) break;
    }
    if (token !== undefined) cut.push(value);
  }
  return { signIns, cut, unread: undefined };
}

interface PageAsked {
  readonly look: Look;
  readonly until: number;
  readonly token: string | undefined;
}

/**
 * Others ask for events of the same account too: a page that is throttled is asked for again, for what was read before it would be read once more.
 * @returns why it cannot be read for now
 */
async function pageOf(
  ports: Ports,
  claimed: ClaimedSweep,
  { look, until, token }: PageAsked,
): Promise<Awaited<ReturnType<Trail['page']>> | AppError> {
  for (let attempt = 1; ; attempt++) {
    await ownTurn(ports, claimed);
    try {
      return await ports.trail.page(look, until, token);
    } catch (thrown) {
      const error = asAppError(thrown);
      if (error.code !== 'throttled' && error.code !== 'unavailable') throw thrown;
      if (attempt === mostAttempts) return error;
      await ports.clock.wait(pauseMs * 2 ** (attempt - 1));
    }
  }
}

function unreadWords({ account, region }: Place, { message }: AppError): string {
  return `CloudTrail of ${account} in ${region} is not read to its end for now, around what did not reach the responder; that is tried again. ${message}`;
}

function cutWords({ account, region }: Place, { from, until }: Span, cut: readonly string[]): string | undefined {
  if (cut.length === 0) return undefined;
  const [first, last] = [from, until].map((at) => new Date(at).toISOString().slice(0, 16)) as [string, string];
  return `CloudTrail of ${account} in ${region} has more of ${cut.join(', ')} from ${first}Z to ${last}Z, around what did not reach the responder, than is looked through (the newest ${mostPages * perPage} of each). Look there yourself.`;
}

async function ownTurn(ports: Ports, claimed: ClaimedSweep): Promise<void> {
  const { store, clock } = ports;
  const { account, region } = placeNamed(claimed.of);
  for (;;) {
    await hold(ports, claimed);
    const turn = await store.takeLook(account, region, clock.now());
    if (turn === undefined) return;
    await clock.wait(turn - clock.now());
  }
}

function signInIn({ clock, log }: Ports, record: Json, place: Place): SignIn[] {
  try {
    const read = isSignInRecord(record) ? signInFromRecord(record, { ...place, at: clock.now(), id: '' }) : undefined;
    return read === undefined || read.eventId === '' ? [] : [read];
  } catch {
    log.warn({ ...place }, 'a record of CloudTrail that cannot be read is left out');
    return [];
  }
}

/** What an event would have told is told; where no rule sends events, what is grave by itself. The rest is remembered, to be judged with others. */
async function take(ports: Ports, signIns: readonly SignIn[], watched: ReadonlySet<DetectionId>): Promise<NotTaken[]> {
  const kept = await ports.store.transact((tx) => tx.kept(signIns.map(({ eventId }) => eventId)));
  const known = new Set([...kept].map((key) => key.slice(key.indexOf(' ') + 1)));
  const fresh = signIns.filter(({ eventId }) => !known.has(eventId)).toSorted((a, b) => a.at - b.at);
  const isTold = (event: SignIn): boolean =>
    mayGiveBack(event) || event.detections.some((id) => (watched.size > 0 ? watched.has(id) : isGrave(detectionOf(id))));
  const others = fresh.filter((signIn) => !isTold(signIn));
  await ports.store.transact((tx) => rememberSignIns(tx, others, ports.clock.now()));
  return receiveLate(
    ports,
    fresh.filter(isTold).map((signIn) => ({ message: undefined, signals: [signIn], way: 'event-history' })),
  );
}

function isGrave({ alone, severity }: ReturnType<typeof detectionOf>): boolean {
  return isWorse(alone ?? severity, 'MEDIUM');
}
