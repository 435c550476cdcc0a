/** All messages of the responder in the channel and in its threads, with their metadata; at the pace that Slack allows. */
import type { WebClient } from '@slack/web-api';
import type { ToldMessage } from '../domain/audit/told.ts';
import type { Clock } from '../domain/ports.ts';
import { eventType } from './chat.ts';
import { patiently } from './patiently.ts';

interface Found {
  readonly ts?: string;
  readonly subtype?: string;
  readonly thread_ts?: string;
  readonly bot_id?: string;
  readonly metadata?: {
    readonly event_type?: string;
    readonly event_payload?: { readonly key?: unknown; readonly hash?: unknown; readonly also?: unknown };
  };
}

interface Page {
  readonly messages?: Found[];
  readonly response_metadata?: { readonly next_cursor?: string };
}

const perPage = 200;

/** The newest first; each thread after its card. @throws AppError what Slack says */
export async function* toldMessages(client: WebClient, channel: string, clock: Pick<Clock, 'wait'>): AsyncGenerator<ToldMessage> {
  const patient = patiently(clock);
  const { bot_id } = await patient('auth.test', () => client.auth.test());
  const query = { channel, limit: perPage, include_all_metadata: true };
  const history = pages((cursor) => patient('conversations.history', async () => (await client.conversations.history({ ...query, cursor })) as Page));
  for await (const message of history) {
    // A reply that went to the channel as well is read in its thread.
    if (message.thread_ts !== undefined && message.thread_ts !== message.ts) continue;
    const told = toldIn(message, bot_id);
    if (told !== undefined) yield told;
    if (!hasThread(message, told)) continue;
    const ts = message.ts ?? '';
    const thread = pages((cursor) =>
      patient('conversations.replies', async () => (await client.conversations.replies({ ...query, ts, cursor })) as Page),
    );
    for await (const reply of thread) {
      const one = reply.ts === ts ? undefined : toldIn(reply, bot_id);
      if (one !== undefined) yield one;
    }
  }
}

/** Of a card that somebody deleted the replies are there still, under a message that says nothing but that. */
function hasThread({ subtype }: Found, told: ToldMessage | undefined): boolean {
  return subtype === 'tombstone' || /\/card(?:\/again)?$/.test(told?.key ?? '');
}

function toldIn({ ts, bot_id, metadata }: Found, own: string | undefined): ToldMessage | undefined {
  if (metadata?.event_type !== eventType || bot_id !== own) return undefined;
  const { key, hash, also } = metadata.event_payload ?? {};
  if (typeof key !== 'string' || typeof hash !== 'string') return undefined;
  return { key, hash, also: typeof also === 'string' ? also : undefined, at: Math.floor(Number(ts) * 1_000) };
}

async function* pages(read: (cursor: string) => Promise<Page>): AsyncGenerator<Found> {
  let cursor: string | undefined = '';
  while (cursor !== undefined) {
    const page: Page = await read(cursor);
    yield* page.messages ?? [];
    cursor = page.response_metadata?.next_cursor || undefined;
  }
}
