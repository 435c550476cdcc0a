/** One message to the incident channel about all of it, within the budget that cards are posted from. */
import { AppError } from '../domain/error.ts';
import type { Chat, Message, Ports } from '../domain/ports.ts';

type AnnouncePorts = Pick<Ports, 'clock' | 'store'> & { readonly chat: Chat };

const longestWaitMs = 60_000;

/**
 * Posted once, and not tried again: what it says is in the audit log already.
 * @param about the entry that it tells: its number in the log, and its hash
 * @throws AppError what Slack says, or `throttled` where the channel takes no more for a minute
 */
export async function announce({ clock, store, chat }: AnnouncePorts, message: Message, about: { seq: number; hash: string }): Promise<void> {
  const started = clock.now();
  for (;;) {
    const again = await store.take({ budget: 'post', channel: chat.channel, isGrave: true }, clock.now());
    if (again === undefined) break;
    if (again - started > longestWaitMs) throw new AppError('throttled', 'The channel takes no more messages for a minute.');
    await clock.wait(Math.max(1, again - clock.now()));
  }
  await chat.post(message, { key: `LOG/${about.seq}`, hash: about.hash, thread: undefined, broadcast: false, also: [] });
}
