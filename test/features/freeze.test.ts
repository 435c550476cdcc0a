/** What a freeze shows, and how it ends on the host. Two replicas: test/end-to-end/replicas.test.ts. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openBeside } from '../../src/db/beside.ts';
import type { Incident } from '../../src/domain/incident/incident.ts';
import { type Freeze, freezeFact, freezeIn, liftFact } from '../../src/domain/response/brakes.ts';
import { announce } from '../../src/features/announce.ts';
import { brake } from '../../src/features/brakes.ts';
import { lockOut } from '../../src/features/responses/lock-out.ts';
import { responses } from '../../src/features/responses.ts';
import { faultsOfBlocks } from '../../src/sandbox/slack/validate.ts';
import { withFreeze } from '../../src/slack/frozen.ts';
import { newFolder } from '../support/folders.ts';
import { about, type Office, office, person } from '../support/responding.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

let database: FreshDatabase;
let here: Office;
beforeEach(async () => {
  database = await freshDatabase('sqlite', '');
  here = await office(database, responses);
});
afterEach(() => database.close());

const freeze = (why = '') => brake(here.world.ports, person('dana'), { verb: 'freeze', why });
const held = async (): Promise<Freeze | undefined> => freezeIn(await here.replica.store.fact(freezeFact), here.replica.now);

it('stands on a card under its headline, with times that stay right, until the incident is over', async () => {
  await freeze('<!channel> tokens are out');
  const incident = (await here.replica.store.incident(1)) as Incident;
  const card = { text: 'SIN-1', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'HIGH' } }, { type: 'divider' }] };
  const { blocks } = withFreeze(card, incident, await held());
  expect(faultsOfBlocks(blocks, 'message')).toEqual([]);
  expect(blocks.map((block) => (block as { type: string }).type)).toEqual(['header', 'rich_text', 'divider']);
  const said = JSON.stringify(blocks[1]);
  expect(said).toMatch(
    /Frozen: .*dana stopped all changes to AWS from Slack.*2026-11-25 03:01 UTC.*2026-11-25 04:01 UTC.*unless a remediator confirms it/,
  );
  await brake(here.world.ports, person('carmen'), { verb: 'confirm', why: '' });
  expect(JSON.stringify(withFreeze(card, incident, await held()).blocks)).toContain('until another remediator ends it');
  expect(withFreeze(card, { ...incident, status: 'resolved' }, await held())).toBe(card);
  expect(withFreeze(card, incident, undefined)).toBe(card);
});

it('is told in the channel once it may be posted, and not at all where that is too long', async () => {
  const posted: string[] = [];
  const chat = { channel: 'C1', post: async (_message: object, { key }: { key: string }) => `${posted.push(key)}` };
  const ports = { ...here.world.ports, chat } as unknown as Parameters<typeof announce>[0];
  const message = { text: 'frozen', blocks: [] };
  await announce(ports, message, { seq: 3, hash: 'h' });
  await here.replica.store.pause('post', 'C1', here.replica.now + 30_000);
  await announce(ports, message, { seq: 4, hash: 'h' });
  await here.replica.store.pause('post', 'C1', here.replica.now + 90_000);
  await expect(announce(ports, message, { seq: 5, hash: 'h' })).rejects.toMatchObject({ code: 'throttled' });
  expect(posted).toEqual(['LOG/3', 'LOG/4']);
});

it('ends by npm run thaw while a responder has the SQLite file open, whose claims it leaves alone', async () => {
  await freeze();
  await expect(here.prepare(about(lockOut, 'bob'))).rejects.toThrow('dana froze all changes');
  const claimed = await here.replica.store.claim(here.replica.now, []);
  const env = {
    PATH: process.env.PATH ?? '',
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_SIGNING_SECRET: 'abcdefgh',
    INCIDENT_CHANNEL: 'C0123456789',
    SNS_TOPIC_ARNS: 'arn:aws:sns:us-east-1:123456789012:a',
    RESPONDERS: 'S0123456789',
    DATABASE_URL: database.url,
  };
  const main = new URL('../../src/main.ts', import.meta.url).pathname;
  const cwd = newFolder();
  const { stdout } = await promisify(execFile)(process.execPath, [main, 'thaw'], { cwd, env });
  expect(stdout).toBe('No freeze holds now. It is written down in the audit log.\n');
  expect((await here.prepare(about(lockOut, 'bob'))).plan.named).toBe('alice');
  expect((await here.entries(0)).at(-1)).toMatchObject({ what: 'freeze', text: 'The freeze was ended on the host (npm run thaw).' });
  expect(claimed).toBeDefined();
  const shown = { name: 'card', ts: '1.1', digest: undefined, attempt: undefined, refused: undefined, failures: 0 };
  if (claimed) expect(await here.replica.store.saveShown(claimed, shown)).toBe(true);
  await expect(openBeside(`${database.url}-none`)).rejects.toThrow('there is no file');
});

it.each(['x', 'null', '[1]', '{}', '{"by":null,"at":1,"why":""}'])(
  'that cannot be read (%s) stops changes until somebody ends it',
  async (stored) => {
    const { store } = here.replica;
    await store.remember(freezeFact, stored, 0);
    await expect(here.prepare(about(lockOut, 'bob'))).rejects.toThrow(
      'Somebody froze all changes, until another remediator ends it: “what the database has of a freeze cannot be read”. Nothing was done. A remediator ends it: /signin-freeze end.',
    );
    expect(await brake(here.world.ports, person('bob'), { verb: 'end', why: '' })).toMatchObject({ ok: true });
    await store.remember(liftFact, stored, 0);
    const asked = about(lockOut, 'bob');
    expect((await here.give(asked, await here.prepare(asked))).is).toBe('begun');
  },
);
