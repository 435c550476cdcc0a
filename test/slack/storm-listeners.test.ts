/** Clicks in the list of incidents without a card. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeRefusals } from '../../src/features/record-refusal.ts';
import { responses } from '../../src/features/responses.ts';
import { registerStormClicks } from '../../src/slack/storm-listeners.ts';
import { type Office, office, person } from '../support/responding.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

type Handle = (args: unknown) => Promise<void>;

let database: FreshDatabase;
let here: Office;
beforeEach(async () => {
  database = await freshDatabase('sqlite', '');
  here = await office(database, responses);
  await here.refresh();
});
afterEach(() => database.close());

/** Presses a button in the list. @returns what the window shows then */
async function press(who: string, button: string, value: string): Promise<string> {
  const handlers: { id: string | RegExp; handle: Handle }[] = [];
  const app = { action: (id: string | RegExp, handle: Handle) => void handlers.push({ id, handle }) };
  const context = { ports: here.world.ports, responses, accounts: new Map(), permalink: (ts: string) => ts, report: () => undefined, chat: {} };
  registerStormClicks(app as never, context as never);
  const found = handlers.find(({ id }) => (id instanceof RegExp ? id.test(button) : id === button));
  let shown = '';
  const update = async ({ view }: { view: unknown }) => {
    shown = JSON.stringify(view);
    return { ok: true };
  };
  const { id, name } = person(who);
  const view = { id: 'V1', hash: 'h', type: 'modal', private_metadata: JSON.stringify({ i: 0, part: '' }) };
  const body = { user: { id, name, team_id: 'T1' }, team: { id: 'T1' }, trigger_id: 't', view };
  await found?.handle({ ack: async () => undefined, payload: { value }, body, client: { views: { update } } });
  return shown;
}

it.each([
  ['post-card-1', '1', 'Post its card'],
  ['storm-older', '', 'Incidents without a card'],
])('one refused press of %s is one refusal', async (button, value, label) => {
  expect(await press('eve', button, value)).toContain(`“${label}” is for responders`);
  here.replica.now += 61_000;
  await writeRefusals(here.world.ports);
  const all = [...(await here.entries(0)), ...(await here.entries(1))].filter(({ what }) => what === 'refused-click');
  expect(all.map(({ text, details }) => [text, details])).toEqual([[expect.stringContaining(`eve asked for “${label}”`), undefined]]);
});
