import { type Kysely, sql } from 'kysely';

/**
 * The key that an entry was signed with. How far each chain is covered by an anchor: a hash over the ends of all chains that moved on
 * since the anchor before, and over that one's.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`alter table entries add column key_id text`,
    sql`alter table chains add column key_id text`,
    sql`alter table chains add column anchored integer not null default 0`,
    sql`create index chains_moved on chains (incident) where seq > anchored`,
    sql`create table anchors (id integer primary key, at bigint not null, heads text not null, previous text not null, root text not null, key_id text)`,
  ];
  for (const statement of statements) await statement.execute(db);
}
