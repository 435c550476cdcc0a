/** Claiming what is due: the only place where the two engines differ. A lease lasts 60 s of the database's own clock. */
import { type Kysely, sql } from 'kysely';
import type { Budget, ClaimedIncident, ClaimedLook } from '../domain/store.ts';
import type { Engine } from './database.ts';
import type { IncidentsTable, Schema } from './schema.ts';

const leaseMs = 60_000;
/** Background work asks AWS several times over, each up to 24 s with what is tried again. */
const workLeaseMs = 180_000;
type LeasedTable = 'chores' | 'trail_looks';

export type IncidentRow = Omit<IncidentsTable, 'id'> & { id: number };

function databaseNow(engine: Engine) {
  return engine === 'postgres' ? sql<number>`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)` : sql<number>`${Date.now()}`;
}

function notHeldBack(heldBack: readonly Budget[]) {
  return heldBack.length === 0 ? sql`` : sql`and (waits_for is null or waits_for not in (${sql.join(heldBack)}))`;
}

/** Leases the most urgent incident that is due: what a person caused, then new cards by severity, then age. */
export async function claimDue(
  db: Kysely<Schema>,
  engine: Engine,
  lease: string,
  now: number,
  heldBack: readonly Budget[],
): Promise<IncidentRow | undefined> {
  const clock = databaseNow(engine);
  const locking = engine === 'postgres' ? sql`for update skip locked` : sql``;
  const { rows } = await sql<IncidentRow>`
    update incidents set urgent = 0, lease_owner = ${lease}, lease_until = ${clock} + ${sql.lit(leaseMs)}
    where id = (
      select id from incidents
      where due_at <= ${now} and (lease_until is null or lease_until < ${clock}) ${notHeldBack(heldBack)}
      order by lane, severity desc, due_at, id limit 1 ${locking})
    returning *`.execute(db);
  return rows[0];
}

/** Prolongs a lease; false when it is no longer ours. */
export async function prolong(db: Kysely<Schema>, engine: Engine, { incident, lease }: ClaimedIncident): Promise<boolean> {
  const until = sql<number>`${databaseNow(engine)} + ${sql.lit(leaseMs)}`;
  const held = db.updateTable('incidents').where('id', '=', incident.id).where('lease_owner', '=', lease);
  return (await held.set({ lease_until: until }).executeTakeFirst()).numUpdatedRows === 1n;
}

/** Prolongs a look's lease; false when it is no longer ours. */
export async function prolongLook(db: Kysely<Schema>, engine: Engine, { id, lease }: ClaimedLook): Promise<boolean> {
  const until = sql<number>`${databaseNow(engine)} + ${sql.lit(workLeaseMs)}`;
  const held = db.updateTable('trail_looks').where('id', '=', id).where('lease_owner', '=', lease);
  return (await held.set({ lease_until: until }).executeTakeFirst()).numUpdatedRows === 1n;
}

export async function nextDueAt(db: Kysely<Schema>, heldBack: readonly Budget[]): Promise<number | undefined> {
  const { rows } = await sql<{ at: number | null }>`
    select min(due_at) as at from incidents where due_at is not null and lease_owner is null ${notHeldBack(heldBack)}`.execute(db);
  return rows[0]?.at ?? undefined;
}

/** Leases the row of background work that is due longest; a lease that lapsed is anybody's. */
export async function claimWork<Row>(
  db: Kysely<Schema>,
  engine: Engine,
  table: LeasedTable,
  lease: string,
  now: number,
  kinds: readonly string[] = [],
): Promise<Row | undefined> {
  const clock = databaseNow(engine);
  const locking = engine === 'postgres' ? sql`for update skip locked` : sql``;
  const id = sql.raw(table === 'chores' ? '(incident, kind)' : 'id');
  const ofKinds = kinds.length === 0 ? sql`` : sql`and kind in (${sql.join(kinds)})`;
  const selected = sql.raw(table === 'chores' ? 'incident, kind' : 'id');
  const { rows } = await sql<Row>`
    update ${sql.table(table)} set lease_owner = ${lease}, lease_until = ${clock} + ${sql.lit(workLeaseMs)}
    where ${id} = (
      select ${selected} from ${sql.table(table)}
      where due_at <= ${now} and (lease_until is null or lease_until < ${clock}) ${ofKinds} order by due_at, ${selected} limit 1 ${locking})
    returning *`.execute(db);
  return rows[0];
}
