/** A disk that is full for a time. */
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { openStore } from '../../src/db/store.ts';
import { asAppError } from '../../src/domain/error.ts';
import { opsServer } from '../../src/ops/health.ts';
import { openMetrics } from '../../src/ops/metrics.ts';
import { freshDatabase } from '../support/stores.ts';

const now = Date.parse('2026-11-22T03:00:00Z');

it('is told as that, changes nothing, and is over when there is room', async () => {
  const database = await freshDatabase('sqlite', '');
  const store = await openStore(database, 'me');
  const ops = opsServer({ store, metrics: openMetrics(), clock: { now: () => now, wait: async () => undefined }, troubles: () => [] });
  await new Promise<void>((resolve) => ops.listen(0, '127.0.0.1', resolve));
  const readyz = async (): Promise<unknown> => (await fetch(`http://127.0.0.1:${(ops.address() as AddressInfo).port}/readyz`)).json();
  const much = (): Promise<unknown> =>
    store.transact(async (tx) => {
      for (let i = 0; i < 50; i++) await tx.note(`much ${i}`, 'x'.repeat(5_000), now);
      await tx.note('small', '', now);
    });

  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(database.db);
  await sql`pragma max_page_count = ${sql.lit(rows[0]?.page_count ?? 0)}`.execute(database.db);
  const fault = asAppError(await much().catch((thrown: unknown) => thrown));
  expect([fault.code, fault.reason, (fault.cause as Error).message]).toEqual(['unavailable', 'the disk is full.', 'database or disk is full']);
  for (const size of [500, 0]) for (let i = 0; (await store.remember(`${size} ${i}`, 'x'.repeat(size), now).catch(() => 'full')) !== 'full'; i++);
  expect(await store.check(now).catch(() => 'full')).toBe('full');
  expect(await readyz()).toEqual({ status: 'unavailable', reason: 'The database does not commit: the disk is full.' });

  await sql`pragma max_page_count = 1000000`.execute(database.db);
  expect(await readyz()).toEqual({ status: 'ready' });
  await much();
  expect(await store.fact('small')).toBe('');
  ops.close();
  await database.close();
});
