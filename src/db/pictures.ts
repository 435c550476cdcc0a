/** What Slack shows, as last known; leases; and the call budgets that all replicas share. */
import { type Kysely, sql } from 'kysely';
import { lanes } from '../domain/incident/lane.ts';
import type { Claimed, Shown } from '../domain/incident/picture.ts';
import type { Budget, BudgetedCall, ClaimedIncident } from '../domain/store.ts';
import type { PictureColumns, Schema } from './schema.ts';

/** Slack: chat.postMessage 1 per second and channel with short bursts; chat.update tier 3, 50 per minute. */
const budgets: Record<Budget, { every: number; burst: number }> = { post: { every: 1_000, burst: 3 }, edit: { every: 1_334, burst: 4 } };
/** Both together: Slack takes a second of them and more, but a channel in which more happens is not read. */
const calls = { every: 1_250, burst: 10 };
/** Of those, kept for new cards of HIGH or worse. */
const keptForGrave = 3;
const quietMinute = 60_000;

export async function readShown(db: Kysely<Schema>, incident: number): Promise<Shown[]> {
  const rows = await db.selectFrom('pictures').selectAll().where('incident', '=', incident).execute();
  return rows.map(shownOf);
}

/** Where the cards of incidents are, by number. */
export async function readCards(db: Kysely<Schema>, incidents: readonly number[]): Promise<Map<number, string>> {
  if (incidents.length === 0) return new Map();
  const cards = db.selectFrom('pictures').select(['incident', 'ts']).where('name', '=', 'card');
  const rows = await cards.where('incident', 'in', [...incidents]).execute();
  return new Map(rows.flatMap(({ incident, ts }) => (ts === null ? [] : [[incident, ts] as const])));
}

export function shownOf(row: PictureColumns): Shown {
  const attempt = row.attempt_at === null || row.settled_at === null ? undefined : { at: row.attempt_at, settledAt: row.settled_at };
  return {
    name: row.name,
    ts: row.ts ?? undefined,
    digest: row.digest ?? undefined,
    attempt,
    refused: row.refused ?? undefined,
    failures: row.failures,
    also: row.also === null ? [] : row.also.split(',').map(Number),
  };
}

export async function writeShown(db: Kysely<Schema>, { of, id }: Pick<Claimed, 'of' | 'id'>, shown: Shown): Promise<void> {
  const state = {
    ts: shown.ts ?? null,
    digest: shown.digest ?? null,
    attempt_at: shown.attempt?.at ?? null,
    settled_at: shown.attempt?.settledAt ?? null,
    refused: shown.refused ?? null,
    failures: shown.failures,
    also: shown.also === undefined || shown.also.length === 0 ? null : shown.also.join(','),
  };
  const { name } = shown;
  const insert =
    of === 'incident'
      ? db
          .insertInto('pictures')
          .values({ incident: id, name, ...state })
          .onConflict((conflict) => conflict.columns(['incident', 'name']).doUpdateSet(state))
      : db
          .insertInto('storm_pictures')
          .values({ storm: id, name, ...state })
          .onConflict((conflict) => conflict.columns(['storm', 'name']).doUpdateSet(state));
  await insert.execute();
}

