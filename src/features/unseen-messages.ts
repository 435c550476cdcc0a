import { type AlarmMemory, memoryId } from '../domain/incident/triage.ts';
import type { Arrival } from '../domain/signal/arrival.ts';
import { messageKey } from '../domain/signal/message.ts';
import type { ReceivedMessage } from '../domain/signal/notice.ts';
import type { Signal } from '../domain/signal/signal.ts';
import type { Tx } from '../domain/store.ts';

interface Asked {
  readonly arrivals: readonly Arrival[];
  /** What is remembered of the alarms that they are about. */
  readonly alarms: Promise<ReadonlyMap<string, AlarmMemory>>;
  readonly now: number;
}

/**
 * Those whose message did not come before.
 *
 * Where nobody else writes, a message of nothing but changes that are newer than all that is known of their alarms cannot have come before, and it
 * is known again by its changes. Its id goes into no index: that is a page to write for each message.
 */
export async function unseenOf(tx: Tx, { arrivals, alarms, now }: Asked): Promise<Arrival[]> {
  if (!tx.isAlone) return takenOnce(arrivals, await admitted(tx, arrivals, now));
  const known = await alarms;
  const [older = [], news = []] = [false, true].map((isNews) => arrivals.filter(({ signals }) => areNewer(signals, known) === isNews));
  // One in each turn is kept by its id all the same: that tells when SNS reached us last.
  const fresh = await admitted(tx, [...older, ...news.filter(isDelivered).slice(-1)], now);
  for (const message of await toldBefore(tx, older)) fresh.delete(messageKey(message));
  for (const message of messagesOf(news)) fresh.add(messageKey(message));
  return takenOnce(arrivals, fresh);
}

function takenOnce(arrivals: readonly Arrival[], fresh: Set<string>): Arrival[] {
  return arrivals.filter(({ message }) => message === undefined || fresh.delete(messageKey(message)));
}

/**
 * A letter counts as received when it was published: so what is kept of it outlives its queue, and it is not taken for a sign that SNS reaches us.
 * @returns the keys of the messages that are new
 */
async function admitted(tx: Tx, arrivals: readonly Arrival[], now: number): Promise<Set<string>> {
  const delivered = messagesOf(arrivals.filter(isDelivered));
  const fresh = new Set(delivered.length > 0 ? await tx.admit(delivered, now) : []);
  for (const letter of messagesOf(arrivals.filter((one) => !isDelivered(one)))) {
    for (const key of await tx.admit([letter], letter.publishedAt)) fresh.add(key);
  }
  return fresh;
}

function areNewer(signals: readonly Signal[], alarms: ReadonlyMap<string, AlarmMemory>): boolean {
  const isNewer = (signal: Signal): boolean =>
    signal.kind === 'alarm-change' && signal.at > (alarms.get(memoryId(signal))?.at ?? Number.NEGATIVE_INFINITY);
  return signals.length > 0 && signals.every(isNewer);
}

/** Messages of which a change is kept already. */
async function toldBefore(tx: Tx, arrivals: readonly Arrival[]): Promise<ReceivedMessage[]> {
  const told = arrivals.flatMap(({ message, signals }) =>
    message === undefined
      ? []
      : signals.flatMap((signal) => (signal.kind === 'alarm-change' ? [{ message, alarmId: memoryId(signal), at: signal.at }] : [])),
  );
  if (told.length === 0) return [];
  const ids = await tx.tellingOf(told.map(({ message: { messageId }, alarmId, at }) => ({ messageId, alarmId, at })));
  return told.filter(({ message }) => ids.has(message.messageId)).map(({ message }) => message);
}

function isDelivered({ way }: Arrival): boolean {
  return way === undefined;
}

function messagesOf(arrivals: readonly Arrival[]): ReceivedMessage[] {
  return arrivals.flatMap(({ message }) => message ?? []);
}
