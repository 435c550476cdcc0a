import { type Kysely, sql } from 'kysely';

/**
 * What of an incident is no entry is sealed on its chain: its row at a revision, and its responses and requests. Of chains from before this
 * version that is done once, later. Refusals of a person that follow the first within a minute are gathered, and become one entry.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`alter table chains add column revision bigint`,
    sql`alter table chains add column state text`,
    sql`alter table chains add column kept text`,
    sql`create index chains_unsealed on chains (incident) where state is null and incident > 0`,
    sql`create table refused (person text primary key, until_at bigint not null, body text not null)`,
    sql`create index refused_until on refused (until_at)`,
  ];
  for (const statement of statements) await statement.execute(db);
}
