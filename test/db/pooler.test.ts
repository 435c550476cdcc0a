/** Postgres through a pooler in transaction mode, and that the stand-in refuses what such a pooler does. */
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { day } from '../../src/domain/retention.ts';
import { prune } from '../../src/features/prune.ts';
import { type Pooler, poolerBefore } from '../support/pooler.ts';
import { newDatabase } from '../support/postgres.ts';
import { replica } from '../support/replica.ts';
import { alarmText } from '../support/sandbox.ts';

const t0 = Date.parse('2026-11-22T03:00:00Z');

describe('Postgres through a pooler in transaction mode', () => {
  let pooler: Pooler;
  beforeEach(async () => {
    pooler = await poolerBefore(await newDatabase(inject('postgresUrl')));
  });
  afterEach(() => pooler.close());

  it('is migrated, written and read as it comes', async () => {
    const database = { ...(await openDatabase(pooler.url)), url: pooler.url };
    const one = await replica(database, t0);
    await Promise.all([1, 2, 3, 4].map((index) => one.receive(alarmText(`Alarm-${index}`, 'ALARM', t0))));
    await one.work();
    const claimed = await one.store.claim(one.now, []);
    expect(claimed).toBeDefined();
    if (claimed) await one.store.release(claimed, { at: undefined }, one.now);
    await prune(one.ports, { keeping: { detailsMs: 400 * day, signInsMs: 7 * day }, stop: new AbortController().signal });
    expect(await one.incidents()).toHaveLength(4);
    await database.close();
    expect(pooler.faults).toEqual([]);
  });

  it('refuses start-up parameters, and sees what lasts longer than a transaction', async () => {
    const strict = new pg.Client({ connectionString: pooler.url, statement_timeout: 1_000 });
    await expect(strict.connect()).rejects.toThrow('unsupported startup parameter: statement_timeout');
    const client = new pg.Client({ connectionString: pooler.url });
    await client.connect();
    await client.query('set statement_timeout = 1000');
    await client.query('begin; set local statement_timeout = 1000');
    await client.query('select pg_advisory_lock(1)');
    await client.query('rollback');
    await client.query({ name: 'named', text: 'select 1' });
    await client.end();
    expect(pooler.faults).toEqual(['set statement_timeout = 1000', 'a statement prepared by name: select 1']);
  });
});
