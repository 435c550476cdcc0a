/** Takes in what SNS and EventBridge gave up, from the queues that keep it. */
import { type AppError, asAppError } from '../domain/error.ts';
import type { Ports } from '../domain/ports.ts';
import { understand } from '../domain/signal/signal.ts';
import type { Letter, ReadLetter } from '../domain/sweep/letters.ts';
import { holdsEvents, onlyOurRulesMaySend } from '../domain/sweep/letters.ts';
import type { ClaimedSweep } from '../domain/sweep/sweeps.ts';
import { hold, isLost } from './hold-sweep.ts';
import { type LateArrival, receiveLate } from './receive-late.ts';
import { oftenMs, type SweepOutcome, seldomMs } from './sweep-alarms.ts';

/** What comes while a queue is emptied is for the next time. */
const mostRounds = 1_000;

type LetterPorts = Ports & { readonly readLetter: ReadLetter };

/** @param of the ARN of a queue, or of a topic whose subscriptions name theirs */
export async function drainLetters(ports: LetterPorts, claimed: ClaimedSweep): Promise<SweepOutcome> {
  const { of } = claimed;
  const through = ports.clock.now();
  if (!holdsEvents(of)) return { through, inMs: oftenMs, left: await drainTopic(ports, claimed) };
  const policy = await ports.letters.policy(of).catch((thrown: unknown) => {
    if (asAppError(thrown).code === 'not-found') return 'none';
    throw thrown;
  });
  if (policy === 'none') return { through, inMs: seldomMs, left: undefined };
  if (!onlyOurRulesMaySend(policy, of)) {
    const left = `${of}: others than EventBridge may put messages there, so none is read. Deploy the template again that made it.`;
    return { through, inMs: seldomMs, left };
  }
  const left: Refusals = new Map();
  await drain(ports, claimed, { queue: of, read: eventIn(of), left });
  return { through, inMs: oftenMs, left: leftWords(of, left) };
}

/** A queue that cannot be read keeps no other of the topic from being emptied. @returns what is left */
async function drainTopic(ports: LetterPorts, claimed: ClaimedSweep): Promise<string | undefined> {
  const left: Refusals = new Map();
  const { queues, faults } = await ports.subscriptions.deadLetterQueues(claimed.of);
  const failed: { readonly queue: string; readonly error: AppError }[] = [];
  for (const queue of queues) {
    try {
      await drain(ports, claimed, { queue, read: messageIn(ports), left });
    } catch (thrown) {
      if (isLost(thrown)) throw thrown;
      failed.push({ queue, error: asAppError(thrown) });
    }
  }
  const [first] = failed;
  if (first !== undefined && failed.length === queues.length) throw first.error;
  for (const { queue, error } of failed) ports.log.warn({ queue, err: error }, 'a dead-letter queue is not read');
  const unread = [...faults, ...failed.map(({ queue, error }) => `${queue}: this dead-letter queue is not read. ${error.message}`)];
  return [leftWords(claimed.of, left) ?? [], unread].flat().join(' ') || undefined;
}

type Refusals = Map<string, number>;
type Read = (letter: Letter) => Promise<LateArrival | { readonly refused: string }>;

const messageIn =
  ({ readLetter }: LetterPorts): Read =>
  async ({ body, sentAt }) => {
    const read = await readLetter(body);
    if ('refused' in read) return read;
    // It was published before it was given up.
    const message = { ...read.message, publishedAt: Math.min(read.message.publishedAt, sentAt) };
    return { ...read, message, way: 'letter' };
  };

/** The queue stands for a topic: an event has none. */
const eventIn =
  (queue: string): Read =>
  async ({ id, body, sentAt }) => {
    const message = { topicArn: queue, messageId: id, subject: undefined, message: body, publishedAt: sentAt };
    return { message, signals: understand(message), way: 'unsigned-letter' };
  };

/** What is taken in is removed after it is committed; what is not believed stays where it is. */
async function drain(ports: LetterPorts, claimed: ClaimedSweep, { queue, read, left }: { queue: string; read: Read; left: Refusals }): Promise<void> {
  for (let round = 0; round < mostRounds; round++) {
    await hold(ports, claimed);
    const letters = await ports.letters.receive(queue);
    if (letters.length === 0) return;
    const letterOf = new Map<LateArrival, Letter>();
    for (const letter of letters) {
      const arrival = await read(letter).catch(unread(ports));
      if ('refused' in arrival) leave(ports, left, arrival.refused);
      else letterOf.set(arrival, letter);
    }
    for (const { arrival, error } of await receiveLate(ports, [...letterOf.keys()])) {
      letterOf.delete(arrival);
      leave(ports, left, `not-taken (${error.code})`);
    }
    const taken = [...letterOf.values()];
    if (taken.length > 0) await ports.letters.remove(queue, taken);
  }
}

function leave({ metrics }: LetterPorts, left: Refusals, reason: string): void {
  left.set(reason, (left.get(reason) ?? 0) + 1);
  metrics.count('refusals', `letter ${reason}`);
}

/** One that cannot be read for now is there again next time, and keeps no other from being read. */
const unread =
  ({ log }: LetterPorts) =>
  (thrown: unknown): { readonly refused: string } => {
    const error = asAppError(thrown);
    if (error.code === 'internal') log.error({ err: error }, 'a letter cannot be read');
    return { refused: `unreadable-now (${error.code})` };
  };

function leftWords(of: string, left: Refusals): string | undefined {
  if (left.size === 0) return undefined;
  const reasons = [...left].map(([reason, count]) => `${count}× ${reason}`).join(', ');
  return `${of}: its dead-letter queue holds what is not believed, or cannot be read or taken in now, and stays there (${reasons}).`;
}
