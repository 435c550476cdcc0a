/** Looks at a database without changing it, and without keeping a responder from it that has it open: for the doctor, who says what a start would. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { migrations, pathIn } from './database.ts';
import { databaseFailure } from './failure.ts';
import { pendingOf } from './migrate.ts';
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
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const table = database.prepare("select name from sqlite_master where name = 'kysely_migration'").get();
    return table === undefined
      ? []
      : database
          .prepare('select name from kysely_migration')
          .all()
          .map(({ name }) => String(name));
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
