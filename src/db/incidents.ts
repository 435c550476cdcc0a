import { type Kysely, sql } from 'kysely';
import type { Incident } from '../domain/incident/incident.ts';
import { laneOfCard, laneOfChange, laneOfTurn, lanes, turnMs } from '../domain/incident/lane.ts';
import { readIncident, storedIncident } from '../domain/incident/stored.ts';
import { isWorse, severities } from '../domain/severity.ts';
import type { Due } from '../domain/store.ts';
import type { IncidentRow } from './claim.ts';
import { inLane } from './queues.ts';
import type { Schema } from './schema.ts';

const firstGap = 1_000;

export function incidentOf(row: Pick<IncidentRow, 'id' | 'revision' | 'body'>): Incident {
  return readIncident(row.body, row);
}

export async function incidentsById(db: Kysely<Schema>, ids: readonly number[]): Promise<Incident[]> {
  if (ids.length === 0) return [];
  const rows = db
    .selectFrom('incidents')
    .select(['id', 'revision', 'body'])
    .where('id', 'in', [...ids]);
  return (await rows.orderBy('id').execute()).map(incidentOf);
}

/** Row locks in sorted order: both engines queue the transactions that work on one key, and two keys never deadlock. */
export async function lockKeys(db: Kysely<Schema>, keys: readonly string[]): Promise<void> {
  const sorted = [...new Set(keys)].sort();
  if (sorted.length === 0) return;
  await db
    .insertInto('incident_keys')
    .values(sorted.map((key) => ({ key, uses: 1 })))
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ uses: sql`incident_keys.uses + 1` }))
    .execute();
}

export async function newestByKey(db: Kysely<Schema>, keys: readonly string[]): Promise<Map<string, Incident>> {
  if (keys.length === 0) return new Map();
  const ofKeys = db
    .selectFrom('incidents')
    .where('key', 'in', [...keys])
    .where('status', '<>', 'merged');
  const newest = ofKeys.select(({ fn }) => fn.max('id').as('id')).groupBy('key');
  const unresolved = ofKeys.select('id').where('status', 'in', ['open', 'acknowledged']);
  const rows = await db
    .selectFrom('incidents')
    .select(['id', 'revision', 'body'])
    .where(({ or, eb }) => or([eb('id', 'in', newest), eb('id', 'in', unresolved)]))
    .orderBy('id')
    .execute();
  const found = new Map<string, Incident>();
  // An older one that was reopened is the one to work on, also when a newer one is resolved.
  for (const incident of rows.map(incidentOf)) {
    const known = found.get(incident.key);
    if (known === undefined || known.status === 'resolved') found.set(incident.key, incident);
  }
  return found;
}

export async function incidentById(db: Kysely<Schema>, id: number): Promise<Incident | undefined> {
  const row = await db.selectFrom('incidents').select(['id', 'revision', 'body']).where('id', '=', id).executeTakeFirst();
  return row && incidentOf(row);
}

/** Reads an incident under the lock of its key. */
export async function lockedIncident(db: Kysely<Schema>, id: number): Promise<Incident | undefined> {
  const row = await db.selectFrom('incidents').select('key').where('id', '=', id).executeTakeFirst();
  if (row === undefined) return undefined;
  await lockKeys(db, [row.key]);
  return incidentById(db, id);
}

export async function insertIncidents(db: Kysely<Schema>, incidents: readonly { incident: Incident; dueAt: number }[]): Promise<number[]> {
  if (incidents.length === 0) return [];
  const rows = await db
    .insertInto('incidents')
    .values(
      incidents.map(({ incident, dueAt }) => ({
        key: incident.key,
        status: incident.status,
        severity: severities.indexOf(incident.severity),
        revision: 1,
        body: storedIncident(incident),
        opened_at: incident.openedAt,
        due_at: dueAt,
        late_since: incident.openedAt,
        lane: laneOfCard(incident.severity),
        // The first call for it will be a post: while there is no room for one, it is passed over.
        waits_for: 'post',
        urgent: 1,
        edited_at: 0,
        gap: firstGap,
      })),
    )
    .returning(['id', 'key'])
    .execute();
  const ids = new Map(rows.map((row) => [row.key, row.id]));
  return incidents.map(({ incident }) => ids.get(incident.key) as number);
}

/** The row is locked first: whoever claims an incident skips locked rows, and SQLite has one writer at a time. */
export async function hasCard(db: Kysely<Schema>, incident: number): Promise<boolean> {
  const row = db.selectFrom('incidents').select('lease_owner').where('id', '=', incident);
  const isPostgres = db.getExecutor().adapter.supportsTransactionalDdl;
  const held = await (isPostgres ? row.forUpdate() : row).executeTakeFirst();
  if (held?.lease_owner != null) return true;
  const picture = db.selectFrom('pictures').select('name').where('incident', '=', incident).where('name', '=', 'card');
  return (await picture.executeTakeFirst()) !== undefined;
}

export async function waitingCards(db: Kysely<Schema>, limit: number): Promise<number> {
  const counts = [lanes.grave, lanes.card].map((lane) => {
    const waiting = db.selectFrom('incidents').select('id').where(inLane(lane)).limit(limit);
    return db.selectFrom(waiting.as('waiting')).select(({ fn }) => fn.countAll<number>().as('count'));
  });
  const [grave, others] = await Promise.all(counts.map((count) => count.executeTakeFirstOrThrow()));
  return Math.min(limit, Number(grave?.count) + Number(others?.count));
}

/** How far a person's turn is ahead of now, ms. */
async function takeTurn(db: Kysely<Schema>, person: string, now: number): Promise<number> {
  const { ready_at } = await db
    .insertInto('budgets')
    .values({ name: `turn:${person}`, ready_at: now + turnMs })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({ ready_at: sql`(case when budgets.ready_at < ${now} then ${now} else budgets.ready_at end) + ${turnMs}` }),
    )
    .returning('ready_at')
    .executeTakeFirstOrThrow();
  return ready_at - turnMs - now;
}

export async function saveIncident(db: Kysely<Schema>, { incident, due }: { incident: Incident; due: Due }, now: number): Promise<void> {
  const isPaced = due === 'paced' || due === 'planned';
  const lane = typeof due === 'object' ? laneOfTurn(await takeTurn(db, due.person, now)) : laneOfChange(incident.severity, !isPaced);
  const isGrave = isWorse(incident.severity, 'MEDIUM');
  const known = isGrave ? sql`case when lane = ${sql.lit(lanes.card)} then ${sql.lit(lanes.grave)} else lane end` : sql`lane`;
  const paced = sql<number>`case when edited_at + gap > ${now} then edited_at + gap else ${now} end`;
  const wanted = isPaced ? paced : sql<number>`${now}`;
  const isKept = due === 'planned' ? sql`due_at is not null` : sql`due_at is not null and due_at < ${wanted}`;
  const dueAt = sql<number>`case when ${isKept} then due_at else ${wanted} end`;
  await db
    .updateTable('incidents')
    .set({
      key: incident.key,
      status: incident.status,
      severity: severities.indexOf(incident.severity),
      body: storedIncident(incident),
      revision: sql`revision + 1`,
      due_at: dueAt,
      late_since: sql`case when late_since < ${dueAt} then late_since else ${dueAt} end`,
      lane: sql`case when due_at is not null and ${known} < ${lane} then ${known} else ${lane} end`,
      ...(isPaced ? {} : { urgent: 1, waits_for: null }),
    })
    .where('id', '=', incident.id)
    .execute();
}
