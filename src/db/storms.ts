/** Storms, what Slack shows of them, and the incidents that wait in them. */
import { type Kysely, sql } from 'kysely';
import { asAppError } from '../domain/error.ts';
import { manyCards } from '../domain/incident/first-picture.ts';
import { lanes } from '../domain/incident/lane.ts';
import type { Pruned } from '../domain/retention.ts';
import { type Severity, severities } from '../domain/severity.ts';
import {
  isStorm,
  manyGraveCards,
  nameOfStorm,
  newStorm,
  type Storm,
  type StormIncident,
  type StormPicture,
  withIncidents,
} from '../domain/storm/storm.ts';
import type { ClaimedStorm, StormStore } from '../domain/storm/storm-store.ts';
import { type Claiming, leaseStorm, type StormRow } from './claim.ts';
import type { Engine } from './database.ts';
import { foldedInto, incidentOf } from './incidents.ts';
import { readCards, shownOf } from './pictures.ts';
import { inLane, queue } from './queues.ts';
import type { Schema } from './schema.ts';
import { countWaiting, waitingIn } from './storm-list.ts';
import { heldStorm, stormBody, stormNow, stormOf } from './storm-rows.ts';

/** A transaction reads and writes so many, so that clicks and signals do not wait for it. */
const perTurn = 100;
const mostGravest = 5;

type Db = Kysely<Schema>;

export async function claimStorm(db: Db, claiming: Claiming): Promise<ClaimedStorm | undefined> {
  const row = (await leaseStorm(db, claiming)) ?? ((await openStorm(db, claiming.now)) ? await leaseStorm(db, claiming) : undefined);
  if (row === undefined) return undefined;
  const storm = stormOf(row);
  const shown = await db.selectFrom('storm_pictures').selectAll().where('storm', '=', row.id).execute();
  return { of: 'storm', id: row.id, name: nameOfStorm(storm), shown: shown.map(shownOf), lease: claiming.lease, storm };
}

/** What is over for that long goes; of one that Slack was not shown to its end only the networks that it came from. */
export async function pruneStorms(db: Db, before: number, after: number): Promise<Pruned> {
  const rows = await db.selectFrom('storms').selectAll().where('id', '>', after).orderBy('id').limit(perTurn).execute();
  const old = rows.filter(({ ended_at }) => ended_at !== null && ended_at < before);
  const shown = old.filter(({ due_at, lease_owner }) => due_at === null && lease_owner === null).map(({ id }) => id);
  const left: string[] = [];
  for (const row of old.filter(({ id }) => !shown.includes(id))) {
    const body = bodyWithoutNetworks(row, left);
    if (body !== undefined) await db.updateTable('storms').set({ body }).where('id', '=', row.id).execute();
  }
  if (shown.length > 0) {
    await db.deleteFrom('storm_pictures').where('storm', 'in', shown).execute();
    await db.deleteFrom('storms').where('id', 'in', shown).execute();
  }
  return { count: old.length, left, next: rows.length < perTurn ? undefined : rows.at(-1)?.id };
}

/** Undefined: there is nothing to take from it, or it cannot be read, which is said. */
function bodyWithoutNetworks(row: StormRow, left: string[]): string | undefined {
  try {
    const storm = stormOf(row);
    return Object.keys(storm.networks).length === 0 ? undefined : stormBody({ ...storm, networks: {} });
  } catch (thrown) {
    left.push(`storm ${row.id}: ${asAppError(thrown).message}`);
    return undefined;
  }
}

/** The numbers of new incidents whose cards nobody tried to post. */
function newCards(db: Db, lane: number) {
  return db.selectFrom('incidents').select('id').where(inLane(lane));
}

async function openStorm(db: Db, now: number): Promise<boolean> {
  const ordinary = await newCards(db, lanes.card)
    .limit(manyCards + 1)
    .execute();
  const grave = await newCards(db, lanes.grave)
    .limit(manyGraveCards + 1)
    .execute();
  if (!isStorm({ ordinary: ordinary.length, grave: grave.length })) return false;
  const first = Math.min(...[...ordinary, ...grave].map(({ id }) => id));
  const row = { opened_at: now, due_at: now, late_since: now, body: stormBody(newStorm(0, first, now)) };
  const opened = await db
    .insertInto('storms')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .execute();
  return opened.length > 0;
}

export function foldInto(db: Db, engine: Engine, claimed: ClaimedStorm, now: number): ReturnType<StormStore['foldInto']> {
  return db.transaction().execute(async (trx) => {
    const held = await heldStorm(trx, engine, claimed);
    if (held === undefined) return undefined;
    const ordinary = await newCards(trx, lanes.card).limit(perTurn).execute();
    // In their order only the few are read that stay: Postgres would sort all that wait for some more of them.
    const staying = newCards(trx, lanes.grave).orderBy(queue).orderBy('due_at').orderBy('id').limit(manyGraveCards);
    const grave = await newCards(trx, lanes.grave).where('id', 'not in', staying).limit(perTurn).execute();
    const ids = [...ordinary, ...grave].map(({ id }) => id);
    if (ids.length === 0) return { claimed: held, folded: 0 };
    const { id, storm, shown } = held;
    // Whoever was claimed or changed meanwhile is left for the next turn.
    const rows = await trx
      .updateTable('incidents')
      .set(foldedInto(id))
      .where('id', 'in', ids)
      .where('lease_owner', 'is', null)
      .where('due_at', 'is not', null)
      .where('lane', 'in', [lanes.card, lanes.grave])
      .returning(['id', 'revision', 'body'])
      .execute();
    const next = withIncidents(storm, rows.map(incidentOf), { now, isPosted: shown.some(({ name }) => name === 'card') });
    await trx
      .updateTable('storms')
      .set({ body: stormBody(next) })
      .where('id', '=', id)
      .execute();
    return { claimed: { ...held, storm: next }, folded: rows.length };
  });
}

