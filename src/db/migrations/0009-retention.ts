import { type Kysely, sql } from 'kysely';

/**
 * What is kept for a time only. How far an incident's entries are pruned is a number on its chain, for entries are in the order of their time:
 * no index on the many rows that are written with every signal is needed to find the old ones.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`alter table entries add column pruned_at bigint`,
    sql`alter table chains add column pruned_seq bigint not null default 0`,
    sql`create index events_at on events (at)`,
  ];
  for (const statement of statements) await statement.execute(db);
}
