import { memoryId } from '../domain/incident/triage.ts';
import type { Arrival } from '../domain/signal/arrival.ts';
import { messageKey } from '../domain/signal/message.ts';
import type { ReceivedMessage } from '../domain/signal/notice.ts';
import type { MessageOfChange, Tx } from '../domain/store.ts';

/**
 * Those whose message did not come before.
 *
 * A message of nothing but changes of alarms is known again by those that are kept of it. Where nobody else writes, its id goes into no index: that
 * would be a page to write for each message.
 */
export async function unseenOf(tx: Tx, arrivals: readonly Arrival[], now: number): Promise<Arrival[]> {
  const isOfChanges = (arrival: Arrival): boolean => tx.isAlone && changesIn(arrival).length > 0;
  const ofChanges = arrivals.filter(isOfChanges);
  const known = ofChanges.length > 0 ? await tx.knownMessages(ofChanges.flatMap(changesIn)) : new Set<string>();
  const news = ofChanges.filter(({ message }) => message !== undefined && !known.has(messageKey(message)));
  // By its id is kept all the same: of a letter, for only some of its changes may be news; and one in each turn, for that tells when SNS reached us last.
  const byId = [...news.filter((one) => !isDelivered(one)), ...news.filter(isDelivered).slice(-1)];
  const fresh = await admitted(tx, [...arrivals.filter((one) => !isOfChanges(one)), ...byId], now);
  for (const message of messagesOf(news)) fresh.add(messageKey(message));
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

/** The changes of which a message consists; none where it says something else too, or not when something changed: it is then taken for when it was sent. */
function changesIn({ message, signals }: Arrival): MessageOfChange[] {
  if (message === undefined) return [];
  const { topicArn, messageId, publishedAt } = message;
  const changes = signals.flatMap((signal) =>
    signal.kind === 'alarm-change' && signal.at < publishedAt
      ? [{ topicArn, messageId, alarmId: memoryId(signal), state: signal.state, at: signal.at }]
      : [],
  );
  return changes.length === signals.length ? changes : [];
}

function isDelivered({ way }: Arrival): boolean {
  return way === undefined;
}

function messagesOf(arrivals: readonly Arrival[]): ReceivedMessage[] {
  return arrivals.flatMap(({ message }) => message ?? []);
}
