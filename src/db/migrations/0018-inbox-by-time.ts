import { type Kysely, sql } from 'kysely';

/**
 * Messages seen, in the order in which they were published, so that new ones are written beside each other and not all over an index. Those seen
 * before stay where they are until they are pruned: an older replica that still runs goes on with that table. A change of an alarm is found by
 * the two seconds in which it was and then by the alarm, for the same reason. The expression must stay as it is here.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const isPostgres = db.getExecutor().adapter.supportsTransactionalDdl;
  const statements = [
    sql`create table arrivals (
      published_at bigint not null, message_id text not null, topic_arn text not null, at bigint not null,
      primary key (published_at, message_id, topic_arn)) ${sql.raw(isPostgres ? '' : 'without rowid')}`,
    sql`create index arrivals_at on arrivals (at)`,
    sql`drop index transitions_by_alarm`,
    sql`create index transitions_near on transitions ((at / 2000), alarm_id)`,
    sql`drop index transitions_by_incident`,
  ];
  for (const statement of statements) await statement.execute(db);
}
