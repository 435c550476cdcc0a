/** Looks at a database without changing it, and without keeping a responder from it that has it open: for the doctor, who says what a start would. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { migrations, pathIn } from './database.ts';
import { databaseFailure } from './failure.ts';
import { appliedIn, pendingOf } from './migrate.ts';
import { filesOf, filesOpenToOthers } from './own-files.ts';
import { postgresOf } from './postgres.ts';
import { pendingWithRights } from './rights.ts';

/**
 * @returns where it is, in words
 * @throws AppError with what is wrong and the fix, as a start would throw it
 */
export async function reachDatabase(url: string): Promise<string> {
  const path = pathIn(url);
  try {
    return path === undefined ? await reachPostgres(url) : await reachFile(path);
  } catch (thrown) {
    throw databaseFailure(thrown, path);
  }
}

/**
 * A fact that a responder noted; undefined: it did not, or there is no database yet.
 * @throws AppError when it cannot be read
 */
export async function notedFact(url: string, name: string): Promise<{ readonly value: string; readonly at: number } | undefined> {
  const path = pathIn(url);
  try {
    return path === undefined ? await factInPostgres(url, name) : factInFile(resolve(path), name);
  } catch (thrown) {
    throw databaseFailure(thrown, path);
  }
}

/** The folder and files of a database that other users of the machine may open, each with its mode; none where it is no file. */
export function openToOthersAt(url: string): string[] {
  const path = pathIn(url);
  return path === undefined ? [] : filesOpenToOthers(path);
}

async function reachFile(given: string): Promise<string> {
  const path = resolve(given);
  const folder = existing(dirname(path));
  if (!statSync(folder).isDirectory()) throw Object.assign(new Error(`${folder} is a file.`), { code: 'ENOTDIR' });
  if (given.endsWith('/') || (existsSync(path) && statSync(path).isDirectory()))
    throw Object.assign(new Error(`${path} is a folder.`), { code: 'EISDIR' });
  accessSync(folder, constants.W_OK | constants.X_OK);
  for (const file of filesOf(path)) if (existsSync(file)) accessSync(file, constants.W_OK);
  if (existsSync(path)) {
    pendingOf(appliedInFile(path), migrations);
  }
  return `a file at ${path}`;
}

function existing(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : existing(dirname(folder));
}

function appliedInFile(path: string): string[] {
  return readingFile(path, 'kysely_migration', (database) =>
    database
      .prepare('select name from kysely_migration')
      .all()
      .map(({ name }) => String(name)),
  );
}

function factInFile(path: string, name: string) {
  if (!existsSync(path)) return undefined;
  const [row] = readingFile(path, 'facts', (database) => database.prepare('select value, at from facts where name = ?').all(name));
  return row && { value: String(row.value), at: Number(row.at) };
}

/** None where there is no such table. */
function readingFile<T>(path: string, table: string, read: (database: DatabaseSync) => T[]): T[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const found = database.prepare('select name from sqlite_master where name = ?').get(table);
    return found === undefined ? [] : read(database);
  } finally {
    database.close();
  }
}

async function reachPostgres(url: string): Promise<string> {
  const db = postgresOf(url);
  try {
    await pendingWithRights(db, migrations);
    return `Postgres at ${new URL(url).hostname}`;
  } finally {
    await db.destroy();
  }
}

async function factInPostgres(url: string, name: string) {
  const db = postgresOf(url);
  try {
    const isThere = (await appliedIn(db)).length > 0;
    return isThere ? await db.selectFrom('facts').select(['value', 'at']).where('name', '=', name).executeTakeFirst() : undefined;
  } finally {
    await db.destroy();
  }
}
