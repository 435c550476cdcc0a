/** What is kept for a time only, on both engines: what goes, what stays, and that the audit can still be verified. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { auditLogOf } from '../../src/db/audit-log.ts';
import { openStore } from '../../src/db/store.ts';
import { brokenAt } from '../../src/domain/audit/chain.ts';
import { type Incident, resolve } from '../../src/domain/incident/incident.ts';
import { day, rememberedMs } from '../../src/domain/retention.ts';
import { signInFromRecord } from '../../src/domain/sign-in/sign-in.ts';
import { prune } from '../../src/features/prune.ts';
import { analyze, costly, plansOf } from '../support/plans.ts';
import { consoleLogin, iamUser } from '../support/records.ts';
import { type Replica, replica } from '../support/replica.ts';
import { alarmText } from '../support/sandbox.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

const t0 = Date.parse('2025-01-10T03:00:00Z');
const account = '123456789012';
const keeping = { detailsMs: 400 * day, signInsMs: 7 * day };
const bob = { id: 'U1', name: 'bob' };
const page = { from: 0, count: 1_000 };

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

  /** After a long stop the clock is believed a day later. */
  async function laterBy(ms: number): Promise<void> {
    one.now += ms - day;
    await run();
    one.now += day;
  }

  /** A record as EventBridge brings it, of now. */
  function event(name: string, outcome: 'Success' | 'Failure', mfa = 'No'): object {
    const record = { ...consoleLogin(iamUser(name), outcome, mfa), recipientAccountId: account, sourceIPAddress: '203.0.113.7' };
    const detail = { ...record, eventID: `event-${++serial}`, eventTime: new Date(one.now).toISOString() };
    return { 'detail-type': 'AWS Console Sign In via CloudTrail', source: 'aws.signin', account, region: 'us-east-1', detail };
  }

  async function resolved(incident: number): Promise<void> {
    // All that is looked for in the quarter of an hour after it.
    for (let minutes = 0; minutes < 20; minutes++) {
      await one.work();
      one.now += 60_000;
    }
    await one.store.transact(async (tx) => {
      const step = resolve((await tx.incident(incident)) as Incident, bob, one.now, 'attack', 'alice was phished');
      if (!step.ok) throw new Error(step.message);
      await tx.append([{ incident, at: one.now, kind: 'response', reply: 'quiet', body: { what: 'resolve', by: bob, text: step.text } }]);
      await tx.save([{ incident: step.incident, due: { person: bob.id } }], one.now);
    });
  }

  /** The tables in which a text is. */
  async function tablesWith(text: string): Promise<string[]> {
    const tables = (await database.db.introspection.getTables()).map(({ name }) => name);
    const rows = await Promise.all(tables.map(async (name) => (await sql`select * from ${sql.table(name)}`.execute(database.db)).rows));
    return tables.filter((_, index) => JSON.stringify(rows[index]).includes(text));
  }

  it('knows messages and events again for longer than any queue keeps them, and not for ever', async () => {
    const message = { topicArn: 't', messageId: 'm' };
    await one.store.transact((tx) => tx.admit([message], t0));
    await one.store.transact((tx) => tx.admitEvents(['e'], t0));
    one.now = t0 + 14 * day + 1;
    await run();
    expect(await one.store.transact((tx) => tx.admit([message], one.now))).toEqual(new Set());
    expect(await one.store.transact((tx) => tx.admitEvents(['e'], one.now))).toEqual(new Set());
    one.now = t0 + rememberedMs + 1;
    expect(await run()).toMatchObject({ messages: 1, events: 1 });
    expect(await one.store.transact((tx) => tx.admit([message], one.now))).toEqual(new Set(['t m']));
  });

  it('forgets after a week who signed in and opened nothing, and keeps what incidents are made of', async () => {
    for (let index = 0; index < 3; index++) await one.receive(event('carol', 'Success', 'Yes'));
    await one.receive(event('alice', 'Success'));
    expect((await one.incidents()).length).toBeGreaterThan(0);
    one.now = t0 + 8 * day;
    expect(await run()).toMatchObject({ 'sign-ins': 3, details: 0 });
    expect(await tablesWith('carol')).toEqual([]);
    expect((await one.store.signIns(1, page)).signIns.map(({ principal }) => principal.name)).toEqual(['alice']);
  });

  it('takes from an incident that is over who it was about and what was said, and leaves a chain that can be verified', async () => {
    await one.receive(event('alice', 'Success'));
    await one.receive(alarmText('Logins', 'ALARM', one.now));
    await resolved(1);
    one.now = t0 + 399 * day;
    expect(await run()).toMatchObject({ details: 0 });
    expect(await tablesWith('alice')).toContain('entries');
    one.now = t0 + 401 * day;
    expect(await run()).toMatchObject({ transitions: 1 });
    for (const gone of ['alice', '203.0.113.7', 'phished']) expect([gone, ...(await tablesWith(gone))]).toEqual([gone]);

    const stored = await auditLogOf(database.db).entries(1, 0, 999);
    expect(stored.length).toBeGreaterThan(1);
    expect(brokenAt(stored, [])).toBeUndefined();
    expect(stored.every(({ body, salt }) => body === undefined && salt === '')).toBe(true);
    expect(
      brokenAt(
        stored.map((entry) => (entry.seq === 2 ? { ...entry, at: entry.at + 1 } : entry)),
        [],
      )?.seq,
    ).toBe(2);
    const { entries } = await one.store.entries(1, page);
    expect(new Set(entries.map(({ body }) => body.text))).toEqual(new Set(['Pruned on 2026-02-15: what it said is kept for a time only.']));
    expect(await one.store.incident(1)).toMatchObject({ status: 'resolved', resolved: { by: { name: 'bob' }, verdict: 'attack' }, pruned: one.now });
  });

  it('takes a storm that is over for that long; of one that Slack was not shown to its end only the networks that it came from', async () => {
    const storm = { first: 1, newestAt: t0, roomAt: t0, kinds: { a: 3 }, accounts: {}, networks: { '203.0.113.7': 3 } };
    const body = JSON.stringify(storm);
    const rows = [{ ended_at: t0 }, { ended_at: t0, due_at: t0 }, { ended_at: t0 + 300 * day }, { ended_at: null, due_at: t0 }];
    await database.db
      .insertInto('storms')
      .values(rows.map((row) => ({ opened_at: t0, body, ...row })))
      .execute();
    const picture = { name: 'card', ts: '1.1', digest: null, attempt_at: null, settled_at: null, refused: null, failures: 0, also: null };
    await database.db
      .insertInto('storm_pictures')
      .values([1, 3].map((id) => ({ ...picture, storm: id })))
      .execute();
    one.now = t0 + 401 * day;
    expect(await run()).toMatchObject({ storms: 2 });
    const left = await database.db.selectFrom('storms').select(['id', 'body']).orderBy('id').execute();
    expect(left.map((row) => [row.id, row.body.includes('203.0.113.7')])).toEqual([
      [2, false],
      [3, true],
      [4, true],
    ]);
    expect(await database.db.selectFrom('storm_pictures').select('storm').execute()).toEqual([{ storm: 3 }]);
  });

  it('takes outages that are long past, but for the newest', async () => {
    const outage = (at: number) => ({ from_at: at, until_at: at, is_stop: 1, found_at: at, found: 1, told: 1 });
    await database.db
      .insertInto('outages')
      .values([t0, t0 + day, t0 + 300 * day].map(outage))
      .execute();
    one.now = t0 + 401 * day + 1;
    expect(await run()).toMatchObject({ outages: 2 });
    await laterBy(400 * day);
    expect(await run()).toMatchObject({ outages: 0 });
    expect(await database.db.selectFrom('outages').select('from_at').execute()).toEqual([{ from_at: t0 + 300 * day }]);
  });

  it('forgets an alarm of which nothing was heard for a year and that CloudWatch was not seen to have', async () => {
    for (const name of ['Gone', 'Quiet', 'Firing']) await one.receive(alarmText(name, 'OK', one.now));
    const memories = await one.store.alarmsNamed(['Gone', 'Quiet', 'Firing']);
    const arnOf = (name: string): string => memories.find((memory) => memory.name === name)?.arn ?? '';
    one.now = t0 + 200 * day;
    await one.receive(alarmText('Firing', 'ALARM', one.now));
    await one.store.transact(async (tx) => {
      const quiet = (await tx.alarms([arnOf('Quiet')])).get(arnOf('Quiet'));
      if (quiet) await tx.saveAlarms([{ ...quiet, seenAt: t0 + 100 * day }]);
    });
    one.now = t0 + 366 * day;
    expect(await run()).toMatchObject({ alarms: 1 });
    expect((await one.store.alarms(10)).map(({ name }) => name).toSorted()).toEqual(['Firing', 'Quiet']);
    expect(brokenAt(await auditLogOf(database.db).entries(1, 0, 999), [])).toBeUndefined();
  });

  it('is one entry a run, which says up to when before anything is taken', async () => {
    await one.receive(event('alice', 'Success'));
    await resolved(1);
    one.now = t0 + 401 * day;
    await run();
    one.now += day;
    await run();
    const { entries } = await one.store.entries(0, page);
    expect(entries.map(({ body }) => body.text)).toEqual([
      'What was written before 2025-01-11 is pruned, with the details of incidents that were over by then: KEEP_DETAILS_DAYS is 400.',
    ]);
  });

  it('leaves an open incident what it is, and goes on with what comes to one that was pruned', async () => {
    await one.receive(event('alice', 'Success'));
    await one.receive(alarmText('Logins', 'ALARM', one.now));
    one.now = t0 + 401 * day;
    await run();
    expect((await one.incidents()).map(({ pruned }) => pruned)).toEqual([undefined, undefined]);
    expect(JSON.stringify(await one.store.incident(1))).toContain('alice');
    await resolved(1);
    await laterBy(402 * day);
    await run();
    expect((await one.store.incident(1))?.subjects).toEqual([]);
    expect(brokenAt(await auditLogOf(database.db).entries(1, 0, 999), [])).toBeUndefined();
  });

  it('takes many in steps, to the end, and stops between two when it is told to', async () => {
    const { db } = database;
    const many = 1_300;
    for (let start = 0; start < many; start += 100) {
      const rows = Array.from({ length: 100 }, (_, index) => ({ topic_arn: 't', message_id: `m${start + index}`, at: t0 + start + index }));
      await db.insertInto('inbox').values(rows).execute();
    }
    for (let index = 0; index < 700; index++) await one.store.transact((tx) => tx.append([note(index)]));
    one.now = t0 + 500 * day;
    const stopping = new AbortController();
    stopping.abort();
    expect(await prune(one.ports, { keeping, stop: stopping.signal })).toMatchObject({ messages: 0 });
    one.now += day;
    expect(await run()).toMatchObject({ messages: many, details: 700 });
    expect(brokenAt(await auditLogOf(db).entries(7, 0, 999), [])).toBeUndefined();
  });

  function note(index: number) {
    return { incident: 7, at: t0 + index, kind: 'note' as const, reply: 'none' as const, body: { what: 'note', text: `${index}` } };
  }

  function transition(index: number) {
    return {
      incident: 1,
      alarmId: 'a',
      state: 'OK' as const,
      at: t0,
      receivedAt: t0 + index,
      decision: 'd',
      messageId: `m${index}`,
      toldBy: 'text' as const,
    };
  }

  function signIn(index: number) {
    const record = { ...consoleLogin(iamUser(`user${index}`), 'Success', 'Yes'), eventID: `e${index}` };
    return signInFromRecord(record, { account, region: 'us-east-1', at: t0, id: 'none' });
  }

  it('is done once a day, by one of the replicas', async () => {
    // SQLite, which one process has open: the same one twice.
    const other = engine === 'postgres' ? await replica(database, t0, true) : one;
    const runs = await Promise.all([run(), prune(other.ports, { keeping, stop: new AbortController().signal })]);
    expect(runs.filter((pruned) => pruned !== undefined)).toHaveLength(1);
    expect(await run()).toBeUndefined();
    one.now += day;
    expect(await run()).toBeDefined();
    if (other !== one) await other.close();
  });

  it('finds what is old by seeks', async () => {
    const many = 3_000;
    const rows = <Row>(row: (index: number) => Row): Row[] => Array.from({ length: many }, (_, index) => row(index));
    await one.store.transact(async (tx) => {
      await tx.append(rows((index) => ({ ...note(index), incident: index + 1 })));
      await tx.admit(
        rows((index) => ({ topicArn: 't', messageId: `m${index}` })),
        t0,
      );
      await tx.admitEvents(
        rows((index) => `e${index}`),
        t0,
      );
      await tx.addTransitions(rows(transition));
      await tx.remember(rows(signIn));
    });
    const memory = { recognised: undefined, resets: [], account, region: 'us-east-1', state: 'OK' as const, at: t0 - 400 * day };
    await one.store.transact((tx) => tx.saveAlarms(rows((index) => ({ ...memory, id: `arn:${index}`, arn: `arn:${index}`, name: `n${index}` }))));
    const outage = { from_at: t0, until_at: t0, is_stop: 1, found_at: 0, found: 1, told: 1 };
    for (let start = 0; start < many; start += 500) {
      const some = Array.from({ length: 500 }, (_, index) => start + index);
      await database.db
        .insertInto('outages')
        .values(some.map(() => outage))
        .execute();
      await database.db
        .insertInto('storms')
        .values(some.map((at) => ({ opened_at: at, ended_at: at, body: '{}' })))
        .execute();
      await database.db
        .insertInto('storm_pictures')
        .values(some.map((index) => ({ storm: index + 1, name: 'card', failures: 0 })))
        .execute();
    }
    await analyze(database);
    const plans = await plansOf(database, async (spied) => {
      const store = await openStore({ ...database, db: spied }, 'me');
      for (const kind of ['messages', 'events', 'transitions', 'storms', 'outages', 'alarms', 'sign-ins'] as const)
        await store.prune(kind, t0, undefined);
      await store.hasOldDetails(t0 + 1);
      await store.pruneDetails(t0 + 10, t0 + 10, undefined);
    });
    expect(plans.length).toBeGreaterThan(10);
    const tables = [
      'inbox',
      'events',
      'transitions',
      'storms',
      'storm_pictures',
      'outages',
      'alarms',
      'sign_ins',
      'entries',
      'chains',
      'incident_sign_ins',
    ];
    for (const plan of plans) expect({ ...plan, costly: costly(plan, tables) }).toEqual({ ...plan, costly: [] });
  });
});
