import { isOfCanary } from '../domain/canary.ts';
import { recalled } from '../domain/incident/alarm-memory.ts';
import type { AtOnce, Opened } from '../domain/incident/at-once.ts';
import { fold, type Remembered, type Understood } from '../domain/incident/fold.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { eventsOf } from '../domain/incident/told-events.ts';
import { type AlarmMemory, keyOf, type Meaning, meaningOf, memoryId } from '../domain/incident/triage.ts';
import type { Ports } from '../domain/ports.ts';
import { noSurroundings, type Touched, touchedBy } from '../domain/sign-in/surroundings.ts';
import type { Arrival } from '../domain/signal/arrival.ts';
import type { Notice } from '../domain/signal/notice.ts';
import type { Signal } from '../domain/signal/signal.ts';
import type { ClaimedIncident, Tx } from '../domain/store.ts';
import { onItsWayMs } from '../domain/sweep/compare.ts';
import { placeName } from '../domain/sweep/sweeps.ts';
import { givenBackBy, noteGivenBack, noteQuarantineChanged, quarantinesChangedBy } from './given-back.ts';
import { keepFolded } from './keep-folded.ts';
import { withoutCanary } from './note-canary.ts';
import { noteOwnAction, ownActions } from './own-actions.ts';
import { askAgain, surroundingsOf, traceKeys } from './remember-sign-ins.ts';
import { tellApart } from './tell-apart.ts';
import { together } from './together.ts';
import { unseenOf } from './unseen-messages.ts';

type Arrived = Pick<Understood, 'signal' | 'messageId' | 'way'>;

/**
 * Takes all that one event-loop turn brought, in one transaction: either every message is recorded with what follows from it, or none is.
 * @throws AppError `unavailable` when the database did not commit
 */
export async function receiveSignals(ports: Ports, arrivals: readonly Arrival[]): Promise<void> {
  const others = await withoutCanary(ports, arrivals);
  if (others.length === 0) return;
  const now = ports.clock.now();
  const atOnce = ports.firstCards?.atOnce();
  const { decisions, first } = await ports.rightOfWay.first(() =>
    ports.store.transact(async (tx) => {
      const { opened, ...received } = await receiveIn(tx, ports.settings, others, now);
      return { ...received, first: atOnce && (await claimedAtOnce(tx, opened, atOnce, now)) };
    }),
  );
  for (const decision of decisions) ports.metrics.count('signals', decision);
  if (first !== undefined) ports.firstCards?.show(first);
  // Whoever is done with a card looks for the next one.
  if (first === undefined || decisions.length > 1) ports.wake();
}

/** Several cards at once wait for Slack's pace anyway. */
async function claimedAtOnce(tx: Tx, opened: readonly Opened[], atOnce: AtOnce, now: number): Promise<ClaimedIncident | undefined> {
  const [one, ...others] = opened;
  return one !== undefined && others.length === 0 && one.dueAt <= now ? tx.claimOpened(one, atOnce, now) : undefined;
}

interface Received {
  /** What was decided of each signal that is new. */
  readonly decisions: readonly string[];
  readonly opened: readonly Opened[];
}

/** The same within a transaction that does more. */
export async function receiveIn(tx: Tx, settings: Ports['settings'], arrivals: readonly Arrival[], now: number): Promise<Received> {
  const all = arrivals.flatMap(({ signals }) => signals);
  const [unseen, before] = await together([unseenOf(tx, arrivals, now), tx.alarms(alarmIds(all))]);
  const arrived = (await newSignals(tx, unseen, now)).filter(({ signal }) => !isOfCanary(signal, settings.canaryAlarm));
  const own = await ownActions(tx, arrived, settings);
  const notOwn = arrived.filter(({ signal }) => !own.some((one) => one.signal === signal));
  const foreign = notOwn.map(({ signal }) => signal);
  const [givenBack, changed] = await together([givenBackBy(tx, foreign), quarantinesChangedBy(tx, foreign)]);
  const others = notOwn.filter(({ signal }) => !givenBack.some(({ event }) => event === signal));
  const signals = withMeaning(others, before, settings);
  const keys = signals.map(({ signal, meaning }) => keyOf(signal, meaning));
  const signIns = arrived.flatMap(({ signal }) => eventsOf(signal));
  const touched = touchedBy(signIns);
  const broken = [...givenBack, ...changed].flatMap(({ incidents }) => incidents.map(({ key }) => key));
  // Where others write too, an alarm's state is read again under the lock. Only what concerns sign-ins changes an incident before it is read.
  const [, alarms, newest] = await together([
    tx.lock([...keys, ...own.map(({ action }) => action.key), ...broken, ...traceKeys(touched)]),
    tx.isAlone ? before : tx.alarms(alarmIds(signals.map(({ signal }) => signal))),
    signIns.length === 0 ? tx.newest(keys) : undefined,
  ]);
  const remembered = await tx.remember(signIns);
  for (const { signal, action } of own) await noteOwnAction(tx, signal, action, now);
  for (const one of givenBack) await noteGivenBack(tx, one, now);
  for (const one of changed) await noteQuarantineChanged(tx, one, now);
  const folded = fold(signals, await knownOf(tx, { signals, keys, alarms, touched, newest }), now);
  const opened = await keepFolded(tx, folded, now);
  await sweepSoon(tx, unheardOf(folded.alarms, alarms), now);
  await askAgain(tx, remembered, now);
  const decisions = [...folded.decisions.map((decision) => decision.do), ...own.map(() => 'own-action'), ...givenBack.map(() => 'fold')];
  return { decisions: decisions.length > 0 ? decisions : ['duplicate'], opened };
}

