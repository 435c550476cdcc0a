/** An event id that is seen with another content, on both engines: whichever way the two come, and in whatever order, both count, and the card says so. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Json } from '../../src/domain/json.ts';
import { faultRows } from '../../src/slack/who.ts';
import { consoleLogin, iamUser } from '../support/records.ts';
import { type Replica, replica } from '../support/replica.ts';
import { alarmText } from '../support/sandbox.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

const t0 = Date.parse('2026-11-22T03:00:00Z');
const account = '123456789012';
const page = { from: 0, count: 10 };

const record = (identity: Json, address: string): Json => ({
  ...consoleLogin(identity, 'Success', 'No'),
  eventID: 'e1',
  sourceIPAddress: address,
  recipientAccountId: account,
  eventTime: new Date(t0).toISOString(),
});
const forged = record(iamUser('nobody'), '192.0.2.1');
const genuine = record(iamUser('alice'), '203.0.113.7');
const byEventBridge = (detail: Json): object => ({
  'detail-type': 'AWS Console Sign In via CloudTrail',
  source: 'aws.signin',
  account,
  region: 'us-east-1',
  detail,
});

describe.each(engines)('an event id with another content on %s', (engine) => {
  let database: FreshDatabase;
  let one: Replica;
  beforeEach(async () => {
    database = await freshDatabase(engine, inject('postgresUrl'));
    one = await replica(database, t0 + 1_000);
  });
  afterEach(() => database.close());

  async function names(): Promise<(string | undefined)[]> {
    return (await one.store.signIns(1, page)).signIns.map(({ principal }) => principal.name).toSorted();
  }

  it('hides nothing of what comes after it, and is told', async () => {
    await one.receive(byEventBridge(forged));
    await one.receive(byEventBridge(genuine));
    await one.receive(byEventBridge(genuine));
    expect(await names()).toEqual(['alice', 'nobody']);
    const incident = await one.store.incident(1);
    expect(incident?.counts.firings).toBe(2);
    expect(incident && JSON.stringify(faultRows(incident))).toContain('one of the two is made up');
    const { entries } = await one.store.entries(1, page);
    expect(entries[0]?.body.text).toContain('Another event came under the same id before');
  });

  it('of which both come in one batch counts twice', async () => {
    await one.receive(byEventBridge(forged), byEventBridge(genuine));
    expect(await names()).toEqual(['alice', 'nobody']);
  });

  it('hides nothing that CloudTrail is asked for', async () => {
    await one.receive(byEventBridge(forged));
    one.history = [{ ...genuine, awsRegion: 'us-east-1' }];
    for (let minute = 0; minute < 5; minute++) {
      await one.work();
      one.now += 60_000;
    }
    expect(await names()).toEqual(['alice', 'nobody']);
    expect((await one.store.incident(1))?.sharedIds).toEqual(['e1']);
  });

  it('takes what the other engine takes: an address, a name and an id of 9,000 characters', async () => {
    // Nothing that an index could store compressed.
    const long = Array.from({ length: 9_000 }, (_, index) => String.fromCharCode(0x4e00 + ((index * index * 7_919) % 20_000))).join('');
    const odd = { ...record({ ...iamUser(long), userName: long }, long), eventID: long, userAgent: long };
    await one.receive(byEventBridge(odd));
    await one.receive(byEventBridge({ ...odd, sourceIPAddress: `fe80::1%${long}` }));
    expect((await one.store.signIns(1, page)).total).toBe(2);
    await one.receive(alarmText(long.slice(0, 200), 'ALARM', t0, { AlarmDescription: long, NewStateReason: long }));
    await one.receive({ message: long });
    await one.work();
    expect((await one.incidents()).length).toBeGreaterThan(2);
  });
});
