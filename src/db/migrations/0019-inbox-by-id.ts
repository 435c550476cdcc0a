import { type Kysely, sql } from 'kysely';

/**
 * A message is known by its id alone again: the time at which it was published is told by two clocks, and of a letter by its queue too, so the
 * same message could have had two.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`insert into inbox (topic_arn, message_id, at) select topic_arn, message_id, max(at) from arrivals group by topic_arn, message_id
      on conflict (topic_arn, message_id) do nothing`,
    sql`drop table arrivals`,
  ];
  for (const statement of statements) await statement.execute(db);
}
