/** Brings a database up to the newest schema: all of it or nothing, one process at a time, and never one that a newer version wrote. */
import { renameSync, rmSync } from 'node:fs';
import { type Kysely, type Migration, Migrator, type RawBuilder, sql } from 'kysely';
import { AppError } from '../domain/error.ts';
import { makeOwnFile, syncFile } from './own-files.ts';
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
  if (applied.length === 0) await refuseForeign(db, path);
  const copy = applied.length === 0 ? undefined : await copyBefore(db, `${path}.before-${next}`);
  await whole(db, migrations, [sql`begin immediate`]);
  return copy;
}

/** Nothing says which version made what is in it. */
async function refuseForeign(db: Kysely<Schema>, path: string): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select name from sqlite_master where type = 'table' and name not like 'sqlite%' and name not like 'kysely%' order by name limit 1`.execute(db);
  const [table] = rows;
  if (table === undefined) return;
  throw new AppError(
    'refused',
    `DATABASE_URL: ${path} has a table ${table.name}, but no list of the responder’s migrations: another program made it, or it is damaged. Choose another path, or put a backup in its place.`,
  );
}

/** Whole and on the disk, or not at all: a copy that was cut short is never taken for one, and takes no room. */
async function copyBefore(db: Kysely<Schema>, path: string): Promise<string> {
  const unfinished = `${path}.unfinished`;
  rmSync(unfinished, { force: true });
  makeOwnFile(unfinished);
  try {
    await sql`vacuum into ${unfinished}`.execute(db);
    syncFile(unfinished);
    renameSync(unfinished, path);
  } catch (thrown) {
    rmSync(unfinished, { force: true });
    throw thrown;
  }
  return path;
}

/** Kysely makes these itself, but takes what is refused for a table that another process made meanwhile, and goes on in a transaction that is lost. */
const ownTables = [
  sql`create table if not exists kysely_migration (name varchar(255) not null primary key, timestamp varchar(255) not null)`,
  sql`create table if not exists kysely_migration_lock (id varchar(255) not null primary key, is_locked integer default 0 not null)`,
];

async function whole(db: Kysely<Schema>, migrations: Migrations, beginning: readonly RawBuilder<unknown>[]): Promise<void> {
  await db.connection().execute(async (connection) => {
    let failure: unknown;
    // After one that fails, Kysely gives what it meets in the transaction that is lost by then.
    const remembering = ({ up }: Migration): Migration => ({
      up: (within) =>
        up(within).catch((thrown: unknown) => {
          failure = thrown;
          throw thrown;
        }),
    });
    for (const statement of beginning) await statement.execute(connection);
    try {
      for (const table of ownTables) await table.execute(connection);
      // Whoever had the lock before may have been newer.
      pendingOf(await appliedIn(connection), migrations);
      const all = Object.fromEntries(Object.entries(migrations).map(([name, migration]) => [name, remembering(migration)]));
      const provider = { getMigrations: async () => all };
      const { error } = await new Migrator({ db: connection, provider, disableTransactions: true }).migrateToLatest();
      if (error) throw error;
      await sql`commit`.execute(connection);
    } catch (thrown) {
      await sql`rollback`.execute(connection);
      throw failure ?? thrown;
    }
  });
}
