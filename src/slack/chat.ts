import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { AppError, asAppError } from '../domain/error.ts';
import type { Chat, Message } from '../domain/ports.ts';
import { slackError } from './errors.ts';

/** Slack's clock and ours may differ by this much. */
const marginMs = 5 * 60_000;
export const eventType = 'signin_incident';

interface Found {
  readonly ts?: string;
  readonly subtype?: string;
  readonly bot_id?: string;
  readonly metadata?: { readonly event_type?: string; readonly event_payload?: object };
}

/** Whether a message is the one of a key, or tells its entry beside others of the same thread. */
function isOf(payload: { key?: string; hash?: string; also?: string }, key: string, hash: string): boolean {
  if (payload.key === key && payload.hash === hash) return true;
  const [thread, entry] = key.split('/');
  return payload.key?.split('/')[0] === thread && (payload.also?.split(' ').includes(`${entry}:${hash}`) ?? false);
}

/** The Chat port over the Web API. Each call is made once: only the projector knows whether it may be repeated. */
export function chatOf(client: WebClient, channel: string): Chat {
  const called = async <T>(method: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (thrown) {
      throw slackError(thrown, method);
    }
  };

  const content = (message: Message) => ({ text: message.text, blocks: [...message.blocks] as KnownBlock[] });

  const read = (thread: string | undefined, more: object) => {
    const query = { channel, ...more };
    if (thread === undefined) return called('conversations.history', () => client.conversations.history(query));
    return called('conversations.replies', () => client.conversations.replies({ ...query, ts: thread }));
  };
  const page = (since: number, thread: string | undefined, cursor: string | undefined) =>
    read(thread, { oldest: String((since - marginMs) / 1_000), limit: 200, include_all_metadata: true, ...(cursor ? { cursor } : {}) });

  /** A deleted message that has replies stays as one that says so, of subtype `tombstone` (slack-edge/slack-edge#10). */
  const exists = async (ts: string, thread?: string): Promise<boolean> => {
    try {
      const { messages = [] } = await read(thread, { oldest: ts, latest: ts, inclusive: true, limit: 10 });
      return (messages as Found[]).some((message) => message.ts === ts && message.subtype !== 'tombstone');
    } catch (thrown) {
      const error = asAppError(thrown);
      if (error.reason === 'thread_not_found') return false;
      throw error;
    }
  };

  /**
   * Slack posts a reply to a message that is gone in the channel itself, without an error, and tells it without a thread
   * (langchain-ai/open-swe#2753). What stands there tells of nothing, so it is taken away, also where it cannot be read whether the message is gone:
   * it is posted again then.
   */
  const refuseStray = async (ts: string, thread: string): Promise<void> => {
    const gone = new AppError('gone', 'The message was deleted.', { reason: 'thread_not_found' });
    const refusal = await exists(thread).then((isThere) => (isThere ? undefined : gone), asAppError);
    if (refusal === undefined) return;
    await client.chat.delete({ channel, ts }).catch(() => undefined);
    throw refusal;
  };

  return {
    channel,
    exists,
    post: async (message, { key, hash, thread, broadcast, also }) => {
      const listed = also.length === 0 ? {} : { also: also.map((one) => `${one.seq}:${one.hash}`).join(' ') };
      const metadata = { event_type: eventType, event_payload: { key, hash, ...listed } };
      const place = thread === undefined ? {} : { thread_ts: thread, ...(broadcast ? { reply_broadcast: true as const } : {}) };
      const quiet = { mrkdwn: false, unfurl_links: false, unfurl_media: false };
      const answer = await called('chat.postMessage', () => client.chat.postMessage({ channel, ...content(message), metadata, ...place, ...quiet }));
      const ts = answer.ts as string;
      if (thread !== undefined && answer.message !== undefined && answer.message.thread_ts === undefined) await refuseStray(ts, thread);
      return ts;
    },
    edit: async (ts, message) => {
      await called('chat.update', () => client.chat.update({ channel, ts, ...content(message) }));
    },
    find: async (key, hash, since, thread) => {
      let cursor: string | undefined;
      do {
        const answer = await page(since, thread, cursor);
        const mine = (answer.messages as Found[] | undefined)?.find(({ metadata }) => {
          return metadata?.event_type === eventType && isOf(metadata.event_payload ?? {}, key, hash);
        });
        if (mine?.ts) return mine.ts;
        cursor = answer.response_metadata?.next_cursor || undefined;
      } while (cursor);
      return undefined;
    },
  };
}
