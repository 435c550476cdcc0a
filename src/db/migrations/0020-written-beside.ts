import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';

const perPage = 500;

/**
 * What comes in together is written beside each other in the indexes, for each page that a signal changes costs it as much as ten statements: a
 * change of an alarm is found by the tenth of a second in which it was and then by the alarm; an alarm is found by its name in small letters, which
 * tells it from any other up to 255 letters. The index by key holds resolved incidents only, for the unresolved are in one of their own. The
 * expression must stay as it is here.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`drop index transitions_near`,
    sql`create index transitions_near on transitions ((at / 100), alarm_id)`,
    sql`drop index incidents_by_key`,
    sql`create index incidents_resolved on incidents (key, id) where status = 'resolved'`,
  ];
  for (const statement of statements) await statement.execute(db);
  await nameAlarms(db);
}

async function nameAlarms(db: Kysely<unknown>): Promise<void> {
  for (let after = ''; ; ) {
    const { rows } = await sql<{ id: string; body: string }>`
      select id, body from alarms where id > ${after} order by id limit ${sql.lit(perPage)}`.execute(db);
    for (const { id, body } of rows) {
      const { name } = JSON.parse(body) as { name: string };
      await sql`update alarms set named = ${namedKey(name)} where id = ${id}`.execute(db);
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

function namedKey(name: string): string {
  const small = name.toLowerCase().replaceAll('\0', '').toWellFormed();
  return small.length <= 255 ? small : `${small.slice(0, 191).toWellFormed()}${createHash('sha256').update(small).digest('hex')}`;
}