function unheardOf(alarms: ReadonlyMap<string, AlarmMemory>, known: ReadonlyMap<string, AlarmMemory>): AlarmMemory[] {
  return [...alarms.values()].filter(({ id, arn }) => !known.has(id) && !known.has(arn));
}

/** Where no alarm was, it is looked seldom. */
async function sweepSoon(tx: Tx, alarms: readonly AlarmMemory[], now: number): Promise<void> {
  for (const of of [...new Set(alarms.map(placeName))].toSorted()) await tx.sweepBy({ kind: 'alarms', of }, now + onItsWayMs);
}

interface Asked {
  readonly signals: readonly Understood[];
  readonly keys: readonly string[];
  readonly alarms: ReadonlyMap<string, AlarmMemory>;
  readonly touched: readonly Touched[];
  /** Undefined: not read yet. */
  readonly newest: Remembered['newest'] | undefined;
}

async function knownOf(tx: Tx, { signals, keys, alarms, touched, ...read }: Asked): Promise<Remembered> {
  const eventIds = signals.flatMap(({ signal }) => eventsOf(signal)).map(({ eventId }) => eventId);
  const [newest, changes, kept, around, related] = await together([
    read.newest ?? tx.newest(keys),
    tx.changesNear(olderThanKnown(signals, alarms)),
    tx.kept(eventIds),
    surroundingsOf(tx, touched),
    tx.related(touched),
  ]);
  return { newest, alarms, changes, kept, around, related };
}

/** Sign-ins whose event was seen before, by whatever way it came, are left out. The rest in the order in which it happened. */
async function newSignals(tx: Tx, arrivals: readonly Arrival[], now: number): Promise<Arrived[]> {
  const all = await eachApart(
    tx,
    arrivals.flatMap(({ message, signals, way }) => signals.map((signal) => ({ signal, messageId: message?.messageId ?? '', way }))),
  );
  const unseen = await tx.admitEvents(
    all.flatMap(({ signal }) => (signal.kind === 'sign-in' ? [signal.eventId] : [])),
    now,
  );
  return all.filter(({ signal }) => signal.kind !== 'sign-in' || unseen.delete(signal.eventId)).sort((a, b) => a.signal.at - b.signal.at);
}

async function eachApart(tx: Tx, arrived: readonly Arrived[]): Promise<Arrived[]> {
  const apart = await tellApart(
    tx,
    arrived.flatMap(({ signal }) => (signal.kind === 'sign-in' ? [signal] : [])),
  );
  return arrived.map((one) => (one.signal.kind === 'sign-in' ? { ...one, signal: apart.shift() ?? one.signal } : one));
}

function alarmIds(signals: readonly Signal[]): string[] {
  return [...new Set(signals.flatMap((signal) => (signal.kind === 'alarm-change' ? [memoryId(signal), signal.arn] : [])))];
}

/** What is newer than an alarm's newest change is told from that alone: only what is older is looked up. */
function olderThanKnown(signals: readonly Arrived[], alarms: ReadonlyMap<string, AlarmMemory>): { alarmId: string; at: number }[] {
  return signals.flatMap(({ signal }) => {
    if (signal.kind !== 'alarm-change') return [];
    const alarmId = memoryId(signal);
    return signal.at < (alarms.get(alarmId)?.at ?? 0) ? [{ alarmId, at: signal.at }] : [];
  });
}

function withMeaning(arrived: readonly Arrived[], alarms: ReadonlyMap<string, AlarmMemory>, settings: Ports['settings']): Understood[] {
  return arrived.map(({ signal, messageId, way }) => {
    const alarm = signal.kind === 'alarm-change' ? (recalled(alarms, signal) ?? alarms.get(signal.arn)) : undefined;
    return { signal, messageId, way, meaning: meaningOf(signal, alarm, settings) };
  });
}

/** What the bot found out by itself, of which no message came. */
export async function openByItself(tx: Tx, { notice, meaning, newest }: OwnNotice, now: number): Promise<void> {
  const known = newest === undefined ? [] : [[newest.key, newest] as const];
  const empty = { alarms: new Map(), changes: new Map(), kept: new Set<string>(), around: noSurroundings, related: [] };
  await keepFolded(tx, fold([{ signal: notice, messageId: '', meaning }], { newest: new Map(known), ...empty }, now), now);
}

interface OwnNotice {
  readonly notice: Notice;
  readonly meaning: Meaning;
  /** The newest incident of its key. */
  readonly newest: Incident | undefined;
}
