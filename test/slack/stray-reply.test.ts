/** Replies to a card that was deleted just then: Slack puts them into the channel, without an error. */
import { WebAPIRateLimitedError } from '@slack/web-api';
import { expect, it } from 'vitest';
import { chatOf } from '../../src/slack/chat.ts';

const parent = '1.000100';
const throttled = async () => Promise.reject(new WebAPIRateLimitedError(30));

function channelWith({ history, thread_ts }: { history: () => Promise<object>; thread_ts?: string }) {
  const there: string[] = [];
  const client = {
    chat: {
      postMessage: async () => ({ ts: `2.00010${there.push('2')}`, message: thread_ts === undefined ? {} : { thread_ts } }),
      delete: async () => ({ ok: there.pop() !== undefined }),
    },
    conversations: { history },
  };
  const chat = chatOf(client as never, 'C1');
  return { there, post: () => chat.post({ text: 'x', blocks: [] }, { key: 'SIN-1/2', hash: 'h', thread: parent, broadcast: false, also: [] }) };
}

it.each([
  ['the card is gone', async () => ({ messages: [] }), 'gone'],
  ['Slack does not say whether the card is there: it is posted again', throttled, 'throttled'],
])('nothing is left in the channel where %s', async (_what, history, code) => {
  const { there, post } = channelWith({ history });
  await expect(post()).rejects.toMatchObject({ code });
  expect(there).toEqual([]);
});

it.each([
  ['it is in the thread', { history: throttled, thread_ts: parent }],
  ['the card is there', { history: async () => ({ messages: [{ ts: parent }] }) }],
])('a reply stays where %s', async (_what, slack) => {
  const { there, post } = channelWith(slack);
  await post();
  expect(there).toHaveLength(1);
});
