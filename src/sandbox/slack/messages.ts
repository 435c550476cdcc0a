import { textOfBlocks } from './as-text.ts';
import { type Answer, type Args, failure, type Method } from './method.ts';
import { faultsOfBlocks } from './validate.ts';
import { type Block, botId, botUser, type SlackMessage, type Workspace } from './workspace.ts';

/** Not documented. Reports of it: between 11,000 and 13,000 (slackapi/bolt-js #2509, #2867). */
const mostInBlocks = 12_000;

const history = ['channels:history', 'groups:history', 'im:history'];

/** chat.* and the reading of messages. */
export function messageMethods(workspace: Workspace): Record<string, Method> {
  return {
    'chat.postMessage': { scopes: ['chat:write'], run: (args) => post(workspace, args) },
    'chat.update': { scopes: ['chat:write'], run: (args) => update(workspace, args) },
    'chat.delete': { scopes: ['chat:write'], run: (args) => remove(workspace, args) },
    'chat.postEphemeral': { scopes: ['chat:write'], run: (args) => postEphemeral(workspace, args) },
    'chat.getPermalink': {
      scopes: [],
      run: ({ channel, message_ts }) => ({
        ok: true,
        permalink: `http://slack.invalid/archives/${String(channel)}/p${String(message_ts).replace('.', '')}`,
      }),
    },
    'conversations.history': {
      scopes: history,
      run: (args) => read(workspace, args, (message) => message.thread_ts === undefined || message.broadcast === true),
    },
    'conversations.replies': {
      scopes: history,
      run: (args) => {
        const hasThread = workspace.messages.some((message) => isOfThread(message, String(args.ts)) && !message.deleted);
        return hasThread ? read(workspace, args, (message) => isOfThread(message, String(args.ts))) : failure('thread_not_found');
      },
    },
  };
}

function unwritable(workspace: Workspace, channel: unknown): Answer | undefined {
  const found = workspace.channel(String(channel));
  if (found === undefined) return failure('channel_not_found');
  if (found.archived) return failure('is_archived');
  return found.member ? undefined : failure('not_in_channel');
}

/** What Slack refuses of a message, wherever it comes from. */
export function unfit(args: Args): Answer | undefined {
  const blocks = args.blocks ?? [];
  if (!Array.isArray(blocks)) return failure('invalid_blocks_format');
  const faults = faultsOfBlocks(blocks, 'message');
  if (faults.length > 0) return failure('invalid_blocks', faults);
  if (textOfBlocks(blocks as Block[]).length > mostInBlocks) return failure('msg_blocks_too_long');
  if (blocks.length === 0 && !args.text) return failure('no_text');
  if (args.metadata !== undefined && !isMetadata(args.metadata)) return failure('invalid_metadata_format');
  return String(args.text ?? '').length > 40_000 ? failure('msg_too_long') : undefined;
}

/** Source: "Message metadata", docs.slack.dev. */
function isMetadata(metadata: unknown): boolean {
  const { event_type, event_payload } = (metadata ?? {}) as Record<string, unknown>;
  return typeof event_type === 'string' && event_type !== '' && typeof event_payload === 'object' && event_payload !== null;
}

function withIds(workspace: Workspace, blocks: Block[]): Block[] {
  return blocks.map((block) => ({ ...block, block_id: block.block_id ?? workspace.nextId('b').slice(-5) }));
}

function isOfThread(message: SlackMessage, thread: string): boolean {
  return message.ts === thread || message.thread_ts === thread;
}

/** A deleted message that has replies stays as “This message was deleted.” (slack-edge/slack-edge#10). */
function isTombstone({ messages }: Workspace, { deleted, ts }: SlackMessage): boolean {
  return deleted === true && messages.some((message) => message.thread_ts === ts && !message.deleted);
}

/** A reply to a message that is gone is posted in the channel itself, and no error (langchain-ai/open-swe#2753, slackapi/python-slack-events-api#87). */
function threadOf(workspace: Workspace, asked: unknown): string | undefined {
  const isThere = workspace.messages.some((message) => isOfThread(message, String(asked)) && !message.deleted);
  return asked !== undefined && isThere ? String(asked) : undefined;
}