/** Ends a lease. A change that came in between keeps the incident due as that change left it. */
export async function releaseLease(
  db: Kysely<Schema>,
  claimed: ClaimedIncident,
  next: { at: number | undefined; waitsFor?: Budget; edited?: boolean },
  now: number,
): Promise<void> {
  const unchanged = sql`revision = ${claimed.revision}`;
  const wider = sql`case when ${now} - edited_at > ${quietMinute} then 1000 when gap >= 15000 then 30000 else gap * 2 end`;
  const gap = next.edited === true ? wider : sql`gap`;
  const editedAt = next.edited === true ? sql<number>`cast(${now} as bigint)` : sql<number>`edited_at`;
  const paced = sql`case when ${editedAt} + ${gap} > ${now} then ${editedAt} + ${gap} else ${now} end`;
  const isResting = next.at === undefined;
  const dueAfterChange = sql<number>`case when urgent = 1 then due_at else ${paced} end`;
  const dueAt = next.waitsFor === undefined ? sql<number>`cast(${next.at ?? null} as bigint)` : sql<number>`due_at`;
  await db
    .updateTable('incidents')
    .set({
      lease_owner: null,
      lease_until: null,
      waits_for: sql`case when ${unchanged} then ${sql`cast(${next.waitsFor ?? null} as text)`} else waits_for end`,
      due_at: sql<number>`case when ${unchanged} then ${dueAt} else ${dueAfterChange} end`,
      // What changed meanwhile is late since it was due, not since what is shown now was.
      late_since: isResting ? sql`case when ${unchanged} then null else ${dueAfterChange} end` : sql`late_since`,
      lane: isResting ? sql<number>`case when ${unchanged} then ${sql.lit(lanes.rest)} else lane end` : sql<number>`lane`,
      edited_at: editedAt,
      gap: sql<number>`${gap}`,
    })
    .where('id', '=', claimed.incident.id)
    .where('lease_owner', '=', claimed.lease)
    .execute();
}

export function takeFromBudget(db: Kysely<Schema>, call: BudgetedCall, now: number): Promise<number | undefined> {
  return db.transaction().execute((trx) => takeCall(trx, call, now));
}

/** Within a transaction. */
export async function takeCall(trx: Kysely<Schema>, { budget, channel, isGrave }: BudgetedCall, now: number): Promise<number | undefined> {
  const own = `${budget}:${channel}`;
  const until = await takeToken(trx, own, budgets[budget], now);
  if (until !== undefined) return until;
  const untilAny = await takeToken(trx, `call:${channel}`, { ...calls, kept: isGrave ? 0 : keptForGrave }, now);
  if (untilAny === undefined) return undefined;
  await trx
    .updateTable('budgets')
    .set({ ready_at: sql`ready_at - ${budgets[budget].every}` })
    .where('name', '=', own)
    .execute();
  return untilAny;
}

/** @param kept so many are left for others */
interface Bucket {
  readonly every: number;
  readonly burst: number;
  readonly kept?: number;
}

/** What is fuller than any pause leaves it was written by a clock that was wrong, or by somebody else: nothing waits for that. */
const longestPauseMs = 3_600_000;

/** A token bucket in one row: `ready_at` is when the bucket will be full again. Undefined when taken, else when to try again. */
export async function takeToken(db: Kysely<Schema>, name: string, { every, burst, kept = 0 }: Bucket, now: number): Promise<number | undefined> {
  const slack = (burst - kept - 1) * every;
  const far = now + burst * every + longestPauseMs;
  const taken = await db
    .insertInto('budgets')
    .values({ name, ready_at: now + every })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ ready_at: sql`(case when budgets.ready_at between ${now} and ${far} then budgets.ready_at else ${now} end) + ${every}` })
        .where(sql<boolean>`(budgets.ready_at - ${now} <= ${slack} or budgets.ready_at > ${far})`),
    )
    .returning('ready_at')
    .execute();
  if (taken.length > 0) return undefined;
  const row = await db.selectFrom('budgets').select('ready_at').where('name', '=', name).executeTakeFirst();
  return Math.max(now + 1, (row?.ready_at ?? now) - slack);
}

export async function pauseBudget(db: Kysely<Schema>, budget: Budget, channel: string, until: number): Promise<void> {
  const { every, burst } = budgets[budget];
  const readyAt = until + (burst - 1) * every;
  await db
    .insertInto('budgets')
    .values({ name: `${budget}:${channel}`, ready_at: readyAt })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ ready_at: readyAt }).where(sql<boolean>`budgets.ready_at < ${readyAt}`))
    .execute();
}
