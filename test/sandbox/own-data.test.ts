import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, inject, it } from 'vitest';
import { claimData, emptyData } from '../../src/sandbox/own-data.ts';
import { newFolder } from '../support/folders.ts';
import { newDatabase } from '../support/postgres.ts';

it('the sandbox empties what it made, and touches nothing else', async () => {
  const folder = newFolder();
  const own = { dataDir: join(folder, 'bot'), databaseUrl: undefined };
  await claimData(own);
  writeFileSync(join(own.dataDir, 'responder.db'), 'x');
  await claimData(own);
  await emptyData(own);
  expect(existsSync(own.dataDir)).toBe(false);

  const others = { dataDir: folder, databaseUrl: undefined };
  writeFileSync(join(folder, 'responder.db'), 'somebody’s');
  await expect(claimData(others)).rejects.toThrow('holds what the sandbox did not make');
  await expect(emptyData(others)).rejects.toThrow('nothing was emptied');
  expect(existsSync(join(folder, 'responder.db'))).toBe(true);
  await expect(claimData({ ...own, databaseUrl: `file:${join(folder, 'responder.db')}` })).rejects.toThrow('leave DATABASE_URL out');
});

it('of a Postgres database too', async () => {
  const own = { dataDir: join(newFolder(), 'bot'), databaseUrl: await newDatabase(inject('postgresUrl')) };
  await claimData(own);
  await query(own.databaseUrl, 'create table incidents ()');
  await emptyData(own);
  expect(await query(own.databaseUrl, "select to_regclass('public.incidents') as found")).toEqual([{ found: null }]);

  await query(own.databaseUrl, 'create table somebodys ()');
  await expect(emptyData({ ...own, dataDir: own.dataDir })).rejects.toThrow('nothing was emptied');
  await expect(claimData(own)).rejects.toThrow('holds what the sandbox did not make');
  expect(await query(own.databaseUrl, "select to_regclass('public.somebodys') as found")).toEqual([{ found: 'somebodys' }]);
});

async function query(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
