/** After an outage, looks in CloudTrail's event history for sign-ins whose events never came. */

import type { Place } from '../domain/detection/coverage.ts';
import { alarmName, type DetectionId, detectionIds, detectionOf, eventNamesFor } from '../domain/detection/detections.ts';
import { mayGiveBack } from '../domain/incident/given-back.ts';
import type { Json } from '../domain/json.ts';
import type { Ports } from '../domain/ports.ts';
import { isWorse } from '../domain/severity.ts';
import { knownUntil } from '../domain/sign-in/looks.ts';
import { isSignInRecord, type SignIn, signInFromRecord } from '../domain/sign-in/sign-in.ts';
import type { Outage } from '../domain/sweep/outage.ts';
import { type ClaimedSweep, placeNamed } from '../domain/sweep/sweeps.ts';
import { receiveLate } from './receive-late.ts';
import { rememberSignIns } from './remember-sign-ins.ts';

const minute = 60_000;
/** EventBridge has an event within minutes: what happened so long before an outage may not have come either. */
const beforeMs = 15 * minute;
const againMs = 5 * minute;
const mostPages = 20;

/** @returns until when it is known what happened there, and how long until it is looked through again; undefined: this outage is looked through */
export async function lookThroughOutage(ports: Ports, { of }: ClaimedSweep): Promise<{ through: number; inMs: number | undefined }> {
  const now = ports.clock.now();
  const outage = await ports.store.outage();
  if (outage === undefined) return { through: now, inMs: undefined };
  const place = placeNamed(of);
  const watched = await watchedIn(ports, place);
  const signIns = await signInsOf(ports, place, { outage, watched });
  await take(ports, signIns, watched);
  const through = knownUntil(now);
  // Event history is late: once more when it surely has all of it.
  return { through, inMs: through < outage.until ? againMs : undefined };
}

/** The detections whose events EventBridge sends from there. */
async function watchedIn({ inspection }: Ports, place: Place): Promise<ReadonlySet<DetectionId>> {
  const rules = await inspection.rules(place);
  return new Set(detectionIds.filter((id) => rules.some(({ name, enabled }) => enabled && name === alarmName(id))));
}

async function signInsOf(ports: Ports, place: Place, { outage, watched }: { outage: Outage; watched: ReadonlySet<DetectionId> }): Promise<SignIn[]> {
  const names = new Set([...watched].flatMap((id) => eventNamesFor(id)));
  const records: Json[] = [];
  for (const value of names.size === 0 ? eventNamesFor(undefined) : names) {
    const look = { ...place, attribute: 'EventName' as const, value, from: outage.from - beforeMs };
    let token: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      await ownTurn(ports, place);
      const answer = await ports.trail.page(look, Math.max(outage.until, look.from), token);
      records.push(...answer.records);
      token = answer.next;
      if (token === undefined) break;
    }
  }
  return records.flatMap((record) => signInIn(ports, record, place));
}

async function ownTurn({ store, clock }: Ports, { account, region }: Place): Promise<void> {
  for (;;) {
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
async function take(ports: Ports, signIns: readonly SignIn[], watched: ReadonlySet<DetectionId>): Promise<void> {
  const kept = await ports.store.transact((tx) => tx.kept(signIns.map(({ eventId }) => eventId)));
  const known = new Set([...kept].map((key) => key.slice(key.indexOf(' ') + 1)));
  const fresh = signIns.filter(({ eventId }) => !known.has(eventId)).toSorted((a, b) => a.at - b.at);
  const isTold = (event: SignIn): boolean =>
    mayGiveBack(event) || event.detections.some((id) => (watched.size > 0 ? watched.has(id) : isGrave(detectionOf(id))));
  const others = fresh.filter((signIn) => !isTold(signIn));
  await ports.store.transact((tx) => rememberSignIns(tx, others, ports.clock.now()));
  await receiveLate(
    ports,
    fresh.filter(isTold).map((signIn) => ({ message: undefined, signals: [signIn], way: 'event-history' })),
  );
}

function isGrave({ alone, severity }: ReturnType<typeof detectionOf>): boolean {
  return isWorse(alone ?? severity, 'MEDIUM');
}
