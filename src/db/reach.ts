import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import pg from 'pg';
import { AppError } from '../domain/error.ts';
import { databaseFailure } from './failure.ts';

const patienceMs = 5_000;

/**
 * Whether a database can be reached, without opening it: a responder may have it open.
 * @returns where it is, in words
 * @throws AppError `unavailable` with what is wrong
 */
export async function reachDatabase(url: string): Promise<string> {
  return url.startsWith('file:') ? reachFile(resolve(url.slice('file:'.length))) : reachPostgres(url);
}

function reachFile(path: string): string {
  const folder = existsSync(path) ? path : existing(dirname(path));
  try {
    accessSync(folder, constants.W_OK);
  } catch (thrown) {
    throw new AppError('unavailable', `${folder} cannot be written to. Let the responder's user write there.`, { cause: thrown });
  }
  return `a file at ${path}`;
}

function existing(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : existing(dirname(folder));
}

async function reachPostgres(connectionString: string): Promise<string> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: patienceMs, query_timeout: patienceMs });
  try {
    await client.connect();
    await client.query('select 1');
    return `Postgres at ${client.host}`;
  } catch (thrown) {
    throw databaseFailure(thrown, undefined);
  } finally {
    await client.end().catch(() => undefined);
  }
}
