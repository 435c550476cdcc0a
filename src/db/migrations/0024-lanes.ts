import { type Kysely, sql } from 'kysely';

/**
 * What rings has a lane of its own, before what people cause; the lanes after it have moved up. Only a row that waits is in one. In each queue what
 * was begun comes first, and between people severity does not count. The expression must stay as it is here: a query that says it otherwise scans.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`drop index incidents_free`,
    sql`update incidents set lane = lane + 1 where lane > 0 and (due_at is not null or folded = 1)`,
    sql`create index incidents_free on incidents
      (((lane * 8 + case when lane between 2 and 6 then 0 else 3 - severity end) * 3 +
        case waits_for when 'post' then 0 when 'edit' then 1 else 2 end), due_at, id)
      where due_at is not null and lease_owner is null`,
  ];
  for (const statement of statements) await statement.execute(db);
}
