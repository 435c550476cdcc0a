/** What a card says of an incident whose details are gone, and whose names stay. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { acknowledge, type Incident, resolve } from '../../src/domain/incident/incident.ts';
import { reopen } from '../../src/domain/incident/reopened.ts';
import { day } from '../../src/domain/retention.ts';
import { prune } from '../../src/features/prune.ts';
import { responses } from '../../src/features/responses.ts';
import { textOfBlocks } from '../../src/sandbox/slack/as-text.ts';
import { drawCard } from '../../src/slack/card.ts';
import { byHandModal } from '../../src/slack/evidence.ts';
import { settings } from '../support/ports.ts';
import { consoleLogin, iamUser } from '../support/records.ts';
import { type Replica, replica } from '../support/replica.ts';
import { alarmText } from '../support/sandbox.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

const t0 = Date.parse('2025-01-10T03:00:00Z');
const account = '123456789012';
const keeping = { detailsMs: 31 * day, signInsMs: 7 * day };
const bob = { id: 'U1', name: 'bob' };
const carla = { id: 'U2', name: 'carla' };
const options = { accounts: new Map(), responders: [], remediatorsExist: true, responses, reach: settings, permalink: () => '' };

let database: FreshDatabase;
let one: Replica;
beforeEach(async () => {
  database = await freshDatabase('sqlite', '');
  one = await replica(database, t0);
});
afterEach(() => database.close());

const run = () => prune(one.ports, { keeping, stop: new AbortController().signal });
const cardText = async (id = 1) => textOfBlocks(drawCard((await one.store.incident(id)) as Incident, options, new Map()).blocks as never);

async function step(id: number, what: string, by: typeof bob, next: (incident: Incident) => ReturnType<typeof acknowledge>): Promise<void> {
  await one.store.transact(async (tx) => {
    const done = next((await tx.incident(id)) as Incident);
    if (!done.ok) throw new Error(done.message);
    await tx.append([{ incident: id, at: one.now, kind: 'response', reply: 'quiet', body: { what, by, text: done.text } }]);
    await tx.save([{ incident: done.incident, due: { person: by.id } }], one.now);
  });
}

async function overAndPruned(): Promise<void> {
  for (let minutes = 0; minutes < 20; minutes++) {
    await one.work();
    one.now += 60_000;
  }
  await step(1, 'acknowledge', carla, (incident) => acknowledge(incident, carla, one.now));
  await step(1, 'resolve', bob, (incident) => resolve(incident, bob, one.now, 'attack', 'alice was phished'));
  one.now += 32 * day;
  expect(await run()).toMatchObject({ details: expect.any(Number) });
  expect((await one.store.incident(1))?.pruned).toBeDefined();
}

it('of an attack on alice does not say that nobody was known', async () => {
  const record = { ...consoleLogin(iamUser('alice'), 'Success', 'No'), recipientAccountId: account, sourceIPAddress: '203.0.113.7' };
  const detail = { ...record, eventID: 'e1', eventTime: new Date(one.now).toISOString() };
  await one.receive({ 'detail-type': 'AWS Console Sign In via CloudTrail', source: 'aws.signin', account, region: 'us-east-1', detail });
  expect(await cardText()).toContain('alice');
  await overAndPruned();
  expect(await cardText()).not.toContain('Nobody is known');
});

it('is all that is kept: of people only who resolved it', async () => {
  await one.receive(alarmText('Logins', 'ALARM', one.now));
  await overAndPruned();
  const { rows } = await sql<{ body: string }>`select body from incidents`.execute(database.db);
  expect(rows[0]?.body).toContain('bob');
  expect(rows[0]?.body).not.toContain('carla');
});

it('of an incident that is open again says what was pruned, and neither that nobody is known nor that it stopped by itself', async () => {
  await one.receive(alarmText('Logins', 'ALARM', one.now));
  one.now += 60_000;
  await one.receive(alarmText('Logins', 'OK', one.now));
  await overAndPruned();
  await step(1, 'reopen', bob, (incident) => reopen(incident, bob, one.now, undefined));
  const text = await cardText();
  expect(text).toContain('Who and what this incident was about was pruned on 2025-02-11');
  expect(text).toContain('Look for what is new');
  expect(text).not.toMatch(/Who: |by itself|CloudTrail who it was/);
  const guide = byHandModal((await one.store.incident(1)) as Incident, settings);
  expect(JSON.stringify(guide)).not.toContain('not who did it');
});

it('of a message still says where it came from, and no longer what it said', async () => {
  const test = {
    source: 'aws.health',
    'detail-type': 'AWS Health Event',
    account,
    region: 'us-east-1',
    detail: { service: 'IAM', eventTypeCode: 'AWS_X' },
  };
  await one.receive(test);
  const before = (await cardText()).match(/^.*(?:About|Came through).*$/m)?.[0];
  expect(before).toBeDefined();
  await overAndPruned();
  expect(await cardText()).toContain(before);
  expect(JSON.stringify(await one.store.incident(1))).not.toContain('AWS_X');
});
