/** A button in the App Home tab, where no modal is open over which another could be pushed. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Interaction, people, Sandbox, textOf, type View } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start();
});
afterAll(() => sandbox.stop());

it('“Show those without a card” opens the list', async () => {
  await sandbox.scenario('storm-of-alarms');
  await sandbox.until('a storm card', async () => (await sandbox.storms())[0]);
  await sandbox.call('POST', '/api/slack/open-home', { user: people.dana });
  const { view } = await sandbox.call<{ view: View }>('GET', `/api/slack/home?user=${people.dana}`);
  const click = { user: people.dana, view_id: view.id, action_id: 'storm-open' };
  const { views } = await sandbox.call<Interaction>('POST', '/api/slack/click-view', click);
  expect(views.map(textOf)).toEqual([expect.stringContaining('without a card')]);
});
