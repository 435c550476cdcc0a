import { type Kysely, sql } from 'kysely';

/** What opens into a storm is counted at once; what was not counted yet comes to it as a new card once more, as on Postgres. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`update incidents set storm = null, folded = 0, due_at = opened_at, late_since = opened_at, waits_for = 'post', urgent = 1
      where folded = 1 and id in (select incident from storm_newcomers)`,
    sql`drop table storm_newcomers`,
  ];
  for (const statement of statements) await statement.execute(db);
}
