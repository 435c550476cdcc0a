/** What was committed is copied from SQLite's log into its file by a thread of its own. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { beforeEach, expect, it } from 'vitest';
import { nodeSqlite } from '../../src/db/node-sqlite.ts';
import { newFolder } from '../support/folders.ts';

let home: string;
let path: string;
let db: Kysely<unknown>;

beforeEach(async () => {
  home = newFolder();
  path = join(home, 'db');
  db = new Kysely({ dialect: nodeSqlite(path).synced });
  await sql`create table numbers (n integer, body text)`.execute(db);
});

async function write(rows: number): Promise<void> {
  await sql`insert into numbers with recursive given (n) as (select 1 union all select n + 1 from given where n < ${sql.lit(rows)})
    select n, ${'x'.repeat(1_000)} from given`.execute(db);
}

it('while the responder runs, and what is closed leaves no log behind', async () => {
  await write(500);
  expect(statSync(path).size).toBeLessThan(100_000);
  await expect.poll(() => statSync(path).size, { timeout: 10_000 }).toBeGreaterThan(500_000);
  // The log begins anew once all of it is copied.
  const isLonger = async (): Promise<boolean> => {
    const before = statSync(`${path}-wal`).size;
    await write(1);
    return statSync(`${path}-wal`).size > before;
  };
  await expect.poll(isLonger, { timeout: 10_000 }).toBe(false);
  await db.destroy();
  expect(existsSync(`${path}-wal`)).toBe(false);
});
