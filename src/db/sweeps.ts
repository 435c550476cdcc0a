/** What is swept, and the outages of which something was found. */
import { type Kysely, sql } from 'kysely';
import { type Found, isOf, type Outage } from '../domain/sweep/outage.ts';
import type { ClaimedSweep, SweepKind } from '../domain/sweep/sweeps.ts';
import { type Claiming, leaseSweep, prolongSweep } from './claim.ts';
import type { Engine } from './database.ts';
import { lastArrivalAt } from './inbox.ts';
import { lockKeys } from './locks.ts';
import type { Schema } from './schema.ts';

type Named = Pick<ClaimedSweep, 'kind' | 'of'>;

/** So that thousands of places are not asked at once. */
const apartMs = 250;
const perStatement = 200;

const nameOf = ({ kind, of }: Named): string => `${kind} ${of}`;

export async function planSweeps(db: Kysely<Schema>, sweeps: readonly Named[], now: number): Promise<void> {
  const unleased = { through_at: null, failures: 0, lease_owner: null, lease_until: null };
  for (let start = 0; start < sweeps.length; start += perStatement) {
    const rows = sweeps.slice(start, start + perStatement).map((sweep, index) => ({
      name: nameOf(sweep),
      due_at: sweep.kind === 'sign-ins' ? null : now + (start + index) * apartMs,
      ...unleased,
    }));
    await db
      .insertInto('sweeps')
      .values(rows)
      .onConflict((conflict) =>
        conflict.column('name').doUpdateSet({ due_at: sql`case when sweeps.due_at > excluded.due_at then excluded.due_at else sweeps.due_at end` }),
      )
      .execute();
  }
}

export async function claimSweep(db: Kysely<Schema>, claiming: Claiming): Promise<ClaimedSweep | undefined> {
  const row = await leaseSweep(db, claiming);
  if (row === undefined) return undefined;
  const [kind = '', ...of] = row.name.split(' ');
  const { through_at, failures, due_at } = row;
  return {
    kind: kind as SweepKind,
    of: of.join(' '),
    through: through_at ?? undefined,
    failures,
    dueAt: due_at ?? claiming.now,
    lease: claiming.lease,
  };
}

export function holdSweep(db: Kysely<Schema>, engine: Engine, sweep: ClaimedSweep): Promise<boolean> {
  return prolongSweep(db, engine, { name: nameOf(sweep), lease: sweep.lease });
}

export async function endSweep(
  db: Kysely<Schema>,
  sweep: ClaimedSweep,
  { through, again }: { readonly through: number | undefined; readonly again: number | undefined },
): Promise<void> {
  const known = through === undefined ? { failures: sql<number>`failures + 1` } : { through_at: through, failures: 0 };
  await db
    .updateTable('sweeps')
    .set({
      due_at: sql<number | null>`case when due_at <> ${sweep.dueAt} then due_at else cast(${again ?? null} as bigint) end`,
      lease_owner: null,
      lease_until: null,
      ...known,
    })
    .where('name', '=', nameOf(sweep))
    .where('lease_owner', '=', sweep.lease)
    .execute();
}

export async function sweepBy(db: Kysely<Schema>, sweep: Named, at: number): Promise<void> {
  const name = nameOf(sweep);
  const soon = db.updateTable('sweeps').set({ due_at: at }).where('name', '=', name);
  // One that is under way may have looked already.
  await soon.where(({ or, eb }) => or([eb('due_at', '>', at), eb('due_at', 'is', null), eb('lease_owner', 'is not', null)])).execute();
}

export async function nextSweepAt(db: Kysely<Schema>): Promise<number | undefined> {
  const free = db.selectFrom('sweeps').select('due_at').where('due_at', 'is not', null).where('lease_owner', 'is', null);
  return (await free.orderBy('due_at').limit(1).executeTakeFirst())?.due_at ?? undefined;
}

/** Locked last of all keys, so that whoever has it waits for no other. */
const outagesKey = ['outages'];
/** Of older ones nothing more is told or looked through. */
const mostOutages = 20;

export async function newestOutages(db: Kysely<Schema>): Promise<Outage[]> {
  const rows = await db.selectFrom('outages').selectAll().orderBy('id', 'desc').limit(mostOutages).execute();
  return rows.map(({ id, from_at, until_at, is_stop, found_at, found, told }) => {
    return { id, from: from_at, until: until_at, isStop: is_stop === 1, foundAt: found_at, found, told };
  });
}

export async function noteStop(db: Kysely<Schema>, { from, until }: { from: number; until: number }, now: number): Promise<void> {
  await lockKeys(db, outagesKey);
  await db.insertInto('outages').values({ from_at: from, until_at: until, is_stop: 1, found_at: now, found: 0, told: 0 }).execute();
}

export async function noteFound(db: Kysely<Schema>, found: Found, now: number): Promise<void> {
  await lockKeys(db, outagesKey);
  const [newest] = await newestOutages(db);
  if (newest === undefined || !isOf(newest, found, await lastArrivalAt(db))) {
    const fresh = { from_at: found.from, until_at: found.until, is_stop: 0, found_at: now, found: found.count, told: 0 };
    await db.insertInto('outages').values(fresh).execute();
    return;
  }
  // How long the responder did not run is known; how long SNS did not reach it only as far as something was found.
  const span = newest.isStop ? {} : { from_at: Math.min(newest.from, found.from), until_at: Math.max(newest.until, found.until) };
  await db
    .updateTable('outages')
    .set({ ...span, found_at: now, found: newest.found + found.count })
    .where('id', '=', newest.id)
    .execute();
}

export async function takeUntold(db: Kysely<Schema>): Promise<Outage | undefined> {
  const untold = (await newestOutages(db)).find(({ found, told }) => found !== told);
  if (untold === undefined) return undefined;
  const taken = db.updateTable('outages').set({ told: untold.found }).where('id', '=', untold.id);
  const { numUpdatedRows } = await taken.where('found', '=', untold.found).where('told', '=', untold.told).executeTakeFirst();
  return numUpdatedRows === 1n ? untold : undefined;
}
