/**
 * The queues in which incidents wait to be shown: one for each lane, severity, and budget that the next call waits for, in the order in which they
 * are served. What was begun goes before what was not: else its reply would wait for as long as anything new comes. Between people there is no
 * severity, only turns. There are a few dozen queues at most, so whoever claims goes from one that holds something to the next, and looks at the
 * head of each.
 */
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { lanes, type Served } from '../domain/incident/lane.ts';
import type { Budget } from '../domain/store.ts';

const budgetNumbers: Record<Budget, number> = { post: 0, edit: 1 };
const budgetCount = 3;
const severityCount = 4;

/** As the index `incidents_free` has it (0024). */
export const queue = sql.raw<number>(
  `((lane * 8 + case when lane between 2 and 6 then 0 else 3 - severity end) * 3 + case waits_for when 'post' then 0 when 'edit' then 1 else 2 end)`,
);
/** Due at some time, and nobody works on it. */
const free = sql.raw('due_at is not null and lease_owner is null');

/** The first and the last queue of lanes. */
function queuesOf(first: number, last = first): { from: number; until: number } {
  return { from: first * 8 * budgetCount, until: (last * 8 + severityCount) * budgetCount - 1 };
}

const all = queuesOf(lanes.grave, lanes.rest);
const rangeOf: Record<Served, typeof all> = { people: queuesOf(lanes.loud, lanes.lastOfPeople), others: queuesOf(lanes.card, lanes.rest) };

/** All queues of some lanes that hold something, the most urgent first; a last one that is null ends them. */
function queuesIn({ from, until } = all) {
  const next = (after: RawBuilder<unknown>) =>
    sql`select ${queue} as queue from incidents where ${free} and ${queue} > ${after} and ${queue} <= ${sql.lit(until)} order by ${queue} limit 1`;
  return sql`with recursive queues (queue) as (
    select queue from (${next(sql.lit(from - 1))}) as foremost
    union all
    select (${next(sql`queues.queue`)}) from queues where queues.queue is not null)`;
}

function served(heldBack: readonly Budget[]) {
  const numbers = heldBack.map((budget) => sql.lit(budgetNumbers[budget]));
  const isHeld = numbers.length === 0 ? sql`` : sql`and queues.queue % ${sql.lit(budgetCount)} not in (${sql.join(numbers)})`;
  const { from, until } = queuesOf(lanes.card);
  // While a storm lasts, it takes new cards in.
  const isOfStorm = sql`queues.queue between ${sql.lit(from)} and ${sql.lit(until)} and exists (select 1 from storms where ended_at is null)`;
  return sql`queues.queue is not null ${isHeld} and not (${isOfStorm})`;
}

/** Whether a row is in one of the queues of a lane. */
export function inLane(lane: number): RawBuilder<SqlBool> {
  const { from, until } = queuesOf(lane);
  return sql<SqlBool>`${free} and ${queue} between ${sql.lit(from)} and ${sql.lit(until)}`;
}

interface Claimable {
  readonly now: number;
  readonly heldBack: readonly Budget[];
  /** Undefined: of all lanes. */
  readonly of: Served | undefined;
}

/** The number of the incident that is claimed next, for SQLite, where whoever writes is alone. */
export function foremost({ now, heldBack, of }: Claimable) {
  return sql`${queuesIn(of && rangeOf[of])} select id from (
    select (${headOf(now)}) as id from queues where ${served(heldBack)}) as heads where id is not null limit 1`;
}

/** The same for Postgres, where what another one is just claiming is passed over. */
export function foremostUnlocked({ now, heldBack, of }: Claimable) {
  return sql`${queuesIn(of && rangeOf[of])} select head.id from queues cross join lateral (${headOf(now)} for update skip locked) as head
    where ${served(heldBack)} limit 1`;
}

function headOf(now: number) {
  return sql`select id from incidents where ${free} and ${queue} = queues.queue and due_at <= ${now} order by due_at, id limit 1`;
}

/** When the earliest of them is due. */
export function earliest(heldBack: readonly Budget[]): RawBuilder<{ at: number | null }> {
  return sql<{ at: number | null }>`${queuesIn()} select min(at) as at from (
    select (select due_at from incidents where ${free} and ${queue} = queues.queue order by due_at limit 1) as at
    from queues where ${served(heldBack)}) as heads`;
}