/** As it is now: all its counts are of one moment, for what opens is counted meanwhile. */
export function stormPicture(db: Db, storm: Storm): Promise<StormPicture> {
  return db.transaction().execute(async (trx) => pictureOf(trx, (await stormNow(trx, storm.id)) ?? storm));
}

async function pictureOf(db: Db, storm: Storm): Promise<StormPicture> {
  const counted = await db
    .selectFrom('incidents')
    .select(({ fn }) => ['severity', fn.countAll<number>().as('count')])
    .where('storm', '=', storm.id)
    .groupBy('severity')
    .execute();
  const graves = await Promise.all((['CRITICAL', 'HIGH'] as const).map((severity) => gravesOf(db, storm, severity)));
  const waiting = await waitingIn(db, storm.id)
    .select(['id', 'revision', 'body'])
    .orderBy('severity', 'desc')
    .orderBy('id')
    .limit(mostGravest)
    .execute();
  const found = new Map([...graves.flatMap(({ incidents }) => incidents), ...waiting.map(incidentOf)].map((one) => [one.id, one]));
  const gravest = [...found.values()].toSorted((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity) || a.id - b.id);
  const ofSeverity = (severity: Severity): number => Number(counted.find((one) => severities[one.severity] === severity)?.count ?? 0);
  const [critical, high] = graves.map(({ count }) => count);
  return {
    storm,
    severities: { LOW: ofSeverity('LOW'), MEDIUM: ofSeverity('MEDIUM'), HIGH: high ?? 0, CRITICAL: critical ?? 0 },
    newestAt: Math.max(storm.newestAt, ...graves.map(({ newestAt }) => newestAt)),
    waiting: await countWaiting(db, storm.id),
    gravest: await withCards(db, gravest.slice(0, mostGravest)),
  };
}

/** The grave ones from its beginning to its end, with a card of their own or not. */
async function gravesOf(db: Db, { first, endedAt }: Storm, severity: Severity) {
  const since = db
    .selectFrom('incidents')
    .where(sql<boolean>`severity >= 2 and severity = ${sql.lit(severities.indexOf(severity))}`)
    .where('id', '>=', first);
  const all = endedAt === undefined ? since : since.where('opened_at', '<=', endedAt);
  const { count } = await all.select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
  const rows = await all.select(['id', 'revision', 'body']).orderBy('id').limit(mostGravest).execute();
  const newest = await all.select('opened_at').orderBy('id', 'desc').limit(1).executeTakeFirst();
  return { count: Number(count), incidents: rows.map(incidentOf), newestAt: newest?.opened_at ?? 0 };
}

async function withCards(db: Db, incidents: readonly StormIncident['incident'][]): Promise<StormIncident[]> {
  const cards = await readCards(
    db,
    incidents.map(({ id }) => id),
  );
  return incidents.map((incident) => ({ incident, card: cards.get(incident.id) }));
}

/** They are no longer taken for new cards, so they do not fold again. */
export function makeRoom(db: Db, engine: Engine, claimed: ClaimedStorm, { count, now }: { count: number; now: number }): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const held = await heldStorm(trx, engine, claimed);
    if (held === undefined) return false;
    const rows = await waitingIn(trx, claimed.id).select('id').orderBy('severity', 'desc').orderBy('id').limit(count).execute();
    const ids = rows.map(({ id }) => id);
    const lane = sql<number>`case when severity >= ${severities.indexOf('HIGH')} then ${sql.lit(lanes.loud)} else ${sql.lit(lanes.rest)} end`;
    const due = { folded: 0, due_at: now, late_since: now, urgent: 1, waits_for: 'post', lane };
    if (ids.length > 0) await trx.updateTable('incidents').set(due).where('id', 'in', ids).where('folded', '=', 1).execute();
    await trx
      .updateTable('storms')
      .set({ body: stormBody({ ...held.storm, roomAt: now }) })
      .where('id', '=', claimed.id)
      .execute();
    return true;
  });
}

export function endStorm(db: Db, engine: Engine, claimed: ClaimedStorm, now: number): Promise<ClaimedStorm | undefined> {
  return db.transaction().execute(async (trx) => {
    const held = await heldStorm(trx, engine, claimed);
    if (held === undefined) return undefined;
    const waits = await waitingIn(trx, claimed.id).select('id').limit(1).execute();
    const comes = await newCards(trx, lanes.card).limit(1).execute();
    if (waits.length + comes.length > 0) return undefined;
    await trx.updateTable('storms').set({ ended_at: now }).where('id', '=', claimed.id).execute();
    return { ...held, storm: { ...held.storm, endedAt: now } };
  });
}

export async function releaseStorm(
  db: Db,
  { id, lease }: ClaimedStorm,
  { at, isShown }: { at: number | undefined; isShown: boolean },
): Promise<void> {
  const free = { lease_owner: null, lease_until: null, due_at: at ?? null, ...(isShown ? { late_since: null } : {}) };
  await db.updateTable('storms').set(free).where('id', '=', id).where('lease_owner', '=', lease).execute();
}
