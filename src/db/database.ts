import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { Kysely } from 'kysely';
import { AppError } from '../domain/error.ts';
import { databaseFailure } from './failure.ts';
import { type Migrations, migratePostgres, migrateSqlite } from './migrate.ts';
import { up as initial } from './migrations/0001-initial.ts';
import { up as signInMemory } from './migrations/0002-sign-in-memory.ts';
import { up as seeks } from './migrations/0004-seeks.ts';
import { up as storms } from './migrations/0006-storms.ts';
import { up as sweep } from './migrations/0007-sweep.ts';
import { up as retention } from './migrations/0009-retention.ts';
import { up as audit } from './migrations/0010-audit.ts';
import { up as requests } from './migrations/0011-requests.ts';
import { up as sealedState } from './migrations/0012-sealed-state.ts';
import { up as underWay } from './migrations/0014-under-way.ts';
import { up as inboxByTime } from './migrations/0018-inbox-by-time.ts';
import { up as inboxById } from './migrations/0019-inbox-by-id.ts';
import { up as writtenBeside } from './migrations/0020-written-beside.ts';
import { up as stormNewcomers } from './migrations/0021-storm-newcomers.ts';
import { up as stormsCountedAtOnce } from './migrations/0022-storms-counted-at-once.ts';
import { up as shapes } from './migrations/0023-shapes.ts';
import { up as lanes } from './migrations/0024-lanes.ts';
import { nodeSqlite, type Prepared } from './node-sqlite.ts';
import { filesOpenToOthers, makeOwnFiles } from './own-files.ts';
import { patientPostgresOf, postgresOf } from './postgres.ts';
import { pendingWithRights } from './rights.ts';
import type { Schema } from './schema.ts';

export type Engine = 'sqlite' | 'postgres';

export interface Database {
  readonly engine: Engine;
  readonly db: Kysely<Schema>;
  /** On SQLite only: what runs within a transaction of `db` without its detours. */
  readonly prepared?: Prepared | undefined;
  /** On SQLite only: for background work, behind people and signals. */
  readonly behind?: Kysely<Schema> | undefined;
  /** On SQLite only: for what is done again when the power fails, and so need not wait for the disk. */
  readonly unsynced?: Kysely<Schema> | undefined;
  /** Where the file was copied to before this start brought its schema up to date; undefined: it was up to date, or is no file. */
  readonly copiedTo?: string | undefined;
  /** Its folder and files that other users of the machine may open; undefined: it is no file. */
  readonly openToOthers?: readonly string[];
  /** Another process may have it open: what that one has claimed is its own. */
  readonly isBeside?: true;
  close(): Promise<void>;
}

export const migrations: Migrations = {
  '0001-initial': { up: initial },
  '0002-sign-in-memory': { up: signInMemory },
  '0004-seeks': { up: seeks },
  '0006-storms': { up: storms },
  '0007-sweep': { up: sweep },
  '0009-retention': { up: retention },
  '0010-audit': { up: audit },
  '0011-requests': { up: requests },
  '0012-sealed-state': { up: sealedState },
  '0014-under-way': { up: underWay },
  '0018-inbox-by-time': { up: inboxByTime },
  '0019-inbox-by-id': { up: inboxById },
  '0020-written-beside': { up: writtenBeside },
  '0021-storm-newcomers': { up: stormNewcomers },
  '0022-storms-counted-at-once': { up: stormsCountedAtOnce },
  '0023-shapes': { up: shapes },
  '0024-lanes': { up: lanes },
};

/**
 * Opens the database and brings its schema up to date.
 * @param url `file:./data/responder.db` or `postgres://…`
 * @throws AppError `refused` when another process has the SQLite file open or a newer version wrote the database, `unavailable` when it cannot be opened
 */
export async function openDatabase(url: string): Promise<Database> {
  const path = pathIn(url);
  try {
    return path === undefined ? await openPostgres(url) : await openSqlite(path);
  } catch (thrown) {
    throw databaseFailure(thrown, path);
  }
}

/** Undefined: Postgres. */
export function pathIn(url: string): string | undefined {
  if (!url.startsWith('file:')) return undefined;
  return url.startsWith('file:///') ? fileURLToPath(url) : url.slice('file:'.length);
}

async function openSqlite(path: string): Promise<Database> {
  makeOwnFiles(path);
  const lock = lockFile(path);
  const { synced, behind, unsynced, prepared } = nodeSqlite(path);
  const db = new Kysely<Schema>({ dialect: synced });
  const close = async (): Promise<void> => {
    await db.destroy();
    lock.close();
  };
  try {
    return {
      engine: 'sqlite',
      db,
      prepared,
      behind: new Kysely<Schema>({ dialect: behind }),
      unsynced: new Kysely<Schema>({ dialect: unsynced }),
      copiedTo: await migrateSqlite(db, migrations, path),
      openToOthers: filesOpenToOthers(path),
      close,
    };
  } catch (thrown) {
    await close().catch(() => undefined);
    throw thrown;
  }
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

async function openPostgres(url: string): Promise<Database> {
  const db = postgresOf(url);
  try {
    if ((await pendingWithRights(db, migrations)).length > 0) {
      const patient = patientPostgresOf(url);
      await migratePostgres(patient, migrations).finally(() => patient.destroy());
    }
    return { engine: 'postgres', db, close: () => db.destroy() };
  } catch (thrown) {
    await db.destroy().catch(() => undefined);
    throw thrown;
  }
}
