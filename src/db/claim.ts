/** Claiming what is due: the only place where the two engines differ. A lease lasts 60 s of the database's own clock. */
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import { lanes, type Served } from '../domain/incident/lane.ts';
import type { Claimed } from '../domain/incident/picture.ts';
import type { Budget } from '../domain/store.ts';
import type { ChoreKind, ClaimedLook } from '../domain/work.ts';
import type { Engine } from './database.ts';
import { allOf } from './memory.ts';
import { earliest, foremost, foremostUnlocked } from './queues.ts';
import type { IncidentsTable, Schema } from './schema.ts';

const leaseMs = 60_000;
/** Background work asks AWS several times over, each up to 24 s with what is tried again. */
const workLeaseMs = 180_000;

export type IncidentRow = Selectable<IncidentsTable>;
export type StormRow = Selectable<Schema['storms']>;
type LookRow = Selectable<Schema['trail_looks']>;

/**
 * The time is one for a whole statement: Postgres seeks by nothing else. On SQLite all leases are of this process, and none ends because the
 * machine's clock was set.
 */
function databaseNow(engine: Engine) {
  return engine === 'postgres'
    ? sql<number>`cast(extract(epoch from statement_timestamp()) * 1000 as bigint)`
    : sql<number>`${Math.round(performance.timeOrigin + performance.now())}`;
}

export async function databaseClock(db: Kysely<Schema>, engine: Engine): Promise<number | undefined> {
  if (engine === 'sqlite') return undefined;
  const { rows } = await sql<{ now: number }>`select ${databaseNow(engine)} as now`.execute(db);
  return rows[0] === undefined ? undefined : Number(rows[0].now);
}

function lockingOf(engine: Engine) {
  return engine === 'postgres' ? sql`for update skip locked` : sql``;
}

/** What may be claimed. @param first the lanes that are looked at before all others */
interface Wanted {
  readonly heldBack: readonly Budget[];
  readonly first: Served | undefined;
}

/** Those that may be claimed next: of the lanes that are served first, then of all. */
function headsOf(engine: Engine, now: number, { heldBack, first }: Wanted) {
  const headOf = engine === 'postgres' ? foremostUnlocked : foremost;
  return sql.join((first === undefined ? [undefined] : [first, undefined]).map((of) => sql`(${headOf({ now, heldBack, of })})`));
}

/** Leases the most urgent incident that is due: what a process left behind, then by lane, severity and age. */
export async function claimDue(db: Kysely<Schema>, { engine, lease, now }: Claiming, wanted: Wanted): Promise<IncidentRow | undefined> {
  const { heldBack } = wanted;
  const clock = databaseNow(engine);
  const isHeld = heldBack.length === 0 ? sql`` : sql`and (waits_for is null or waits_for not in (${sql.join(heldBack)}))`;
  const { rows } = await sql<IncidentRow>`
    update incidents set urgent = 0, lease_owner = ${lease}, lease_until = ${clock} + ${sql.lit(leaseMs)}
    where id = coalesce(
      (select id from incidents where lease_until < ${clock} and due_at <= ${now} ${isHeld} order by lease_until limit 1 ${lockingOf(engine)}),
      ${headsOf(engine, now, wanted)})
    returning *`.execute(db);
  return rows[0];
}

/** Whether an incident is the one that is served next. */
export async function isForemost(
  db: Kysely<Schema>,
  { engine, now }: Claiming,
  { id, first }: { id: number; first: Served | undefined },
): Promise<boolean> {
  const heads = headsOf(engine, now, { heldBack: [], first });
  // With one head only: coalesce takes two at least.
  const { rows } = await sql<{ id: number | null }>`select coalesce(null, ${heads}) as id`.execute(db);
  return rows[0]?.id === id;
}

