/** A database for a command that changes one thing, while a responder may have it open and go on. */
import { existsSync } from 'node:fs';
import { Kysely } from 'kysely';
import { AppError } from '../domain/error.ts';
import { type Database, migrations, pathIn } from './database.ts';
import { databaseFailure } from './failure.ts';
import { appliedIn, pendingOf } from './migrate.ts';
import { nodeSqlite } from './node-sqlite.ts';
import { patientPostgresOf } from './postgres.ts';
import type { Schema } from './schema.ts';

/**
 * Its schema is left as it is, and so are the leases of whoever has it open.
 * @param url as DATABASE_URL has it
 * @throws AppError `unavailable` when it cannot be opened, `refused` when it is not there or another version wrote it
 */
export async function openBeside(url: string): Promise<Database> {
  const path = pathIn(url);
  if (path !== undefined && !existsSync(path)) throw new AppError('refused', `DATABASE_URL: there is no file ${path}.`);
  try {
    const database = path === undefined ? ofPostgres(url) : ofSqlite(path);
    if (pendingOf(await appliedIn(database.db), migrations).length === 0) return database;
    await database.close();
    throw new AppError('refused', 'DATABASE_URL: an older version of the responder wrote this database. Use that version, or start this one first.');
  } catch (thrown) {
    throw databaseFailure(thrown, path);
  }
}

function ofSqlite(path: string): Database {
  const { synced, prepared } = nodeSqlite(path);
  const db = new Kysely<Schema>({ dialect: synced });
  return { engine: 'sqlite', db, prepared, isBeside: true, close: () => db.destroy() };
}

function ofPostgres(url: string): Database {
  const db = patientPostgresOf(url);
  return { engine: 'postgres', db, isBeside: true, close: () => db.destroy() };
}