function post(workspace: Workspace, args: Args): Answer {
  const bad = unwritable(workspace, args.channel) ?? unfit(args);
  if (bad) return bad;
  const thread = threadOf(workspace, args.thread_ts);
  const message: SlackMessage = {
    ts: workspace.nextTs(),
    ...(thread === undefined ? {} : { thread_ts: thread }),
    channel: workspace.channel(String(args.channel))?.id ?? '',
    text: String(args.text ?? ''),
    blocks: withIds(workspace, (args.blocks ?? []) as Block[]),
    ...(args.metadata ? { metadata: args.metadata as NonNullable<SlackMessage['metadata']> } : {}),
    ...(String(args.reply_broadcast) === 'true' ? { broadcast: true } : {}),
    bot_id: botId,
    user: botUser,
    earlier: [],
  };
  workspace.messages.push(message);
  workspace.changed();
  return { ok: true, channel: message.channel, ts: message.ts, message: shown(message, true) };
}

function update(workspace: Workspace, args: Args): Answer {
  const bad = unwritable(workspace, args.channel);
  // Of an archived channel chat.update has a word of its own.
  if (bad) return bad.error === 'is_archived' ? failure('is_inactive') : bad;
  const message = workspace.message(String(args.channel), String(args.ts));
  if (message === undefined) return failure('message_not_found');
  const faulty = unfit(args) ?? (String(args.text ?? '').length > 4_000 ? failure('msg_too_long') : undefined);
  if (faulty) return faulty;
  message.earlier.push(message.blocks);
  message.blocks = withIds(workspace, (args.blocks ?? []) as Block[]);
  message.text = String(args.text ?? message.text);
  message.edited = { ts: workspace.nextTs() };
  workspace.changed();
  return { ok: true, channel: message.channel, ts: message.ts, text: message.text };
}

function remove(workspace: Workspace, args: Args): Answer {
  const message = workspace.message(String(args.channel), String(args.ts));
  if (message === undefined) return failure('message_not_found');
  message.deleted = true;
  workspace.changed();
  return { ok: true, channel: message.channel, ts: message.ts };
}

function postEphemeral(workspace: Workspace, args: Args): Answer {
  const bad = unwritable(workspace, args.channel) ?? unfit(args);
  if (bad) return bad;
  const ts = workspace.nextTs();
  workspace.ephemerals.push({
    user: String(args.user),
    channel: String(args.channel),
    ts,
    ...(args.thread_ts === undefined ? {} : { thread_ts: String(args.thread_ts) }),
    text: String(args.text ?? ''),
    blocks: (args.blocks ?? []) as Block[],
  });
  workspace.changed();
  return { ok: true, message_ts: ts };
}

function read(workspace: Workspace, args: Args, belongs: (message: SlackMessage) => boolean): Answer {
  const channel = workspace.channel(String(args.channel));
  if (channel === undefined) return failure('channel_not_found');
  if (!channel.member) return failure('not_in_channel');
  const needed = channel.id.startsWith('D') ? ['im:history'] : ['channels:history', 'groups:history'];
  if (!needed.some((scope) => workspace.scopes.includes(scope))) return failure('missing_scope');
  const oldest = Number(args.oldest ?? 0);
  const latest = Number(args.latest ?? Number.POSITIVE_INFINITY);
  const isInclusive = String(args.inclusive) === 'true';
  const isWithin = (ts: number): boolean => (ts > oldest && ts < latest) || (isInclusive && (ts === oldest || ts === latest));
  const limit = Math.min(Number(args.limit ?? 100), 999);
  const start = Number(args.cursor ?? 0);
  const all = workspace.messages
    .filter((message) => message.channel === channel.id && isWithin(Number(message.ts)) && belongs(message))
    .filter((message) => !message.deleted || isTombstone(workspace, message))
    .toReversed();
  const page = all.slice(start, start + limit);
  const next = start + limit < all.length ? String(start + limit) : '';
  const withMetadata = String(args.include_all_metadata) === 'true';
  return { ok: true, messages: page.map((message) => shown(message, withMetadata)), has_more: next !== '', response_metadata: { next_cursor: next } };
}

/** A message as the API and the control API give it out. */
export function shown(message: SlackMessage, withMetadata: boolean): object {
  const { earlier: _earlier, deleted, metadata, ...rest } = message;
  if (deleted) return tombstoneOf(message);
  return { type: 'message', ...rest, ...(withMetadata && metadata ? { metadata } : {}) };
}

function tombstoneOf({ ts }: SlackMessage): object {
  return { type: 'message', subtype: 'tombstone', text: 'This message was deleted.', user: 'USLACKBOT', hidden: true, ts, thread_ts: ts };
}