/** Leases an incident for a call to Slack that is written down with that. */
export async function leaseTried(db: Kysely<Schema>, { engine, lease }: Claiming, id: number): Promise<IncidentRow> {
  const lease_until = sql<number>`${databaseNow(engine)} + ${sql.lit(leaseMs)}`;
  const leased = db.updateTable('incidents').set({ urgent: 0, lease_owner: lease, lease_until, lane: laneOfTried }).where('id', '=', id);
  return leased.returningAll().executeTakeFirstOrThrow();
}

/** A card that was tried is no new one: it may be in the channel. */
const laneOfTried = sql<number>`case lane when ${sql.lit(lanes.grave)} then ${sql.lit(lanes.loud)} when ${sql.lit(lanes.card)} then ${sql.lit(lanes.rest)} else lane end`;

/** Prolongs a lease for a call to Slack; false when it is no longer ours. */
export async function prolong(db: Kysely<Schema>, engine: Engine, { of, id, lease }: Claimed): Promise<boolean> {
  const lease_until = sql<number>`${databaseNow(engine)} + ${sql.lit(leaseMs)}`;
  const held =
    of === 'storm'
      ? db.updateTable('storms').set({ lease_until }).where('id', '=', id).where('lease_owner', '=', lease)
      : db.updateTable('incidents').set({ lease_until, lane: laneOfTried }).where('id', '=', id).where('lease_owner', '=', lease);
  return (await held.executeTakeFirst()).numUpdatedRows === 1n;
}

/** Leases the storm that is due, or whose lease lapsed; there is one at a time, and those before it that are not shown to their end. */
export async function leaseStorm(db: Kysely<Schema>, { engine, lease, now }: Claiming): Promise<StormRow | undefined> {
  const clock = databaseNow(engine);
  const locking = lockingOf(engine);
  const { rows } = await sql<StormRow>`
    update storms set lease_owner = ${lease}, lease_until = ${clock} + ${sql.lit(leaseMs)}
    where id = (select id from storms where due_at <= ${now} and (lease_owner is null or lease_until < ${clock}) order by due_at limit 1 ${locking})
    returning *`.execute(db);
  return rows[0];
}

/** Prolongs a look's lease; false when it is no longer ours. */
export async function prolongLook(db: Kysely<Schema>, engine: Engine, { id, lease }: ClaimedLook): Promise<boolean> {
  const until = sql<number>`${databaseNow(engine)} + ${sql.lit(workLeaseMs)}`;
  const held = db.updateTable('trail_looks').where('id', '=', id).where('lease_owner', '=', lease);
  return (await held.set({ lease_until: until }).executeTakeFirst()).numUpdatedRows === 1n;
}

export async function nextDueAt(db: Kysely<Schema>, heldBack: readonly Budget[]): Promise<number | undefined> {
  const { rows } = await earliest(heldBack).execute(db);
  return rows[0]?.at ?? undefined;
}

export interface Claiming {
  readonly engine: Engine;
  readonly lease: string;
  readonly now: number;
}

/** Leases the look that is due longest; before it, one whose lease lapsed. */
export async function leaseLook(db: Kysely<Schema>, { engine, lease, now }: Claiming): Promise<LookRow | undefined> {
  const clock = databaseNow(engine);
  const locking = lockingOf(engine);
  const { rows } = await sql<LookRow>`
    update trail_looks set lease_owner = ${lease}, lease_until = ${clock} + ${sql.lit(workLeaseMs)}
    where id = coalesce(
      (select id from trail_looks where lease_until < ${clock} and due_at <= ${now} order by lease_until limit 1 ${locking}),
      (select id from trail_looks where due_at <= ${now} and lease_owner is null order by due_at, id limit 1 ${locking}))
    returning *`.execute(db);
  return rows[0];
}

