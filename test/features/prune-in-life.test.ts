/** One row that is not as the others must not keep retention from all of them, and a clock that was wrong must not either. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { type Incident, resolve } from '../../src/domain/incident/incident.ts';
import { day } from '../../src/domain/retention.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import { clockDoubtNow, prune } from '../../src/features/prune.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import { consoleLogin, iamUser } from '../support/records.ts';
import { type Replica, replica } from '../support/replica.ts';
import { alarmText, topic } from '../support/sandbox.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

const t0 = Date.parse('2025-01-10T03:00:00Z');
const account = '123456789012';
const keeping = { detailsMs: 31 * day, signInsMs: 7 * day };
const bob = { id: 'U1', name: 'bob' };

describe.each(engines)('retention on %s', (engine) => {
  let database: FreshDatabase;
  let one: Replica;
  let serial: number;
  beforeEach(async () => {
    database = await freshDatabase(engine, inject('postgresUrl'));
    one = await replica(database, t0);
    serial = 0;
  });
  afterEach(() => database.close());

  const run = () => prune(one.ports, { keeping, stop: new AbortController().signal });

  function event(name: string, outcome: 'Success' | 'Failure', { mfa = 'No', at = one.now } = {}): object {
    const record = { ...consoleLogin(iamUser(name), outcome, mfa), recipientAccountId: account, sourceIPAddress: '203.0.113.7' };
    const detail = { ...record, eventID: `event-${++serial}`, eventTime: new Date(at).toISOString() };
    return { 'detail-type': 'AWS Console Sign In via CloudTrail', source: 'aws.signin', account, region: 'us-east-1', detail };
  }

  async function resolved(incident: number): Promise<void> {
    for (let minutes = 0; minutes < 20; minutes++) {
      await one.work();
      one.now += 60_000;
    }
    await one.store.transact(async (tx) => {
      const step = resolve((await tx.incident(incident)) as Incident, bob, one.now, 'attack', 'phished');
      if (!step.ok) throw new Error(step.message);
      await tx.append([{ incident, at: one.now, kind: 'response', reply: 'quiet', body: { what: 'resolve', by: bob, text: step.text } }]);
      await tx.save([{ incident: step.incident, due: { person: bob.id } }], one.now);
    });
  }

  it.each([
    ['five years', 5 * 365 * day],
    ['a month', 35 * day],
  ])('goes on past an incident that was opened while the clock was ahead by %s', async (_, ahead) => {
    one.now = t0 + ahead;
    await one.receive(alarmText('Early', 'ALARM', t0));
    one.now = t0;
    await one.receive(event('alice', 'Success'));
    await resolved(2);
    one.now = t0 + 40 * day;
    await run();
    expect((await one.store.incident(2))?.subjects).toEqual([]);
  });

  it('forgets sign-ins after a week although the row of an alarm cannot be read', async () => {
    await one.receive(event('carol', 'Success', { mfa: 'Yes' }));
    await sql`insert into alarms (id, named, body) values ('arn:odd', 'odd', '{"v":99,"arn":"arn:odd"}')`.execute(database.db);
    one.now = t0 + 8 * day;
    await run().catch(() => undefined);
    const { rows } = await sql`select id from sign_ins`.execute(database.db);
    expect(rows).toEqual([]);
  });

  it('takes the details of all others although the row of one incident cannot be read', async () => {
    await one.receive(alarmText('Early', 'ALARM', t0));
    await one.receive(event('alice', 'Success'));
    await resolved(1);
    await resolved(2);
    await sql`update incidents set body = '{"v":99}' where id = 1`.execute(database.db);
    one.now = t0 + 40 * day;
    await run().catch(() => undefined);
    expect((await one.store.incident(2))?.subjects).toEqual([]);
  });

  it('forgets within a week a sign-in that was a week old when it was found', async () => {
    // A busy morning, then what an outage of eight days kept from us.
    for (let batch = 0; batch < 5; batch++)
      await one.receive(...Array.from({ length: 100 }, (_, index) => event(`user${batch}-${index}`, 'Success', { mfa: 'Yes' })));
    await one.receive(event('carol', 'Success', { mfa: 'Yes', at: one.now - 8 * day }));
    const { rows: before } = await sql`select id from sign_ins where subject like '%carol%'`.execute(database.db);
    expect(before).toHaveLength(1);
    await run();
    const { rows } = await sql`select id from sign_ins where subject like '%carol%'`.execute(database.db);
    expect(rows).toEqual([]);
  });

  it('takes nothing because the clock is ahead for a minute', async () => {
    await run();
    await one.receive(event('carol', 'Success', { mfa: 'Yes' }));
    await one.receive(event('alice', 'Success'));
    await resolved(1);
    const now = one.now;
    one.now = now + 365 * day;
    expect(await run()).toBeUndefined();
    one.now = now + 60_000;
    expect(await run()).toMatchObject({ 'sign-ins': 0, details: 0 });
    expect(JSON.stringify(await one.store.incident(1))).toContain('alice');
    one.now = now + 2 * 365 * day;
    expect(await run()).toBeUndefined();
    expect(JSON.stringify(await one.store.incident(1))).toContain('alice');
  });

  it('goes on a day after the start where the responder was off for long', async () => {
    await run();
    await one.receive(event('carol', 'Success', { mfa: 'Yes' }));
    await one.receive(event('alice', 'Success'));
    await resolved(1);
    one.now += 40 * day;
    const doubt = 'Nothing was pruned: the clock says 2025-02-19, and the run before was on 2025-01-10.';
    expect(await clockDoubtNow(one.store, one.now)).toContain(doubt);
    expect(await run()).toBeUndefined();
    expect(await clockDoubtNow(one.store, one.now)).toBeUndefined();
    one.now += day;
    expect(await run()).toMatchObject({ 'sign-ins': 1 });
    expect((await one.store.incident(1))?.subjects).toEqual([]);
  });

  it('takes the details of an incident in time although CloudWatch told a time that was ahead of the clock', async () => {
    // The host's clock is ten minutes slow (messages are taken up to 15).
    const ahead = one.now + 10 * 60_000;
    const message = {
      topicArn: topic,
      messageId: 'm-ahead',
      subject: undefined,
      publishedAt: ahead,
      message: JSON.stringify(alarmText('Ahead', 'ALARM', ahead)),
    };
    await receiveSignals(one.ports, [{ message, signals: understand(message) }]);
    await one.store.transact(async (tx) => {
      const step = resolve((await tx.incident(1)) as Incident, bob, one.now, 'expected', 'a test');
      if (!step.ok) throw new Error(step.message);
      await tx.append([{ incident: 1, at: one.now, kind: 'response', reply: 'quiet', body: { what: 'resolve', by: bob, text: step.text } }]);
      await tx.save([{ incident: step.incident, due: { person: bob.id } }], one.now);
    });
    // The daily run falls into those ten minutes.
    one.now = t0 + 31 * day + 5 * 60_000;
    for (let n = 0; n < 20; n++) {
      await run();
      one.now += day;
    }
    expect((await one.store.incident(1))?.pruned).toBeDefined();
  });

  it('takes all that is old where the clock is right and every row can be read', async () => {
    await one.receive(alarmText('Early', 'ALARM', t0));
    await one.receive(event('alice', 'Success'));
    await resolved(1);
    await resolved(2);
    await one.receive(event('carol', 'Success', { mfa: 'Yes' }));
    one.now += 40 * day;
    await run();
    expect((await one.store.incident(2))?.subjects).toEqual([]);
    const { rows } = await sql`select id from sign_ins`.execute(database.db);
    expect(rows).toEqual([]);
  });
});
