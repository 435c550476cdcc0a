/** What is compared with the log: each message of the responder, wherever it stands. */
import { expect, it } from 'vitest';
import { toldMessages } from '../../src/slack/told-messages.ts';

const hash = 'a'.repeat(64);
const message = (ts: string, key: string, more: object = {}) => ({
  ts,
  bot_id: 'B1',
  metadata: { event_type: 'signin_incident', event_payload: { key, hash } },
  ...more,
});
const tombstone = { ts: '3', subtype: 'tombstone', user: 'USLACKBOT', thread_ts: '3' };

const history = [
  message('9', 'SIN-4/2', { thread_ts: '8', subtype: 'thread_broadcast' }),
  message('8', 'SIN-4/card'),
  message('6', 'SIN-3/card/again'),
  message('5', 'LOG/9'),
  tombstone,
  { ts: '2', user: 'U1', text: 'hello' },
];
const threads: Record<string, object[]> = {
  8: [message('8', 'SIN-4/card'), message('9', 'SIN-4/2', { thread_ts: '8' })],
  6: [message('6', 'SIN-3/card/again'), message('7', 'SIN-3/5', { thread_ts: '6' })],
  3: [tombstone, message('4', 'SIN-2/3', { thread_ts: '3' })],
};

it('reads the thread of a card, of one that was posted again, and of one that was deleted', async () => {
  const client = {
    auth: { test: async () => ({ bot_id: 'B1' }) },
    conversations: { history: async () => ({ messages: history }), replies: async ({ ts }: { ts: string }) => ({ messages: threads[ts] }) },
  };
  const keys: string[] = [];
  for await (const { key } of toldMessages(client as never, 'C1', { wait: async () => undefined })) keys.push(key);
  expect(keys).toEqual(['SIN-4/card', 'SIN-4/2', 'SIN-3/card/again', 'SIN-3/5', 'LOG/9', 'SIN-2/3']);
});
