/** What is said to whoever pressed a button on a message, and to nobody else. */
import type { RespondFn } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { privately } from './view.ts';

interface Pressed {
  readonly body: {
    readonly user: { readonly id: string };
    readonly channel?: { readonly id: string };
    readonly message?: { readonly ts: string; readonly thread_ts?: string; readonly subtype?: string };
  };
  readonly client: WebClient;
  readonly respond: RespondFn;
}

/**
 * Says it where the message stands. What answers a response_url stands in the channel, where whoever is in a thread does not see it: for a thread
 * Slack takes `in_channel` only there. Source: "Handling user interaction" and "chat.postEphemeral", docs.slack.dev.
 * @throws whatever the response_url ends with, where that is the way
 */
export async function sayPrivately({ body, client, respond }: Pressed, text: string): Promise<void> {
  const said = privately(text);
  const thread = threadOf(body.message);
  if (thread !== undefined && body.channel !== undefined) {
    const place = { channel: body.channel.id, thread_ts: thread, user: body.user.id };
    const isSaid = await client.chat.postEphemeral({ ...place, text: said.text, blocks: said.blocks }).then(
      () => true,
      () => false,
    );
    if (isSaid) return;
  }
  await respond(said);
}

/** Of a message that is seen in its thread only: a card is in the channel, and so is a reply that was sent there too. */
function threadOf(message: Pressed['body']['message']): string | undefined {
  return message?.thread_ts === message?.ts || message?.subtype === 'thread_broadcast' ? undefined : message?.thread_ts;
}
