/** Has transactions queue that work on the same incidents. */
import { hash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { kept } from './kept-statements.ts';
import type { Schema } from './schema.ts';
import { type Sender, senderOver } from './sender.ts';

/** Tells these locks from those of other programs on the same database. */
const lockSpace = 0x5349_4e30;
/** Shared by all who lock keys; whoever locks more of them than Postgres's table of locks should hold takes it alone instead. */
const lockOfAll = 0;
const mostKeys = 500;

const lockNumbers = kept(`
  select case number
    when ${lockOfAll} then pg_advisory_xact_lock_shared(${lockSpace}, number)
    else pg_advisory_xact_lock(${lockSpace}, number) end
  from unnest($1::int[]) as given (number)`);
const lockAll = `select pg_advisory_xact_lock(${lockSpace}, ${lockOfAll})`;

/**
 * Makes this the only transaction that works on these keys, until it ends. In the order of their numbers, so that those which take several never
 * wait for each other; keys that share a number wait without need. On SQLite whoever writes is alone.
 */
export async function lockKeys(db: Kysely<Schema>, keys: readonly string[]): Promise<void> {
  if (keys.length > 0 && isPostgres(db)) await lockBy(await senderOver(db), keys);
}

/** The same on Postgres; what is sent after it, also without waiting for it, is run under the lock. */
export async function lockBy(sender: Sender, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const numbers = [...new Set(keys.map(numberOf))].toSorted((a, b) => a - b);
  if (numbers.length > mostKeys) await sender.send(lockAll, []);
  else await sender.send(lockNumbers, [[lockOfAll, ...numbers]]);
}

export function isPostgres(db: Kysely<Schema>): boolean {
  return db.getExecutor().adapter.supportsTransactionalDdl;
}

/** Never that of all. */
function numberOf(key: string): number {
  return hash('sha256', key, 'buffer').readInt32BE() | 1;
}
