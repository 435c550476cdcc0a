/** Brings a database up to the newest schema: all of it or nothing, one process at a time, and never one that a newer version wrote. */
import { renameSync, rmSync } from 'node:fs';
import { type Kysely, type Migration, Migrator, sql } from 'kysely';
import { AppError } from '../domain/error.ts';
import type { Schema } from './schema.ts';

export type Migrations = Readonly<Record<string, Migration>>;

/**
 * Postgres has one transaction over all migrations, under a lock that other replicas wait for.
 * @throws AppError `refused` when a newer version wrote the database
 */
export async function migratePostgres(db: Kysely<Schema>, migrations: Migrations): Promise<void> {
  refuseNewer(await appliedIn(db), migrations);
  await migrateIn(db, migrations);
}

/**
 * A file is copied before anything in it is changed, so that the version before can be started again.
 * @returns where the copy is; undefined when nothing was to be changed
 * @throws AppError `refused` when a newer version wrote the database
 */
export async function migrateSqlite(db: Kysely<Schema>, migrations: Migrations, path: string): Promise<string | undefined> {
  const applied = await appliedIn(db);
  refuseNewer(applied, migrations);
  const [next] = Object.keys(migrations).filter((name) => !applied.includes(name));
  if (next === undefined) return undefined;
  const copy = applied.length === 0 ? undefined : await copyBefore(db, `${path}.before-${next}`);
  await db.connection().execute(async (connection) => {
    await sql`begin immediate`.execute(connection);
    try {
      await migrateIn(connection, migrations);
      await sql`commit`.execute(connection);
    } catch (thrown) {
      await sql`rollback`.execute(connection);
      throw thrown;
    }
  });
  return copy;
}

async function migrateIn(db: Kysely<Schema>, migrations: Migrations): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

/** The names of the migrations that made a database what it is; none: it is new. */
export async function appliedIn(db: Kysely<Schema>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === 'kysely_migration')) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}

export function refuseNewer(applied: readonly string[], migrations: Migrations): void {
  const unknown = applied.filter((name) => !(name in migrations));
  if (unknown.length === 0) return;
  throw new AppError(
    'refused',
    `DATABASE_URL: a newer version of the responder wrote this database (it has ${unknown.join(', ')}). Start that version again, or put the copy from before its upgrade in place: docs/running.md, “Going back”.`,
  );
}

/** Whole or not at all: a copy that a full disk cut short is never taken for one. */
async function copyBefore(db: Kysely<Schema>, path: string): Promise<string> {
  const unfinished = `${path}.unfinished`;
  rmSync(unfinished, { force: true });
  await sql`vacuum into ${unfinished}`.execute(db);
  renameSync(unfinished, path);
  return path;
}
