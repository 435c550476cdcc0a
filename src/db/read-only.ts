/** A database for whoever only reads it: a responder may have it open. */
import { existsSync } from 'node:fs';
import { Kysely, sql } from 'kysely';
import { AppError } from '../domain/error.ts';
import { migrations, pathIn } from './database.ts';
import { databaseFailure } from './failure.ts';
import { appliedIn, pendingOf } from './migrate.ts';
import { nodeSqlite } from './node-sqlite.ts';
import { patientPostgresOf } from './postgres.ts';
import type { Schema } from './schema.ts';

/**
 * @param url as DATABASE_URL has it
 * @throws AppError `unavailable` when it cannot be read, `refused` when it is not there or another version wrote it
 */
export async function openReadOnly(url: string): Promise<Kysely<Schema>> {
  const path = pathIn(url);
  if (path !== undefined && !existsSync(path)) throw new AppError('refused', `DATABASE_URL: there is no file ${path}.`);
  try {
    const db = path === undefined ? patientPostgresOf(url) : new Kysely<Schema>({ dialect: nodeSqlite(path, { readOnly: true }).synced });
    const pending = pendingOf(await appliedIn(db), migrations);
    if (pending.length === 0) return db;
    await db.destroy();
    throw new AppError(
      'refused',
      'DATABASE_URL: an older version of the responder wrote this database. Start this version once, or read it with that one.',
    );
  } catch (thrown) {
    throw thrown instanceof AppError ? thrown : databaseFailure(thrown, path);
  }
}

/**
 * Reads as of one moment, whatever is written meanwhile: what is read first and what is read last fit each other. Of a database that is open for
 * reading only; on SQLite its log is not shortened until this ends.
 */
export function asOfNow<T>(db: Kysely<Schema>, read: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
  return db.connection().execute(async (one) => {
    const isPostgres = one.getExecutor().adapter.supportsTransactionalDdl;
    await sql.raw(isPostgres ? 'begin isolation level repeatable read read only' : 'begin').execute(one);
    try {
      return await read(one);
    } finally {
      await sql`rollback`.execute(one);
    }
  });
}
