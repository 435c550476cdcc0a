import type { AlarmChange } from '../domain/alarm.ts';
import type { Incident } from '../domain/incident.ts';
import { apply, rememberAlarm } from '../domain/intake.ts';
import { messageKey, type Ports, type Transition, type Tx } from '../domain/ports.ts';
import type { ReceivedMessage, Signal } from '../domain/signal.ts';
import type { NewEntry } from '../domain/timeline.ts';
import { type AlarmMemory, type Decision, keyOf, memoryId, triage } from '../domain/triage.ts';

/** One authentic SNS message and the signals understood from it. */
export interface Arrival {
  readonly message: ReceivedMessage;
  readonly signals: readonly Signal[];
}

/** An incident as this transaction leaves it. */
interface Work {
  incident: Incident;
  isNew: boolean;
  due: 'now' | 'paced';
  readonly entries: Omit<NewEntry, 'incident'>[];
  readonly transitions: Omit<Transition, 'incident'>[];
}

/**
 * Takes all that one event-loop turn brought, in one transaction: either every message is recorded with what follows from it, or none is.
 * @throws AppError `unavailable` when the database did not commit
 */
export async function receiveSignals(ports: Ports, arrivals: readonly Arrival[]): Promise<void> {
  const now = ports.clock.now();
  const decisions = await ports.store.transact((tx) => receiveIn(tx, arrivals, now));
  for (const decision of decisions) ports.metrics.count('signals', decision);
  ports.wake();
}

async function receiveIn(tx: Tx, arrivals: readonly Arrival[], now: number): Promise<string[]> {
  const fresh = await tx.admit(
    arrivals.map(({ message }) => message),
    now,
  );
  const signals = await newSignals(
    tx,
    arrivals.filter(({ message }) => fresh.delete(messageKey(message))),
    now,
  );
  const keys = signals.map(({ signal }) => keyOf(signal));
  await tx.lock(keys);
  const newest = await tx.newest(keys);
  const alarms = await tx.alarms(signals.flatMap(({ signal }) => (signal.kind === 'alarm-change' ? [memoryId(signal), signal.arn] : [])));
  const works: Work[] = [];
  const current = new Map<string, Work>();
  const alone: Omit<Transition, 'incident'>[] = [];
  const decisions: string[] = [];
  for (const { signal, messageId } of signals) {
    const key = keyOf(signal);
    const work = current.get(key);
    const before = work?.incident ?? newest.get(key);
    const alarm = signal.kind === 'alarm-change' ? recalled(alarms, signal) : undefined;
    const decision = triage(signal, { incident: before, alarm }, now);
    decisions.push(decision.do);
    const next = workAfter(work, signal, decision, before, now);
    if (next !== undefined && next !== work) {
      works.push(next);
      current.set(key, next);
    }
    if (signal.kind === 'alarm-change') {
      alarms.set(memoryId(signal), remembered(alarm, signal, decision, now));
      (next?.transitions ?? alone).push(transitionOf(signal, decision, messageId, now));
    }
  }
  await store(tx, works, alone, [...alarms.values()], now);
  return decisions.length > 0 ? decisions : ['duplicate'];
}

/** Sign-ins whose event was seen before, by whatever way it came, are left out. The rest in the order in which it happened. */
async function newSignals(tx: Tx, arrivals: readonly Arrival[], now: number): Promise<{ signal: Signal; messageId: string }[]> {
  const all = arrivals.flatMap(({ message, signals }) => signals.map((signal) => ({ signal, messageId: message.messageId })));
  const unseen = await tx.admitEvents(
    all.flatMap(({ signal }) => (signal.kind === 'sign-in' ? [signal.eventId] : [])),
    now,
  );
  return all.filter(({ signal }) => signal.kind !== 'sign-in' || unseen.delete(signal.eventId)).sort((a, b) => a.signal.at - b.signal.at);
}

function workAfter(work: Work | undefined, signal: Signal, decision: Decision, before: Incident | undefined, now: number): Work | undefined {
  const { incident, entry, due } = apply(signal, decision, before, now);
  if (incident === undefined) return work;
  const isNew = decision.do === 'open' || before === undefined;
  const entries = entry ? [entry] : [];
  if (work === undefined || isNew) return { incident, isNew, due, entries, transitions: [] };
  work.incident = incident;
  work.due = work.due === 'now' ? 'now' : due;
  work.entries.push(...entries);
  return work;
}

function remembered(before: AlarmMemory | undefined, signal: AlarmChange, decision: Decision, now: number): AlarmMemory {
  return rememberAlarm(before, signal, decision.do === 'note' ? decision.reset : undefined, now);
}

/** A contributor's OK may be caused by a reset of the whole alarm. */
function recalled(alarms: ReadonlyMap<string, AlarmMemory>, signal: AlarmChange): AlarmMemory | undefined {
  const known = alarms.get(memoryId(signal));
  const whole = signal.contributor === undefined ? undefined : alarms.get(signal.arn);
  return known && whole ? { ...known, resets: [...known.resets, ...whole.resets] } : known;
}

function transitionOf(signal: AlarmChange, decision: Decision, messageId: string, now: number): Omit<Transition, 'incident'> {
  return {
    alarmId: memoryId(signal),
    state: signal.state,
    at: signal.at,
    receivedAt: now,
    decision: `${decision.do}: ${decision.reason}`,
    messageId,
  };
}

async function store(
  tx: Tx,
  works: readonly Work[],
  alone: readonly Omit<Transition, 'incident'>[],
  alarms: readonly AlarmMemory[],
  now: number,
): Promise<void> {
  const changed = works.filter((work) => !work.isNew);
  await tx.save(
    changed.map(({ incident, due }) => ({ incident, due })),
    now,
  );
  const opened = works.filter((work) => work.isNew);
  const ids = await tx.insert(
    opened.map(({ incident }) => incident),
    now,
  );
  const idOf = new Map(opened.map((work, index) => [work, ids[index] as number]));
  const numbered = works.map((work) => ({ work, id: idOf.get(work) ?? work.incident.id }));
  await tx.append(numbered.flatMap(({ work, id }) => work.entries.map((entry) => ({ ...entry, incident: id }))));
  await tx.addTransitions([
    ...numbered.flatMap(({ work, id }) => work.transitions.map((one) => ({ ...one, incident: id }))),
    ...alone.map((one) => ({ ...one, incident: undefined })),
  ]);
  await tx.saveAlarms(alarms);
}
