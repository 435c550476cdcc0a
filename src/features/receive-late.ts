/** Takes in what SNS did not bring when it happened, and counts it for the outage that it belongs to. */
import { isKnownChange } from '../domain/alarm/same-change.ts';
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

/**
 * Each by itself, in the order given. What is known already, by whatever way it came, changes nothing.
 * @throws AppError `unavailable` when the database did not commit
 */
export async function receiveLate(ports: Ports, arrivals: readonly LateArrival[]): Promise<void> {
  for (const arrival of arrivals) {
    await ports.rightOfWay.turn();
    const now = ports.clock.now();
    const decisions = await ports.store.transact(async (tx) => {
      const signals = await unknownOf(tx, arrival.signals);
      const { decisions: decided } = await receiveIn(tx, ports.settings, [{ ...arrival, signals }], now);
      const count = decided.filter((decision) => reachesACard.has(decision)).length;
      const times = signals.map(({ at }) => at);
      if (count > 0 && arrival.way !== 'read') await tx.noteFound({ from: Math.min(...times), until: Math.max(...times), count }, now);
      return decided;
    });
    for (const decision of decisions) ports.metrics.count('signals', decision);
  }
  if (arrivals.length > 0) ports.wake();
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
