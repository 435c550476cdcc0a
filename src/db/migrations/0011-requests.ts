import { type Kysely, sql } from 'kysely';

/** Requests that wait for approval, or for their two minutes; and which responses count against a person's hourly number. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`create table requests (incident bigint not null, seq bigint not null, due_at bigint, body text not null, primary key (incident, seq))`,
    sql`create index requests_due on requests (due_at) where due_at is not null`,
    sql`alter table responses add column counts integer not null default 0`,
    sql`create index responses_counted on responses (started_at) where counts = 1`,
  ];
  for (const statement of statements) await statement.execute(db);
}
