/** What the card of a storm says once nothing waits in it. */
import { expect, it } from 'vitest';
import { AppError } from '../../src/domain/error.ts';
import { alarm, cards, chat, inStorms, pass, receive, root, said, storms, world } from '../support/storm-world.ts';

inStorms();

async function storm(): Promise<void> {
  await receive(...Array.from({ length: 14 }, alarm));
  await pass(12_000);
}

it('does not claim cards that Slack has not taken', async () => {
  await storm();
  chat.post = async () => {
    throw new AppError('denied', 'A setting of the workspace keeps the bot from posting.', { reason: 'restricted_action' });
  };
  await pass(120_000);
  expect(cards().length).toBeLessThan(14);
  expect(said(storms().at(-1))).toContain('STORM, OVER');
  expect(said(storms().at(-1))).toContain('gets it as soon as Slack takes it');
}, 60_000);

it('counts what came while it lasted, also where its last edit is late', async () => {
  await storm();
  const many = /(\d+) new incidents/.exec(said(storms().at(-1)))?.[0];
  const { edit } = chat;
  chat.edit = async (ts, message) => {
    const isOfStorm = world.posted.some((one) => one.ts === ts && one.key.startsWith('STORM'));
    if (isOfStorm) throw new AppError('throttled', 'Slack asks to wait.', { retryAfterMs: 240_000 });
    await edit(ts, message);
  };
  await pass(60_000);
  expect(await world.store.countFolded()).toBe(0);
  await receive(root());
  await pass(100_000);
  await receive(root());
  await pass(5_000);
  chat.edit = edit;
  await pass(400_000);
  expect(said(storms().at(-1))).toContain('STORM, OVER');
  expect(said(storms().at(-1))).toContain(many);
}, 60_000);
