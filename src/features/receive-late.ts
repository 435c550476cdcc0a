/** Takes in what SNS did not bring when it happened, and counts it for the outage that it belongs to. */
import { isKnownChange } from '../domain/alarm/same-change.ts';
import { type AppError, asAppError } from '../domain/error.ts';
import { memoryId } from '../domain/incident/triage.ts';
import type { Ports } from '../domain/ports.ts';
import type { Arrival } from '../domain/signal/arrival.ts';
import type { Signal } from '../domain/signal/signal.ts';
import type { Way } from '../domain/signal/way.ts';
import type { Tx } from '../domain/store.ts';
import { noticeOf, type Outage } from '../domain/sweep/outage.ts';
import { receiveIn } from './receive-signals.ts';

export type LateArrival = Arrival & { readonly way: Way };

const reachesACard: ReadonlySet<string> = new Set(['open', 'fold', 'reopen', 'note']);

/** What could not be taken in while the database takes others. */
export interface NotTaken {
  readonly arrival: LateArrival;
  readonly error: AppError;
}

/**
 * Each by itself, in the order given: one that cannot be taken in keeps no other from it. What is known already, by whatever way it came, changes
 * nothing.
 * @throws AppError `unavailable` when the database takes nothing
 */
export async function receiveLate(ports: Ports, arrivals: readonly LateArrival[]): Promise<NotTaken[]> {
  const notTaken: NotTaken[] = [];
  for (const arrival of arrivals) {
    await ports.rightOfWay.turn();
    try {
      for (const decision of await receiveOne(ports, arrival)) ports.metrics.count('signals', decision);
    } catch (thrown) {
      await ports.store.check(ports.clock.now());
      const error = asAppError(thrown);
      ports.log.error({ way: arrival.way, of: arrival.signals.map(({ kind }) => kind), err: error }, 'what was found late is not taken in');
      notTaken.push({ arrival, error });
    }
  }
  if (arrivals.length > 0) ports.wake();
  return notTaken;
}

const mostNamed = 3;

/** @param where it was found: `CloudWatch of 123456789012 in us-east-1` */
export function notTakenWords(where: string, notTaken: readonly NotTaken[]): string | undefined {
  const [first] = notTaken;
  if (first === undefined) return undefined;
  const all = [...new Set(notTaken.flatMap(({ arrival }) => arrival.signals.map(nameOf)))];
  const more = all.length > mostNamed ? ` and ${all.length - mostNamed} more` : '';
  return `Found in ${where} and not told: ${all.slice(0, mostNamed).join(', ')}${more}. Look there yourself. ${first.error.message}`;
}

function nameOf(signal: Signal): string {
  switch (signal.kind) {
    case 'alarm-change':
      return `the alarm ${signal.name}`;
    case 'sign-in':
      return `the event ${signal.eventId}`;
    case 'notice':
      return signal.title;
  }
}

function receiveOne({ store, settings, clock }: Ports, arrival: LateArrival): Promise<readonly string[]> {
  const now = clock.now();
  return store.transact(async (tx) => {
    const signals = await unknownOf(tx, arrival.signals);
    const { decisions } = await receiveIn(tx, settings, [{ ...arrival, signals }], now);
    const count = decisions.filter((decision) => reachesACard.has(decision)).length;
    const times = signals.map(({ at }) => at);
    if (count > 0 && arrival.way !== 'read') await tx.noteFound({ from: Math.min(...times), until: Math.max(...times), count }, now);
    return decisions;
  });
}

/** Events and messages are told from others by their ids, wherever they are taken in; changes of alarms have none. */
async function unknownOf(tx: Tx, signals: readonly Signal[]): Promise<Signal[]> {
  const changes = signals.filter((signal) => signal.kind === 'alarm-change');
  const near = await tx.changesNear(changes.map((change) => ({ alarmId: memoryId(change), at: change.at })));
  // What was remembered at first sight is told nowhere else.
  const newest = await tx.alarms(changes.map(memoryId));
  return signals.filter((signal) => {
    if (signal.kind !== 'alarm-change') return true;
    const memory = newest.get(memoryId(signal));
    return !isKnownChange(signal, [...(near.get(memoryId(signal)) ?? []), ...(memory ? [{ state: memory.state, at: memory.at }] : [])]);
  });
}

/** The one message of an outage: opened with the first that was found of it, kept up to date with what is found later. */
export async function tellOutage(ports: Ports): Promise<Outage | undefined> {
  const [topicArn] = ports.settings.topicArns;
  if (topicArn === undefined) return undefined;
  const now = ports.clock.now();
  const told = await ports.store.transact(async (tx) => {
    const outage = await tx.takeUntold();
    if (outage !== undefined) await receiveIn(tx, ports.settings, [{ message: undefined, signals: [noticeOf(outage, topicArn)] }], now);
    return outage;
  });
  if (told !== undefined) ports.wake();
  return told;
}
