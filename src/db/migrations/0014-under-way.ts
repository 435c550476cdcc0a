import { type Kysely, sql } from 'kysely';

/** Responses that AWS goes on with by itself: what is needed to follow them, and when they are looked at next. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`alter table responses add column token text`,
    sql`alter table responses add column due_at bigint`,
    sql`create index responses_due on responses (due_at) where due_at is not null`,
  ];
  for (const statement of statements) await statement.execute(db);
}
