/** Whoever presses or submits something is told also where nothing can come of it. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { responses } from '../../src/features/responses.ts';
import { registerClicks } from '../../src/slack/listeners.ts';
import { registerResponses } from '../../src/slack/responding.ts';
import { type Office, office, person } from '../support/responding.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

type Handle = (args: unknown) => Promise<void>;
type Id = string | RegExp;

let database: FreshDatabase;
let here: Office;
beforeEach(async () => {
  database = await freshDatabase('sqlite', '');
  here = await office(database, responses);
  await here.refresh();
});
afterEach(() => database.close());

/** Every listener that takes an id, as Bolt runs them. */
function listeners(isBroken = false): { actions: [Id, Handle][]; views: [Id, Handle][] } {
  const actions: [Id, Handle][] = [];
  const views: [Id, Handle][] = [];
  const app = {
    action: (id: Id, handle: Handle) => void actions.push([id, handle]),
    view: (id: Id, handle: Handle) => void views.push([id, handle]),
  };
  const down = async () => {
    throw new Error('the database is away');
  };
  const { store } = here.world.ports;
  const ports = isBroken
    ? { ...here.world.ports, store: { ...store, transact: down, incident: down, entries: down, entry: down, folded: down } }
    : here.world.ports;
  const context = { ports, responses, accounts: new Map(), permalink: (ts: string) => ts, report: () => undefined, chat: {} };
  registerClicks(app as never, context as never);
  registerResponses(app as never, context as never);
  return { actions, views };
}

function of(all: readonly [Id, Handle][], id: string): Handle[] {
  return all.filter(([known]) => (known instanceof RegExp ? known.test(id) : known === id)).map(([, handle]) => handle);
}

/** @returns what is said to whoever pressed it on a message, or in a window */
async function pressed(action_id: string, value: string, { isBroken = false, inWindow = false } = {}): Promise<string> {
  const told: unknown[] = [];
  const say = async (said: unknown) => {
    told.push(said);
    return { ok: true, view: { id: 'V2' } };
  };
  const { id, name } = person('dana');
  const view = { id: 'V1', hash: 'h', type: 'modal', private_metadata: '{"i":1}', state: { values: {} }, blocks: [] };
  const body = { user: { id, name, team_id: 'T1' }, team: { id: 'T1' }, trigger_id: 't', ...(inWindow ? { view } : {}) };
  const client = { views: { push: say, open: say, update: say } };
  const action = { action_id, value, type: 'button' };
  for (const handle of of(listeners(isBroken).actions, action_id)) {
    await handle({ ack: async () => undefined, payload: action, action, body, client, respond: say });
  }
  return JSON.stringify(told);
}

it.each(['isolate-user', 'acknowledge-all'])('a button %s of an older version says so', async (id) => {
  expect(await pressed(id, '1')).toContain('This button is of an older version of the responder');
  expect(await pressed(id, '1', { inWindow: true })).toContain('This button is of an older version of the responder');
});

it.each([
  ['was-not-me', '1:4', false],
  ['was-me', '1:4', false],
  ['was-this-you', '1:abc', true],
  ['timeline-older', '1', true],
  ['entry-3-open', '0', true],
  ['storm-open', '0', false],
])('%s says that it failed where the database does not answer', async (id, value, inWindow) => {
  expect(await pressed(id, value, { isBroken: true, inWindow })).toMatch(/Nothing was changed by this click/);
});

it('whoever is chosen in the list while another name is typed is asked which of them is meant', async () => {
  const { id, name } = person('bob');
  const answers: unknown[] = [];
  const values = { subject: { subject: { selected_option: { value: '0123456789abcdef' } } }, user: { user: { value: ' carol ' } } };
  const view = { id: 'V1', callback_id: 'choose-user', private_metadata: '{"i":1,"b":"reset-password"}', state: { values }, blocks: [] };
  const body = { user: { id, name, team_id: 'T1' }, team: { id: 'T1' }, view };
  const ack = async (said: unknown) => void answers.push(said);
  for (const handle of of(listeners().views, 'choose-user')) await handle({ ack, body, view, client: {} });
  expect(answers).toEqual([{ response_action: 'errors', errors: { user: expect.stringContaining('Somebody is chosen in the list too') } }]);
});

it.each([
  ['isolate', '{"i":1}'],
  ['respond', '{"i":1,"b":"isolate"}'],
  ['respond', '{"i":1,"b":"switch-off-keys"}'],
  ['choose-user', '{"i":1,"b":"isolate"}'],
])('a window %s with %s of an older version does not close as if it were done', async (callback_id, private_metadata) => {
  const { id, name } = person('bob');
  const answers: unknown[] = [];
  const view = { id: 'V1', callback_id, private_metadata, state: { values: { why: { why: { value: 'because' } } } }, blocks: [] };
  const body = { user: { id, name, team_id: 'T1' }, team: { id: 'T1' }, view };
  for (const handle of of(listeners().views, callback_id))
    await handle({ ack: async (said: unknown) => void answers.push(said), body, view, client: {} });
  expect(answers).toHaveLength(1);
  expect(JSON.stringify(answers)).toMatch(/"response_action":"update".*This window is of an older version of the responder\. Nothing was done/);
});
