/** What the store promises, on both engines. */
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { auditLogOf } from '../../src/db/audit-log.ts';
import { openDatabase } from '../../src/db/database.ts';
import { openStore } from '../../src/db/store.ts';
import type { AlarmChange, ToldBy } from '../../src/domain/alarm/alarm.ts';
import { brokenAt } from '../../src/domain/audit/chain.ts';
import { type Incident, resolve, type Step } from '../../src/domain/incident/incident.ts';
import { reopen } from '../../src/domain/incident/reopened.ts';
import type { Ports } from '../../src/domain/ports.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import type { Store } from '../../src/domain/store.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import { openWay, quietLog, settings, silentMetrics } from '../support/ports.ts';
import { alarmText, prod, topic } from '../support/sandbox.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

const start = Date.parse('2026-11-22T03:00:00Z');

describe.each(engines)('a store on %s', (engine) => {
  let database: FreshDatabase;
  let store: Store;
  let now = start;

  beforeEach(async () => {
    now = start;
    database = await freshDatabase(engine, inject('postgresUrl'));
    store = await openStore(database, 'me');
  });
  afterEach(() => database.close());

  function ports(over: Store = store): Ports {
    return {
      store: over,
      clock: { now: () => now, wait: async () => undefined },
      log: quietLog,
      metrics: silentMetrics,
      rightOfWay: openWay,
      settings,
      wake: () => undefined,
    } as unknown as Ports;
  }

  /** Remembers an alarm as one that no log feeds, so that no card waits for one. */
  async function withoutLog(name: string): Promise<void> {
    if (!/^[\w-]{1,50}$/.test(name)) return;
    const arn = `arn:aws:cloudwatch:us-east-1:${prod}:alarm:${name}`;
    const place = { account: prod, region: 'us-east-1' };
    await store.transact(async (tx) => {
      if ((await tx.alarms([arn])).has(arn)) return;
      await tx.saveAlarms([{ id: arn, arn, name, ...place, state: 'OK', at: 0, resets: [], recognised: undefined, log: 'nothing' }]);
    });
  }

  async function receive(messageId: string, name: string, state: 'ALARM' | 'OK', at = now, over?: Store): Promise<void> {
    const message = {
      topicArn: topic,
      messageId,
      subject: undefined,
      publishedAt: at,
      message: JSON.stringify(alarmText(name, state, at)),
    };
    const signals = understand(message);
    await withoutLog(name);
    return receiveSignals(ports(over), [{ message, signals }]);
  }

  it('opens one incident for eight signals of one key that come at once', async () => {
    // Postgres: eight replicas. SQLite, which one process has open: eight deliveries at once.
    const others = engine === 'postgres' ? await Promise.all(Array.from({ length: 8 }, () => openDatabase(database.url))) : [];
    const stores =
      engine === 'postgres'
        ? await Promise.all(others.map((other, index) => openStore(other, `replica-${index}`)))
        : Array.from({ length: 8 }, () => store);
    await Promise.all(stores.map((one, index) => receive(`m${index}`, 'A', 'ALARM', now + index, one)));
    const open = await store.openIncidents(9);
    expect(open).toHaveLength(1);
    expect(open[0]?.incident.counts.signals).toBe(8);
    expect(await database.db.selectFrom('transitions').select('id').execute()).toHaveLength(8);
    await Promise.all(others.map((other) => other.close()));
  });

  it('knows a change again that its history tells, whatever came since, and one that comes after its history', async () => {
    const minute = 60_000;
    const tell = async (toldBy: ToldBy, state: 'ALARM' | 'OK', at: number): Promise<void> => {
      const message = { topicArn: topic, messageId: `${toldBy} ${at}`, subject: undefined, publishedAt: at, message: '' };
      const [signal] = understand({ ...message, message: JSON.stringify(alarmText('A', state, at)) }) as AlarmChange[];
      await receiveSignals(ports(), [{ message, signals: [{ ...(signal as AlarmChange), toldBy }] }]);
    };
    await tell('text', 'ALARM', now);
    await tell('text', 'OK', now + minute);
    await tell('text', 'ALARM', now + 5 * minute);
    await tell('history', 'ALARM', now + 37);
    await tell('history', 'OK', now + minute - 12);
    await tell('history', 'ALARM', now + 5 * minute + 80);
    expect((await store.openIncidents(9))[0]?.incident.counts).toMatchObject({ firings: 2, recoveries: 1 });
    await tell('history', 'OK', now + 3 * minute);
    await tell('text', 'OK', now + 3 * minute + 5);
    expect((await store.openIncidents(9))[0]?.incident.counts).toMatchObject({ firings: 2, recoveries: 2 });
  });

  it('does not lose a change when many transactions append to one incident at once', async () => {
    await receive('m', 'A', 'ALARM');
    await Promise.all(Array.from({ length: 20 }, (_, index) => receive(`m${index}`, 'A', index % 2 === 0 ? 'OK' : 'ALARM', now + 1_000 + index)));
    const [only] = await store.openIncidents(9);
    expect(only?.incident.counts).toEqual({ signals: 21, firings: expect.any(Number), recoveries: expect.any(Number) });
    const entries = await auditLogOf(database.db).entries(1, 0, 999);
    expect(entries).toHaveLength(21);
    expect(brokenAt(entries, [])).toBeUndefined();
  });

  it('shows where an entry was changed, taken out, or put in between', async () => {
    for (let index = 0; index < 4; index++) await receive(`m${index}`, 'A', 'ALARM', now + index);
    const entries = await auditLogOf(database.db).entries(1, 0, 999);
    expect(brokenAt(entries, [])).toBeUndefined();
    expect(
      brokenAt(
        entries.map((entry) => (entry.seq === 2 ? { ...entry, body: '{}' } : entry)),
        [],
      )?.seq,
    ).toBe(2);
    expect(
      brokenAt(
        entries.filter(({ seq }) => seq !== 3),
        [],
      )?.seq,
    ).toBe(4);
    expect(
      brokenAt(
        entries.map((entry) => (entry.seq === 3 ? { ...entry, body: undefined } : entry)),
        [],
      ),
    ).toBeUndefined();
  });

  it('rolls back a transaction whose work throws', async () => {
    await expect(
      store.transact(async (tx) => {
        await tx.admit([{ topicArn: topic, messageId: 'x' }], now);
        throw new Error('died between two lines');
      }),
    ).rejects.toThrow('died between two lines');
    expect(await store.transact((tx) => tx.admit([{ topicArn: topic, messageId: 'x' }], now))).toEqual(new Set([`${topic} x`]));
  });

  it('hands a due incident to one claimant only, and keeps it due when it changed meanwhile', async () => {
    await receive('m', 'A', 'ALARM');
    const claims = await Promise.all([store.claim(now, []), store.claim(now, [])]);
    const [claimed] = claims.filter((one) => one !== undefined);
    expect(claims.filter((one) => one !== undefined)).toHaveLength(1);
    if (claimed === undefined) throw new Error('nothing claimed');
    await receive('m2', 'A', 'OK', now + 1);
    await store.release(claimed, { at: undefined }, now);
    expect(await store.claim(now + 60_000, [])).toBeDefined();
  });

  it('keeps the pace of a card that changes while it is being edited, and drops it for a person', async () => {
    await receive('m', 'A', 'ALARM');
    const claimed = await store.claim(now, []);
    if (claimed === undefined) throw new Error('nothing claimed');
    await receive('m2', 'A', 'OK', now + 1);
    await store.release(claimed, { at: undefined, edited: true }, now);
    expect(await store.claim(now + 900, [])).toBeUndefined();
    const second = await store.claim(now + 1_000, []);
    if (second === undefined) throw new Error('nothing claimed');
    await store.transact(async (tx) => tx.save([{ incident: second.incident, due: { person: 'U1' } }], now));
    await store.release(second, { at: undefined, edited: true }, now + 1_000);
    expect(await store.claim(now + 1_001, [])).toBeDefined();
  });

  it('takes a reopened incident for the current one of its key, also beside a newer resolved one', async () => {
    const by = { id: 'U1', name: 'bob' };
    const change = (id: number, next: (incident: Incident) => Step) =>
      store.transact(async (tx) => {
        const step = next((await tx.incident(id)) as Incident);
        if (step.ok) await tx.save([{ incident: step.incident, due: { person: 'U1' } }], now);
      });
    await receive('m1', 'A', 'ALARM');
    await change(1, (incident) => resolve(incident, by, now, 'test', ''));
    now += 3_600_000;
    await receive('m2', 'A', 'ALARM');
    await change(2, (incident) => resolve(incident, by, now, 'test', ''));
    await change(1, (incident) => reopen(incident, by, now, undefined));
    now += 1_000;
    await receive('m3', 'A', 'ALARM');
    const open = await store.openIncidents(9);
    expect(open.map(({ incident }) => [incident.id, incident.counts.firings])).toEqual([[1, 2]]);
    const second = (await store.incident(2)) as Incident;
    expect(reopen(second, by, now, open[0]?.incident)).toMatchObject({ ok: false, reason: 'newer-is-open' });
  });

  it('takes names that no index and no text column would, and shows them', async () => {
    await receive('m1', `nul \0 ${'x'.repeat(6_000)}`, 'ALARM');
    await receive('m2', 'half a character \uD800', 'ALARM');
    expect(await store.openIncidents(9)).toHaveLength(2);
  });

  it('rests an incident that did not change', async () => {
    await receive('m', 'A', 'ALARM');
    const claimed = await store.claim(now, []);
    if (claimed === undefined) throw new Error('nothing claimed');
    await store.release(claimed, { at: undefined }, now);
    expect(await store.claim(now + 3_600_000, [])).toBeUndefined();
    expect(await store.nextDue([])).toBeUndefined();
  });

  it('refuses to save a picture whose lease was lost', async () => {
    await receive('m', 'A', 'ALARM');
    const claimed = await store.claim(now, []);
    if (claimed === undefined) throw new Error('nothing claimed');
    const shown = { name: 'card', ts: '1.1', digest: 'd', attempt: undefined, refused: undefined, failures: 0 };
    expect(await store.saveShown(claimed, shown)).toBe(true);
    await database.db.updateTable('incidents').set({ lease_owner: 'somebody else' }).execute();
    expect(await store.saveShown(claimed, shown)).toBe(false);
  });

  it('prefers what a person caused, then the graver card', async () => {
    await receive('m1', 'A', 'ALARM');
    await receive('m2', 'B', 'ALARM');
    await store.transact(async (tx) => {
      const second = await tx.incident(2);
      if (second) await tx.save([{ incident: second, due: { person: 'U1' } }], now);
    });
    expect((await store.claim(now, []))?.incident.id).toBe(2);
  });

  it('leaves out what waits for a budget that is used up', async () => {
    await receive('m1', 'A', 'ALARM');
    const claimed = await store.claim(now, []);
    if (claimed === undefined) throw new Error('nothing claimed');
    await store.release(claimed, { at: now, waitsFor: 'post' }, now);
    expect(await store.claim(now, ['post'])).toBeUndefined();
    expect((await store.claim(now, []))?.incident.id).toBe(1);
  });

  it('gives a budget out in bursts and then at its pace, and not at all while paused', async () => {
    const taken = [];
    for (let call = 0; call < 5; call++) taken.push(await store.take({ budget: 'post', channel: 'C1', isGrave: false }, now));
    expect(taken).toEqual([undefined, undefined, undefined, now + 1_000, now + 1_000]);
    expect(await store.take({ budget: 'post', channel: 'C1', isGrave: false }, now + 1_000)).toBeUndefined();
    await store.pause('post', 'C1', now + 30_000);
    expect(await store.take({ budget: 'post', channel: 'C1', isGrave: false }, now + 29_000)).toBe(now + 30_000);
    expect(await store.take({ budget: 'post', channel: 'C1', isGrave: false }, now + 30_000)).toBeUndefined();
    // A clock that was years ahead, or whoever can write rows, keeps nobody waiting for years.
    await database.db.updateTable('budgets').set({ ready_at: 9e15 }).execute();
    expect(await store.take({ budget: 'post', channel: 'C1', isGrave: false }, now + 31_000)).toBeUndefined();
    expect(await store.take({ budget: 'post', channel: 'C1', isGrave: false }, now + 31_000)).toBeUndefined();
  });

  it('finds responses whose process ended before their outcome', async () => {
    await receive('m', 'A', 'ALARM');
    await store.transact((tx) =>
      tx.begin({
        incident: 1,
        seq: 1,
        response: 'reset-mfa',
        subject: 'alice',
        by: 'bob',
        byId: 'U1',
        startedAt: now,
        owner: 'a process that died',
        counts: false,
      }),
    );
    expect(await store.abandoned(now - 1, 'me', false)).toEqual([]);
    expect(await store.abandoned(now - 1, 'me', true)).toHaveLength(1);
    expect(await store.abandoned(now + 1, 'me', false)).toHaveLength(1);
    expect(await store.recent(['reset-mfa'], 'alice', now - 1)).toMatchObject({ by: 'bob', startedAt: now });
    expect(await store.transact((tx) => tx.end({ incident: 1, seq: 1 }, { result: 'failed', isGuess: false }))).toBe(true);
    expect(await store.transact((tx) => tx.end({ incident: 1, seq: 1 }, { result: 'failed', isGuess: false }))).toBe(false);
    expect(await store.recent(['reset-mfa'], 'alice', now - 1)).toBeUndefined();
    expect(await store.abandoned(now + 1, 'me', true)).toEqual([]);
  });
});