/** Leases what is to be swept that is due longest; before it, one whose lease lapsed. */
export async function leaseSweep(db: Kysely<Schema>, { engine, lease, now }: Claiming): Promise<Schema['sweeps'] | undefined> {
  const clock = databaseNow(engine);
  const locking = lockingOf(engine);
  const { rows } = await sql<Schema['sweeps']>`
    update sweeps set lease_owner = ${lease}, lease_until = ${clock} + ${sql.lit(workLeaseMs)}
    where name = coalesce(
      (select name from sweeps where lease_until < ${clock} and due_at <= ${now} order by lease_until limit 1 ${locking}),
      (select name from sweeps where due_at <= ${now} and lease_owner is null order by due_at limit 1 ${locking}))
    returning *`.execute(db);
  return rows[0];
}

/** Prolongs a sweep's lease; false when it is no longer ours. */
export async function prolongSweep(db: Kysely<Schema>, engine: Engine, { name, lease }: { name: string; lease: string }): Promise<boolean> {
  const until = sql<number>`${databaseNow(engine)} + ${sql.lit(workLeaseMs)}`;
  const held = db.updateTable('sweeps').where('name', '=', name).where('lease_owner', '=', lease);
  return (await held.set({ lease_until: until }).executeTakeFirst()).numUpdatedRows === 1n;
}

/** Leases the chore of these kinds that is due longest; before it, one whose lease lapsed. */
export async function leaseChore(
  db: Kysely<Schema>,
  { engine, lease, now }: Claiming,
  kinds: readonly ChoreKind[],
): Promise<Schema['chores'] | undefined> {
  const clock = databaseNow(engine);
  const lapsed = sql`lease_until < ${clock} and kind in (${sql.join(kinds)})`;
  const heads = await allOf(db, [
    sql<Head>`select kind, due_at, 1 as is_lapsed from chores where ${lapsed} order by lease_until limit 1`,
    ...kinds.map((kind) => headOf(kind, sql`and due_at <= ${now}`)),
  ]);
  const [first] = heads.toSorted((a, b) => b.is_lapsed - a.is_lapsed || a.due_at - b.due_at);
  if (first === undefined) return undefined;
  const chosen = first.is_lapsed === 1 ? sql`${lapsed} order by lease_until` : freeChore(first.kind, sql`and due_at <= ${now}`);
  const { rows } = await sql<Schema['chores']>`
    update chores set lease_owner = ${lease}, lease_until = ${clock} + ${sql.lit(workLeaseMs)}, claimed = asked
    where (incident, kind) = (select incident, kind from chores where ${chosen} limit 1 ${lockingOf(engine)})
    returning *`.execute(db);
  return rows[0];
}

interface Head {
  readonly kind: string;
  readonly due_at: number;
  readonly is_lapsed: number;
}

function freeChore(kind: string, isDue: RawBuilder<unknown>) {
  return sql`kind = ${kind} and lease_owner is null ${isDue} order by due_at, incident`;
}

function headOf(kind: string, isDue = sql``): RawBuilder<Head> {
  return sql<Head>`select kind, due_at, 0 as is_lapsed from chores where ${freeChore(kind, isDue)} limit 1`;
}

export async function nextChoreAt(db: Kysely<Schema>, kinds: readonly ChoreKind[]): Promise<number | undefined> {
  const heads = await allOf(
    db,
    kinds.map((kind) => headOf(kind)),
  );
  return heads.length === 0 ? undefined : Math.min(...heads.map((head) => head.due_at));
}

export async function nextLookAt(db: Kysely<Schema>): Promise<number | undefined> {
  const free = db.selectFrom('trail_looks').select('due_at').where('due_at', 'is not', null).where('lease_owner', 'is', null);
  return (await free.orderBy('due_at').limit(1).executeTakeFirst())?.due_at ?? undefined;
}

/** What a process left that is gone, on a database that only one process may have open. */
export async function endAllLeases(db: Kysely<Schema>): Promise<void> {
  const none = { lease_owner: null, lease_until: null };
  for (const table of ['incidents', 'chores', 'trail_looks', 'sweeps'] as const) {
    await db.updateTable(table).set(none).where('lease_until', 'is not', null).execute();
  }
  // A storm that somebody has claimed is due.
  await db.updateTable('storms').set(none).where('due_at', 'is not', null).execute();
}
