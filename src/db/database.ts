import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { AppError } from '../domain/error.ts';
import { databaseFailure } from './failure.ts';
import { type Migrations, migratePostgres, migrateSqlite } from './migrate.ts';
import { up as initial } from './migrations/0001-initial.ts';
import { up as signInMemory } from './migrations/0002-sign-in-memory.ts';
import { up as seeks } from './migrations/0004-seeks.ts';
import { nodeSqliteDialect } from './node-sqlite.ts';
import type { Schema } from './schema.ts';

export type Engine = 'sqlite' | 'postgres';

export interface Database {
  readonly engine: Engine;
  readonly db: Kysely<Schema>;
  /** Where the file was copied to before this start brought its schema up to date; undefined: it was up to date, or is no file. */
  readonly copiedTo?: string | undefined;
  close(): Promise<void>;
}

export const migrations: Migrations = {
  '0001-initial': { up: initial },
  '0002-sign-in-memory': { up: signInMemory },
  '0004-seeks': { up: seeks },
};

/**
 * Opens the database and brings its schema up to date.
 * @param url `file:./data/responder.db` or `postgres://…`
 * @throws AppError `refused` when another process has the SQLite file open or a newer version wrote the database, `unavailable` when it cannot be opened
 */
export async function openDatabase(url: string): Promise<Database> {
  const path = pathIn(url);
  let database: Database | undefined;
  try {
    database = path === undefined ? openPostgres(url) : openSqlite(path);
    if (path !== undefined) return { ...database, copiedTo: await migrateSqlite(database.db, migrations, path) };
    await migratePostgres(database.db, migrations);
    return database;
  } catch (thrown) {
    await database?.close().catch(() => undefined);
    throw databaseFailure(thrown, path);
  }
}

/** Undefined: Postgres. */
function pathIn(url: string): string | undefined {
  if (!url.startsWith('file:')) return undefined;
  return url.startsWith('file:///') ? fileURLToPath(url) : url.slice('file:'.length);
}

function openSqlite(path: string): Database {
  mkdirSync(dirname(path), { recursive: true });
  const lock = lockFile(path);
  const db = new Kysely<Schema>({ dialect: nodeSqliteDialect(path) });
  return {
    engine: 'sqlite',
    db,
    close: async () => {
      await db.destroy();
      lock.close();
    },
  };
}

const busy = 5;

/** Held by the operating system as long as the process lives, so a killed bot leaves nothing behind that must be removed. */
function lockFile(path: string): DatabaseSync {
  const lock = new DatabaseSync(`${path}.lock`);
  try {
    lock.exec('pragma locking_mode = exclusive; begin exclusive');
    return lock;
  } catch (thrown) {
    lock.close();
    if ((thrown as { errcode?: unknown }).errcode !== busy) throw thrown;
    throw new AppError('refused', `DATABASE_URL: ${path} is in use by another responder. Stop that one, or use postgres:// for several.`, {
      cause: thrown,
    });
  }
}

/** The server gives up first, so that a transaction never goes on after we took it for failed; ours is for a server that is gone. */
const serverTimeouts = { statement_timeout: 4_000, lock_timeout: 4_000, idle_in_transaction_session_timeout: 10_000 };
const clientTimeouts = { connectionTimeoutMillis: 5_000, query_timeout: 8_000, keepAlive: true };

function openPostgres(url: string): Database {
  const int8 = 20;
  const types = {
    getTypeParser: ((id: number, format: never) => (id === int8 ? Number : pg.types.getTypeParser(id, format))) as typeof pg.types.getTypeParser,
  };
  const pool = new pg.Pool({ connectionString: url, max: 10, types, ...serverTimeouts, ...clientTimeouts });
  // A connection that breaks fails its query; without a listener it would end the process as well.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: { connect: () => connect(pool), end: () => pool.end() } }) });
  return { engine: 'postgres', db, close: () => db.destroy() };
}

/** A connection whose state is in doubt is not used again: what is left of its transaction must not be committed by the next. */
async function connect(pool: pg.Pool): Promise<PostgresPoolClient> {
  const client = await pool.connect();
  let isDoubtful = false;
  const query = async (text: string, values: readonly unknown[]) => {
    try {
      return await client.query(text, [...values]);
    } catch (thrown) {
      // Errors that the server itself tells have a code of five characters, and leave the connection as it should be.
      isDoubtful ||= !/^[0-9A-Z]{5}$/.test(String((thrown as { code?: unknown }).code)) || /^rollback/i.test(text);
      throw thrown;
    }
  };
  return { query, release: () => client.release(isDoubtful) } as unknown as PostgresPoolClient;
}
