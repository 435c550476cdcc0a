/** What the card of a storm says once nothing waits in it. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AppError } from '../../src/domain/error.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';
import { type Storming, storming } from '../support/storming.ts';

let database: FreshDatabase;
let here: Storming;
beforeEach(async () => {
  database = await freshDatabase('sqlite', '');
  here = await storming(database);
});
afterEach(async () => {
  await here.stop();
  await database.close();
});

async function storm(): Promise<void> {
  await here.receive(...Array.from({ length: 14 }, here.alarm));
  await here.pass(12_000);
}

it('does not claim cards that Slack has not taken', async () => {
  await storm();
  here.chat.post = async () => {
    throw new AppError('denied', 'A setting of the workspace keeps the bot from posting.', { reason: 'restricted_action' });
  };
  await here.pass(120_000);
  expect(here.cards().length).toBeLessThan(14);
  expect(here.said()).toContain('STORM, OVER');
  expect(here.said()).toContain('gets it as soon as Slack takes it');
}, 60_000);

it('counts what came while it lasted, also where its last edit is late', async () => {
  await storm();
  const many = /(\d+) new incidents/.exec(here.said())?.[0];
  const { edit } = here.chat;
  here.chat.edit = async (ts, message) => {
    const isOfStorm = here.posted.some((one) => one.ts === ts && one.key.startsWith('STORM'));
    if (isOfStorm) throw new AppError('throttled', 'Slack asks to wait.', { retryAfterMs: 240_000 });
    await edit(ts, message);
  };
  await here.pass(60_000);
  expect(await here.store.countFolded()).toBe(0);
  await here.receive(here.root());
  await here.pass(100_000);
  await here.receive(here.root());
  await here.pass(5_000);
  here.chat.edit = edit;
  await here.pass(400_000);
  expect(here.said()).toContain('STORM, OVER');
  expect(here.said()).toContain(many);
}, 60_000);
