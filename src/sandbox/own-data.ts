/** A reset empties the bot's data: so the sandbox marks what it made, and touches no folder and no database that holds anything else. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

const mark = 'signin_responder_sandbox';

export interface OwnData {
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
}

/** Makes the data the sandbox's own. @throws Error where it holds what the sandbox did not make */
export async function claimData({ dataDir, databaseUrl }: OwnData): Promise<void> {
  const file = join(dataDir, `.${mark}`);
  if (existsSync(dataDir) && readdirSync(dataDir).length > 0 && !existsSync(file))
    throw new Error(`The folder ${dataDir} holds what the sandbox did not make. Give --data another one.`);
  if (databaseUrl?.startsWith('file:'))
    throw new Error('The sandbox makes its database file itself, in --data DIR: leave DATABASE_URL out, or give it an empty postgres://… database.');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(file, '');
  if (databaseUrl !== undefined) await inPostgres(databaseUrl, claimSchema);
}

/** Empties what is the sandbox's own. @throws Error where it is not */
export async function emptyData({ dataDir, databaseUrl }: OwnData): Promise<void> {
  if (!existsSync(join(dataDir, `.${mark}`))) throw new Error(`The folder ${dataDir} is not the sandbox’s: nothing was emptied.`);
  if (databaseUrl !== undefined) await inPostgres(databaseUrl, emptySchema);
  rmSync(dataDir, { recursive: true, force: true });
}

async function claimSchema(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>("select table_name as name from information_schema.tables where table_schema = 'public'");
  if (rows.length > 0 && !rows.some(({ name }) => name === mark))
    throw new Error('DATABASE_URL names a database that holds what the sandbox did not make. Give it an empty one.');
  await client.query(`create table if not exists public.${mark} ()`);
}

async function emptySchema(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ found: string | null }>(`select to_regclass('public.${mark}') as found`);
  if (rows[0]?.found == null) throw new Error('The database is not the sandbox’s: nothing was emptied.');
  await client.query('drop schema public cascade; create schema public');
}

async function inPostgres(connectionString: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
