/** Statements that connections to Postgres keep, and statements that do not wait for each other. */
import { sql } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it, type MockInstance, vi } from 'vitest';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { openStore } from '../../src/db/store.ts';
import { together } from '../../src/features/together.ts';
import { costly, plansOf } from '../support/plans.ts';
import { poolerBefore } from '../support/pooler.ts';
import { type Replica, replica } from '../support/replica.ts';
import { alarmText } from '../support/sandbox.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

const t0 = Date.parse('2026-11-22T03:00:00Z');

describe('statements to Postgres', () => {
  let database: FreshDatabase;
  let one: Replica;
  let sent: MockInstance<typeof pg.Client.prototype.query>;
  beforeEach(async () => {
    database = await freshDatabase('postgres', inject('postgresUrl'));
    one = await replica(database, t0);
    sent = vi.spyOn(pg.Client.prototype, 'query');
  });
  afterEach(async () => {
    sent.mockRestore();
    await database.close();
  });

  function queries(): pg.QueryConfig[] {
    return (sent.mock.calls as unknown as [string | pg.QueryConfig][]).flatMap(([query]) => (typeof query === 'string' ? [] : [query]));
  }

  async function keptIn({ db }: Database): Promise<string[]> {
    const { rows } = await sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(db);
    return rows.map(({ statement }) => statement);
  }

  it('are kept where nothing is in between', async () => {
    await one.receive(alarmText('A', 'ALARM', t0));
    await one.receive(alarmText('A', 'OK', t0 + 1_000));
    expect((await keptIn(database)).filter((text) => /^(insert into (inbox|entries)|update incidents)/.test(text))).toHaveLength(3);
  });

  it('are sent anew each time through a pooler, which may give each transaction another connection', async () => {
    const pooler = await poolerBefore(database.url);
    const behind = { ...(await openDatabase(pooler.url)), url: pooler.url };
    sent.mockClear();
    await (await replica(behind, t0)).receive(alarmText('A', 'ALARM', t0));
    expect(queries().flatMap(({ name }) => name ?? [])).toEqual([]);
    expect(await keptIn(behind)).toEqual([]);
    await behind.close();
    await pooler.close();
  });

  it('are sent anew each time once one was missing: what is in between was not seen; nothing is lost', async () => {
    await one.receive(alarmText('A', 'ALARM', t0));
    await sql`deallocate all`.execute(database.db);
    await one.receive(alarmText('A', 'OK', t0 + 1_000));
    expect((await one.incidents()).map(({ counts }) => counts.signals)).toEqual([2]);
    sent.mockClear();
    await one.receive(alarmText('A', 'ALARM', t0 + 2_000));
    expect(queries().flatMap(({ name }) => name ?? [])).toEqual([]);
    expect((await one.incidents()).map(({ counts }) => counts.signals)).toEqual([3]);
  });

  it('go on with a table that was changed since they were kept', async () => {
    await one.receive(alarmText('A', 'ALARM', t0));
    await sql`alter table alarms alter column body type varchar`.execute(database.db);
    await one.receive(alarmText('A', 'OK', t0 + 1_000));
    expect((await one.incidents()).map(({ counts }) => counts.signals)).toEqual([2]);
    sent.mockClear();
    await one.receive(alarmText('A', 'ALARM', t0 + 2_000));
    expect(queries().flatMap(({ name }) => name ?? [])).not.toEqual([]);
  });

  it('seek also by plans that were made while there was nothing to find', async () => {
    sent.mockRestore();
    const tables = (await database.db.introspection.getTables()).map(({ name }) => name).filter((name) => name !== 'facts');
    const plans = await plansOf(database, async () => {
      await one.receive(alarmText('A', 'ALARM', t0), alarmText('B', 'ALARM', t0));
      await one.receive(alarmText('A', 'OK', t0 + 1_000));
    });
    expect(plans.length).toBeGreaterThan(15);
    for (const plan of plans) expect({ ...plan, costly: costly(plan, tables) }).toEqual({ ...plan, costly: [] });
    for (const { plan } of plans) expect(plan).not.toMatch(/Hash Join|Merge Join|Materialize/);
  });

  it('are run in the order in which they are given: what follows a lock waits for it', async () => {
    const [first, second] = [await openStore(database, 'first'), await openStore(database, 'second')];
    await one.receive(alarmText('A', 'ALARM', t0));
    const { key } = (await one.incidents())[0] as { key: string };
    let isLocked = (): void => undefined;
    const locked = new Promise<void>((resolve) => {
      isLocked = resolve;
    });
    const changing = first.transact(async (tx) => {
      await tx.lock([key]);
      isLocked();
      const incident = (await tx.newest([key])).get(key);
      await vi.waitFor(async () => {
        const { rows } = await sql`select 1 from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`.execute(
          database.db,
        );
        expect(rows).toHaveLength(1);
      });
      if (incident) await tx.save([{ incident: { ...incident, counts: { ...incident.counts, signals: 77 } }, due: 'now' }], t0);
    });
    await locked;
    const [, newest] = await second.transact((tx) => together([tx.lock([key]), tx.newest([key])]));
    await changing;
    expect(newest.get(key)?.counts.signals).toBe(77);
  });

  it('of a transaction that failed leave nothing, also those that did not wait', async () => {
    const store = await openStore(database, 'me');
    const failing = store.transact((tx) =>
      together([tx.note('before', 'x', t0), tx.incident(Number.NaN), tx.schedule([{ kind: 'ring', incident: 1 }], t0), tx.note('after', 'x', t0)]),
    );
    await expect(failing).rejects.toMatchObject({ code: 'unavailable' });
    expect([await store.fact('before'), await store.fact('after'), await store.nextChoreAt(['ring'])]).toEqual([undefined, undefined, undefined]);
    await one.receive(alarmText('A', 'ALARM', t0));
    expect(await one.incidents()).toHaveLength(1);
  });
});
