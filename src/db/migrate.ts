/** Brings a database up to the newest schema: all of it or nothing, one process at a time, and never one that a newer version wrote. */
import { renameSync, rmSync } from 'node:fs';
import { type Kysely, type Migration, Migrator, type RawBuilder, sql } from 'kysely';
import { AppError } from '../domain/error.ts';
import { makeOwnFile } from './own-files.ts';
import type { Schema } from './schema.ts';

export type Migrations = Readonly<Record<string, Migration>>;

/** As Kysely itself has it, so that versions which left the lock to it wait for us, and we for them. */
const migrationLock = '3853314791062309107';

/**
 * The names of the migrations that a database still needs, in their order.
 * @throws AppError `refused` when a newer version wrote it
 */
export function pendingOf(applied: readonly string[], migrations: Migrations): string[] {
  const unknown = applied.filter((name) => !(name in migrations));
  if (unknown.length > 0)
    throw new AppError(
      'refused',
      `DATABASE_URL: a newer version of the responder wrote this database (it has ${unknown.join(', ')}). Start that version again, or put the copy from before its upgrade in place: docs/running.md, “Going back”.`,
    );
  return Object.keys(migrations).filter((name) => !applied.includes(name));
}

/**
 * The names of the migrations that made a database what it is; none: it is new. Asked for all its tables instead, Postgres works for longer than for
 * all else of a start.
 */
export async function appliedIn(db: Kysely<Schema>): Promise<string[]> {
  try {
    const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
    return rows.map(({ name }) => name);
  } catch (thrown) {
    if (isWithoutTable(thrown)) return [];
    throw thrown;
  }
}

/** Source: “PostgreSQL Error Codes”, undefined_table. */
function isWithoutTable(thrown: unknown): boolean {
  const { code, message = '' } = thrown as { code?: unknown; message?: string };
  return code === '42P01' || message === 'no such table: kysely_migration';
}

/** Other replicas wait until it is done. @param db may take its time over a statement */
export async function migratePostgres(db: Kysely<Schema>, migrations: Migrations): Promise<void> {
  // A lock of the transaction: one of the session would stay behind on a pooler's connection.
  await whole(db, migrations, [sql`begin`, sql`select pg_advisory_xact_lock(${sql.lit(migrationLock)})`]);
}

/** A file is copied before anything in it is changed, so that the version before can be started again. @returns where the copy is */
export async function migrateSqlite(db: Kysely<Schema>, migrations: Migrations, path: string): Promise<string | undefined> {
  const applied = await appliedIn(db);
  const [next] = pendingOf(applied, migrations);
  if (next === undefined) return undefined;
  const copy = applied.length === 0 ? undefined : await copyBefore(db, `${path}.before-${next}`);
  await whole(db, migrations, [sql`begin immediate`]);
  return copy;
}

/** Whole or not at all: a copy that a full disk cut short is never taken for one. */
async function copyBefore(db: Kysely<Schema>, path: string): Promise<string> {
  const unfinished = `${path}.unfinished`;
  rmSync(unfinished, { force: true });
  makeOwnFile(unfinished);
  await sql`vacuum into ${unfinished}`.execute(db);
  renameSync(unfinished, path);
  return path;
}

/** Kysely makes these itself, but takes what is refused for a table that another process made meanwhile, and goes on in a transaction that is lost. */
const ownTables = [
  sql`create table if not exists kysely_migration (name varchar(255) not null primary key, timestamp varchar(255) not null)`,
  sql`create table if not exists kysely_migration_lock (id varchar(255) not null primary key, is_locked integer default 0 not null)`,
];

async function whole(db: Kysely<Schema>, migrations: Migrations, beginning: readonly RawBuilder<unknown>[]): Promise<void> {
  await db.connection().execute(async (connection) => {
    for (const statement of beginning) await statement.execute(connection);
    try {
      for (const table of ownTables) await table.execute(connection);
      const provider = { getMigrations: async () => ({ ...migrations }) };
      const { error } = await new Migrator({ db: connection, provider, disableTransactions: true }).migrateToLatest();
      if (error) throw error;
      await sql`commit`.execute(connection);
    } catch (thrown) {
      await sql`rollback`.execute(connection);
      throw thrown;
    }
  });
}