describe('Postgres', () => {
  it('leaves nothing of a transaction that was given up, and outlives connections that are cut', async () => {
    const database = await freshDatabase('postgres', inject('postgresUrl'));
    const store = await openStore(database, 'me');
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    await other.query('begin');
    await other.query('lock table events in access exclusive mode');
    const work = store.transact(async (tx) => {
      await tx.admit([{ topicArn: topic, messageId: 'x' }], start);
      await tx.admitEvents(['e'], start);
    });
    await expect(work).rejects.toThrow('The database did not take this; nothing was changed.');
    await other.query('rollback');
    // Whatever connection is used next, nothing is left over on it.
    await Promise.all(Array.from({ length: 12 }, () => store.check(start)));
    expect((await other.query('select * from inbox')).rows).toEqual([]);
    await other.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
    await vi.waitFor(() => store.check(start));
    expect(await store.transact((tx) => tx.admit([{ topicArn: topic, messageId: 'x' }], start))).toEqual(new Set([`${topic} x`]));
    await other.end();
    await database.close();
  });
});

describe('SQLite', () => {
  it('refuses a second responder on the same file, with a fix', async () => {
    const database = await freshDatabase('sqlite', '');
    await expect(openDatabase(database.url)).rejects.toThrow(/is in use by another responder\. Stop that one, or use postgres/);
    await database.close();
  });
});
