/** The copy before a migration, databases that are not ours, and programs older than theirs. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, Migrator, sql } from 'kysely';
import { describe, expect, inject, it } from 'vitest';
import { migrations, openDatabase } from '../../src/db/database.ts';
import { migratePostgres } from '../../src/db/migrate.ts';
import { nodeSqlite } from '../../src/db/node-sqlite.ts';
import { patientPostgresOf } from '../../src/db/postgres.ts';
import type { Schema } from '../../src/db/schema.ts';
import { newFolder } from '../support/folders.ts';
import { newDatabase } from '../support/postgres.ts';

async function olderFile(path: string): Promise<void> {
  const db = new Kysely<Schema>({ dialect: nodeSqlite(path).synced });
  const known = Object.fromEntries(Object.entries(migrations).filter(([name]) => name <= '0004-seeks'));
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => known } }).migrateToLatest();
  if (error) throw error;
  for (let i = 0; i < 200; i++) await sql`insert into facts (name, value, at) values (${`f${i}`}, ${'x'.repeat(5_000)}, 1)`.execute(db);
  await db.destroy();
}

describe('SQLite', () => {
  it('leaves nothing of a copy behind for which the disk has no room', async () => {
    const home = newFolder();
    const path = join(home, 'db');
    await olderFile(path);
    // No file may become larger than 600 kB: the copy cannot be ended, as on a full disk.
    const open = `import { openDatabase } from ${JSON.stringify(join(process.cwd(), 'src/db/database.ts'))};
      openDatabase('file:${path}').then(() => console.log('opened'), (thrown) => console.log(thrown.message));`;
    const script = `trap '' XFSZ; ulimit -f 600; exec '${process.execPath}' --input-type=module -e "$0"`;
    const { stdout } = spawnSync('bash', ['-c', script, open], { encoding: 'utf8' });
    expect(stdout).toMatch(/^DATABASE_URL: /);
    expect(readdirSync(home).filter((name) => name.includes('before'))).toEqual([]);
  });

  it('that another program wrote is not taken for a new one', async () => {
    const path = join(newFolder(), 'other.db');
    const other = new DatabaseSync(path);
    other.exec("create table customers (id integer primary key, name text); insert into customers (name) values ('ann')");
    other.close();
    await expect(openDatabase(`file:${path}`).then((one) => one.close())).rejects.toThrow(`DATABASE_URL: ${path} has a table customers, but no list`);
  });

  it('of ours, whose list of migrations is lost, is refused in words', async () => {
    const path = join(newFolder(), 'db');
    await (await openDatabase(`file:${path}`)).close();
    const raw = new DatabaseSync(path);
    raw.exec('drop table kysely_migration; drop table kysely_migration_lock');
    raw.close();
    await expect(openDatabase(`file:${path}`)).rejects.toThrow('no list of the responder’s migrations');
  });
});

describe('Postgres', () => {
  it('an older program that waits while a newer one migrates refuses in words', async () => {
    const url = await newDatabase(inject('postgresUrl'));
    const base = Object.fromEntries(Object.entries(migrations).filter(([name]) => name <= '0004-seeks'));
    const first = patientPostgresOf(url);
    await migratePostgres(first, base);
    const older = Object.fromEntries(Object.entries(migrations).filter(([name]) => name <= '0012-sealed-state'));
    // Both looked before either had the lock.
    await migratePostgres(first, migrations);
    const said = await migratePostgres(first, older).then(
      () => 'went on',
      (thrown: Error) => thrown.message,
    );
    await first.destroy();
    expect(said).toContain('a newer version of the responder wrote this database');
  });

  it('with another program’s table of the same name is refused with the fix, and left as it was', async () => {
    const url = await newDatabase(inject('postgresUrl'));
    const other = patientPostgresOf(url);
    await sql`create table incidents (id integer)`.execute(other);
    await expect(openDatabase(url)).rejects.toThrow('Give the responder a database, or a schema, of its own.');
    const { rows } = await sql`select tablename from pg_tables where schemaname = 'public'`.execute(other);
    await other.destroy();
    expect(rows).toEqual([{ tablename: 'incidents' }]);
  });
});
