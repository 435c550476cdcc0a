import type { TableMetadata } from 'kysely';
import type { Database } from '../../src/db/database.ts';

const known = new WeakMap<Database['db'], Promise<TableMetadata[]>>();

/** The tables of a database, asked for once. */
export function tablesOf({ db }: Database): Promise<TableMetadata[]> {
  const asked = known.get(db) ?? db.introspection.getTables();
  known.set(db, asked);
  return asked;
}
