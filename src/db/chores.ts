/** Background work for incidents, and the questions to CloudTrail that they share. */
import { type Kysely, sql } from 'kysely';
import type { Look } from '../domain/sign-in/looks.ts';
import type { Chore, ChoreKind, ClaimedLook, LookEnd, LookWait } from '../domain/work.ts';
import { type Claiming, leaseChore, leaseLook } from './claim.ts';
import { takeToken } from './pictures.ts';
import { type Rows, rowStatement } from './rows.ts';
import type { Schema } from './schema.ts';

const perStatement = 100;
/** LookupEvents allows 2 per second and account and region; half of it is left to the people who search. */
const lookRate = { every: 1_000, burst: 1 };

const schedule = rowStatement(
  { incident: 'bigint', kind: 'text', at: 'bigint' },
  ({ of, values }) => `
    insert into chores (incident, kind, due_at, asked, claimed, failures) ${values(of('incident'), of('kind'), of('at'), '1', '0', '0')}
    on conflict (incident, kind) do update set
      due_at = case when chores.due_at < excluded.due_at then chores.due_at else excluded.due_at end, asked = chores.asked + 1`,
);

export async function scheduleChores(rows: Rows, chores: readonly { kind: ChoreKind; incident: number }[], at: number): Promise<void> {
  await rows.run(
    schedule,
    chores.map(({ incident, kind }) => ({ incident, kind, at })),
  );
}

export async function claimChore(db: Kysely<Schema>, claiming: Claiming, kinds: readonly ChoreKind[]): Promise<Chore | undefined> {
  const row = await leaseChore(db, claiming, kinds);
  return (
    row && {
      kind: row.kind as ChoreKind,
      incident: row.incident,
      failures: Math.max(0, row.failures),
      repeats: Math.max(0, -row.failures),
      lease: claiming.lease,
    }
  );
}

/** In a row: failures, or below zero how often it was repeated because it asked for that. */
const afterRepeat = sql<number>`case when failures < 0 then failures - 1 else -1 end`;
const afterFailure = sql<number>`case when failures < 0 then 1 else failures + 1 end`;

/** Done, or due again then; asked for again meanwhile, it is due as it was asked for. */
export async function endChore(
  db: Kysely<Schema>,
  { incident, kind, lease }: Chore,
  { again, failed }: { again: number | undefined; failed: boolean },
): Promise<void> {
  if (again === undefined) {
    const held = db.deleteFrom('chores').where('incident', '=', incident).where('kind', '=', kind).where('lease_owner', '=', lease);
    await held.whereRef('asked', '=', 'claimed').execute();
  }
  const next =
    again === undefined
      ? { failures: 0 }
      : {
          failures: failed ? afterFailure : afterRepeat,
          due_at: sql<number>`case when asked = claimed then cast(${again} as bigint) else due_at end`,
        };
  await db
    .updateTable('chores')
    .set({ lease_owner: null, lease_until: null, ...next })
    .where('incident', '=', incident)
    .where('kind', '=', kind)
    .where('lease_owner', '=', lease)
    .execute();
}

/** Each look is a row that is found again by what it asks; whoever waits for it is written beside it. */
export async function waitForLooks(db: Kysely<Schema>, waiting: LookWait, looks: readonly Look[]): Promise<void> {
  // In one order for everybody, so that two incidents never wait for each other's rows.
  const sorted = looks.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  for (let start = 0; start < sorted.length; start += perStatement) await waitFor(db, waiting, sorted.slice(start, start + perStatement));
}

function orderOf({ account, region, attribute, value, from }: Look): string {
  return [account, region, attribute, value, from].join(' ');
}

async function waitFor(db: Kysely<Schema>, { incident, since, from }: LookWait, looks: readonly Look[]): Promise<void> {
  const rows = await db
    .insertInto('trail_looks')
    .values(looks.map(({ from: from_at, ...look }) => ({ ...look, from_at, due_at: since, failures: 0, lease_owner: null, lease_until: null })))
    .onConflict((conflict) =>
      conflict
        .columns(['account', 'region', 'attribute', 'value', 'from_at'])
        .doUpdateSet({ due_at: sql`case when trail_looks.due_at < ${since} then trail_looks.due_at else cast(${since} as bigint) end` }),
    )
    .returning('id')
    .execute();
  await db
    .insertInto('look_waits')
    .values(rows.map(({ id }) => ({ look: id, incident, since, from_at: from })))
    .onConflict((conflict) =>
      conflict
        .columns(['look', 'incident'])
        .doUpdateSet({ since, from_at: sql`case when look_waits.from_at < ${from} then look_waits.from_at else ${from} end` }),
    )
    .execute();
}

