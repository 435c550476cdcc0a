/** Has transactions queue that work on the same incidents. */
import { hash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Tx } from '../domain/store.ts';
import type { Schema } from './schema.ts';

/** Tells these locks from those of other programs on the same database. */
const lockSpace = 0x5349_4e30;
/** Shared by all who lock keys; whoever locks more of them than Postgres's table of locks should hold takes it alone instead. */
const lockOfAll = 0;
const mostKeys = 500;

/**
 * Makes this the only transaction that works on these keys, until it ends. In the order of their numbers, so that those which take several never
 * wait for each other; keys that share a number wait without need. On SQLite whoever writes is alone.
 */
export async function lockKeys(db: Kysely<Schema>, keys: readonly string[]): ReturnType<Tx['lock']> {
  const isPostgres = db.getExecutor().adapter.supportsTransactionalDdl;
  if (!isPostgres) return 'as-read';
  if (keys.length > 0) await lockInPostgres(db, keys);
  return 'read-again';
}

async function lockInPostgres(db: Kysely<Schema>, keys: readonly string[]): Promise<void> {
  const numbers = [...new Set(keys.map(numberOf))].toSorted((a, b) => a - b);
  const space = sql.lit(lockSpace);
  if (numbers.length > mostKeys) await sql`select pg_advisory_xact_lock(${space}, ${sql.lit(lockOfAll)})`.execute(db);
  else
    await sql`
      select case number
        when ${sql.lit(lockOfAll)} then pg_advisory_xact_lock_shared(${space}, number)
        else pg_advisory_xact_lock(${space}, number) end
      from unnest(${[lockOfAll, ...numbers]}::int[]) as given (number)`.execute(db);
}

/** Never that of all. */
function numberOf(key: string): number {
  return hash('sha256', key, 'buffer').readInt32BE() | 1;
}
