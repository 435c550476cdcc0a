import { type Kysely, sql } from 'kysely';

/** Incidents that opened into a storm and are not in its counts yet: so their rows, which are large, are written once. Used on SQLite. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table storm_newcomers (incident integer primary key)`.execute(db);
}
