/** A fresh store on each engine, for the tests that must hold on both. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, type Engine, openDatabase } from '../../src/db/database.ts';
import type { Audit } from '../../src/db/store.ts';
import { newFolder } from './folders.ts';
import { migratedDatabase, newDatabase } from './postgres.ts';

export const engines: readonly Engine[] = ['sqlite', 'postgres'];

export interface FreshDatabase extends Database {
  readonly url: string;
  /** How a replica keeps its log; by default without a key. */
  readonly audit?: Audit;
}

let migrated: Promise<Buffer> | undefined;

/** Brought up to date once: a copy costs a tenth of the migrations, which have tests of their own. */
function migratedFile(): Promise<Buffer> {
  migrated ??= (async () => {
    const file = join(newFolder(), 'db');
    await (await openDatabase(`file:${file}`)).close();
    return readFileSync(file);
  })();
  return migrated;
}

export async function freshDatabase(engine: Engine, postgresUrl: string): Promise<FreshDatabase> {
  if (engine === 'postgres') {
    const url = await newDatabase(postgresUrl, migratedDatabase);
    return { ...(await openDatabase(url)), url };
  }
  const home = newFolder();
  const url = `file:${join(home, 'db')}`;
  writeFileSync(join(home, 'db'), await migratedFile(), { mode: 0o600 });
  const database = await openDatabase(url);
  return {
    ...database,
    url,
    close: async () => {
      await database.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
