/** What `npm run audit -- verify` says of a log from which only retention took something. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { auditLogOf } from '../../src/db/audit-log.ts';
import { day } from '../../src/domain/retention.ts';
import { prune } from '../../src/features/prune.ts';
import { verifyLog } from '../../src/features/verify-log.ts';
import { type Replica, replica } from '../support/replica.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

const t0 = Date.parse('2025-01-10T03:00:00Z');
const hour = 3_600_000;
const keeping = { detailsMs: 31 * day, signInsMs: 7 * day };

describe.each(engines)('a log that was only pruned, on %s', (engine) => {
  let database: FreshDatabase;
  let one: Replica;
  beforeEach(async () => {
    database = await freshDatabase(engine, inject('postgresUrl'));
    one = await replica(database, t0);
  });
  afterEach(() => database.close());

  const run = () => prune(one.ports, { keeping, stop: new AbortController().signal });
  const note = (incident: number, at: number) =>
    one.store.transact((tx) => tx.append([{ incident, at, kind: 'note', reply: 'none', body: { what: 'note', text: 'n' } }]));
  const verified = async () => (await verifyLog({ log: auditLogOf(database.db), keys: [], written: [] })).findings;

  it('is whole when an older incident has the newer of the entries that are pruned', async () => {
    // SIN-1 is still worked on when SIN-2 is: its first entry that is left is the newer one.
    await note(1, t0 + 5 * hour);
    await note(2, t0 + 2 * hour);
    one.now = t0 + 31 * day + 12 * hour;
    expect(await run()).toMatchObject({ details: 2 });
    expect(await verified()).toEqual([]);
  });

  it('is whole day by day, in ordinary use: two incidents that go on side by side', async () => {
    for (let n = 0; n < 10; n++) {
      await note(1, t0 + n * day + 9 * hour);
      await note(2, t0 + n * day + 8 * hour);
    }
    for (let n = 0; n < 12; n++) {
      one.now = t0 + (31 + n) * day + 12 * hour;
      await run();
    }
    expect(await verified()).toEqual([]);
  });

  it('is whole when the entry that explains a pruning is itself old enough to be pruned', async () => {
    await note(1, t0);
    one.now = t0 + 32 * day;
    expect(await run()).toMatchObject({ details: 1 });
    expect(await verified()).toEqual([]);
    // After a long stop the clock is believed a day later.
    for (const days of [31, 1]) {
      one.now += days * day;
      await run();
    }
    const { entries } = await one.store.entries(0, { from: 0, count: 9 });
    expect(entries.map(({ body }) => body.what)).toEqual(['pruning', 'pruned']);
    expect(await verified()).toEqual([]);
  });

  it('is whole where an older version said of what time it took', async () => {
    await note(1, t0);
    await note(2, t0 + hour);
    const range = { from: t0, until: t0 + 2 * hour };
    await one.store.transact((tx) =>
      tx.append([{ incident: 0, at: t0 + 31 * day, kind: 'note', reply: 'none', body: { what: 'pruning', text: 'p', range } }]),
    );
    await sql`update entries set body = null, salt = '' where incident > 0`.execute(database.db);
    expect(await verified()).toEqual([]);
  });

  it('is not whole where a text is missing that is newer than what was pruned', async () => {
    await note(1, t0);
    await note(1, t0 + 10 * day);
    one.now = t0 + 32 * day;
    expect(await run()).toMatchObject({ details: 1 });
    await sql`update entries set body = null, salt = '' where incident = 1`.execute(database.db);
    expect(await verified()).toEqual([{ incident: 1, seq: 2, fault: 'body-missing', foundBy: 'chain' }]);
    one.now += day;
    await run();
    expect(await verified()).toMatchObject([{ seq: 2, fault: 'body-missing' }]);
  });
});