export async function lookAgain(db: Kysely<Schema>, incident: number, except: number, at: number): Promise<void> {
  const waited = db.selectFrom('look_waits').select('look').where('incident', '=', incident).where('look', '<>', except);
  await db.updateTable('trail_looks').set({ due_at: at }).where('id', 'in', waited).where('due_at', '>', at).execute();
  // One that is under way is due since before: it goes on from its end.
  await db.updateTable('trail_looks').set({ due_at: at }).where('id', 'in', waited).where('lease_owner', 'is not', null).execute();
}

export async function isLooking(db: Kysely<Schema>, incident: number, now: number): Promise<boolean> {
  const row = await db
    .selectFrom('look_waits')
    .innerJoin('trail_looks', 'trail_looks.id', 'look_waits.look')
    .select('trail_looks.id')
    .where('look_waits.incident', '=', incident)
    .where(({ or, eb }) => or([eb('trail_looks.due_at', '<=', now), eb('trail_looks.lease_owner', 'is not', null)]))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export async function claimLook(db: Kysely<Schema>, claiming: Claiming): Promise<ClaimedLook | undefined> {
  const row = await leaseLook(db, claiming);
  if (row === undefined) return undefined;
  const waits = await db.selectFrom('look_waits').selectAll().where('look', '=', row.id).execute();
  return {
    id: row.id,
    dueAt: row.due_at ?? claiming.now,
    account: row.account,
    region: row.region,
    attribute: row.attribute as Look['attribute'],
    value: row.value,
    from: row.from_at,
    failures: row.failures,
    lease: claiming.lease,
    waits: waits.map((wait) => ({ incident: wait.incident, since: wait.since, from: wait.from_at })),
  };
}

/** An incident that came to wait meanwhile made the look due again; that stays. */
export async function endLook(db: Kysely<Schema>, { id, lease, waits, dueAt }: ClaimedLook, { done, again, failed }: LookEnd): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const held = await trx
      .updateTable('trail_looks')
      .set({ lease_owner: null, lease_until: null, failures: failed ? sql`failures + 1` : 0 })
      .where('id', '=', id)
      .where('lease_owner', '=', lease)
      .executeTakeFirst();
    if (held.numUpdatedRows !== 1n) return;
    const since = new Map(waits.map((wait) => [wait.incident, wait.since]));
    for (const incident of done) {
      const wait = trx.deleteFrom('look_waits').where('look', '=', id).where('incident', '=', incident);
      await wait.where('since', '=', since.get(incident) ?? 0).execute();
    }
    const rest = await trx.selectFrom('look_waits').select(['incident', 'since']).where('look', '=', id).execute();
    const newcomer = rest.filter((wait) => since.get(wait.incident) !== wait.since).map((wait) => wait.since);
    const row = await trx.selectFrom('trail_looks').select('due_at').where('id', '=', id).executeTakeFirst();
    const askedAgain = row?.due_at == null || row.due_at === dueAt ? [] : [row.due_at];
    const due = rest.length === 0 ? null : Math.min(again ?? Number.MAX_SAFE_INTEGER, ...newcomer, ...askedAgain);
    if (due === null) await trx.deleteFrom('trail_looks').where('id', '=', id).execute();
    else await trx.updateTable('trail_looks').set({ due_at: due }).where('id', '=', id).execute();
  });
}

export function takeLook(db: Kysely<Schema>, account: string, region: string, now: number): Promise<number | undefined> {
  return takeToken(db, `look:${account}:${region}`, lookRate, now);
}

export function takeLogCall(
  db: Kysely<Schema>,
  { account, region }: { account: string; region: string },
  perSecond: number,
  now: number,
): Promise<number | undefined> {
  return takeToken(db, `log:${account}:${region}`, { every: Math.ceil(1_000 / perSecond), burst: Math.max(1, Math.floor(perSecond)) }, now);
}
