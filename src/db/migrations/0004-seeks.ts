import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';

const perPage = 500;

/**
 * What is asked often is one seek, however much is stored. A row that nobody has leased is in one index in the order in which it is claimed;
 * the leased ones, which are few, in another. The expression must stay as it is here: a query that says it otherwise scans.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    sql`alter table incidents add column late_since bigint`,
    sql`update incidents set late_since = case
      when exists (select 1 from pictures where pictures.incident = incidents.id and pictures.name = 'card' and pictures.ts is not null)
      then due_at else opened_at end
      where due_at is not null`,
    sql`drop index incidents_due`,
    sql`create index incidents_free on incidents
      (((lane * 8 + 3 - severity) * 3 + case waits_for when 'post' then 1 when 'edit' then 2 else 0 end), due_at, id)
      where due_at is not null and lease_owner is null`,
    sql`create index incidents_leased on incidents (lease_until) where lease_until is not null`,
    sql`create index incidents_late on incidents (late_since) where late_since is not null`,
    sql`create index incidents_open on incidents (severity desc, id, status) where status in ('open', 'acknowledged')`,
    sql`drop index chores_due`,
    sql`create index chores_free on chores (kind, due_at, incident) where lease_owner is null`,
    sql`create index chores_leased on chores (lease_until) where lease_until is not null`,
    sql`drop index trail_looks_due`,
    sql`create index trail_looks_free on trail_looks (due_at, id) where due_at is not null and lease_owner is null`,
    sql`create index trail_looks_leased on trail_looks (lease_until) where lease_until is not null`,
    sql`drop index entries_in_thread`,
    sql`create index entries_in_thread on entries (incident, seq) where in_thread = 1`,
    sql`alter table alarms add column named text`,
  ];
  for (const statement of statements) await statement.execute(db);
  await nameAlarms(db);
  await sql`create index alarms_named on alarms (named)`.execute(db);
}

/** An alarm is found by its name in any case: by the digest of the name in small letters, for a name may be longer than an index takes. */
async function nameAlarms(db: Kysely<unknown>): Promise<void> {
  for (let after = ''; ; ) {
    const { rows } = await sql<{ id: string; body: string }>`
      select id, body from alarms where id > ${after} order by id limit ${sql.lit(perPage)}`.execute(db);
    for (const { id, body } of rows) {
      const { name } = JSON.parse(body) as { name: string };
      const named = createHash('sha256').update(name.toLowerCase()).digest('hex');
      await sql`update alarms set named = ${named} where id = ${id}`.execute(db);
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}
