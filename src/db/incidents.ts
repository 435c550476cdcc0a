import { type Kysely, sql } from 'kysely';
import type { Incident } from '../domain/incident/incident.ts';
import { laneOfCard, laneOfChange, laneOfTurn, lanes, turnMs } from '../domain/incident/lane.ts';
import { readIncident, storedIncident } from '../domain/incident/stored.ts';
import { isWorse, severities } from '../domain/severity.ts';
import type { Due } from '../domain/store.ts';
import type { IncidentRow } from './claim.ts';
import { lockKeys } from './locks.ts';
import { inLane } from './queues.ts';
import { insertion, type Row, type Rows, rowStatement } from './rows.ts';
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

const newestOfKey = rowStatement(
  { key: 'text' },
  // An older one that was reopened is the one to work on, also when a newer one is resolved.
  ({ of, from }) => `select id, revision, body from incidents where id in (
    select coalesce(
      (select id from incidents where key = ${of('key')} and status in ('open', 'acknowledged')),
      (select id from incidents where key = ${of('key')} and status <> 'merged' order by id desc limit 1)) ${from})`,
);

export async function newestByKey(rows: Rows, keys: readonly string[]): Promise<Map<string, Incident>> {
  const given = [...new Set(keys)].map((key) => ({ key }));
  const found = (await rows.run<Pick<IncidentRow, 'id' | 'revision' | 'body'>>(newestOfKey, given)).map(incidentOf);
  return new Map(found.map((incident) => [incident.key, incident]));
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

const incidentColumns = {
  key: 'text',
  status: 'text',
  severity: 'bigint',
  revision: 'bigint',
  body: 'text',
  opened_at: 'bigint',
  due_at: 'bigint',
  late_since: 'bigint',
  lane: 'bigint',
  waits_for: 'text',
  urgent: 'bigint',
  edited_at: 'bigint',
  gap: 'bigint',
} as const;

const insertIncident = insertion('incidents', incidentColumns, 'returning id, key');

export async function insertIncidents(rows: Rows, incidents: readonly { incident: Incident; dueAt: number }[]): Promise<number[]> {
  const inserted = await rows.run<{ id: number; key: string }>(
    insertIncident,
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
  );
  const ids = new Map(inserted.map((row) => [row.key, row.id]));
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
  const waiting = (lane: number) => sql`select 1 from incidents where ${inLane(lane)} limit ${sql.lit(limit)}`;
  const { rows } = await sql<{ count: number }>`
    select (select count(*) from (${waiting(lanes.grave)}) as grave) + (select count(*) from (${waiting(lanes.card)}) as others)
      + ${sql.lit(limit)} * (select count(*) from storms where ended_at is null) as count`.execute(db);
  return Math.min(limit, Number(rows[0]?.count));
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

const changedColumns = {
  id: 'bigint',
  key: 'text',
  status: 'text',
  severity: 'bigint',
  body: 'text',
  lane: 'bigint',
  now: 'bigint',
  is_paced: 'bigint',
  is_planned: 'bigint',
  is_grave: 'bigint',
  is_by_person: 'bigint',
  is_over: 'bigint',
} as const;

const high = severities.indexOf('HIGH');

const changeIncident = rowStatement(changedColumns, ({ of, from }) => {
  const wanted = `case when ${of('is_paced')} = 1 and edited_at + gap > ${of('now')} then edited_at + gap else ${of('now')} end`;
  const isKept = `due_at is not null and (${of('is_planned')} = 1 or due_at < ${wanted})`;
  const dueAt = `case when ${isKept} then due_at else ${wanted} end`;
  const lane = `case when ${of('is_grave')} = 1 and incidents.lane = ${lanes.card} then ${lanes.grave} else incidents.lane end`;
  const becomesGrave = `(${of('is_grave')} = 1 and incidents.severity < ${high})`;
  // What waits in a storm goes on waiting, unless somebody does something about it or it becomes grave; what is over before gets no card at all.
  const stays = `folded = 1 and ${of('is_by_person')} = 0 and not ${becomesGrave}`;
  return `update incidents set
      key = ${of('key')}, status = ${of('status')}, severity = ${of('severity')}, body = ${of('body')}, revision = revision + 1,
      due_at = case when ${stays} then null else ${dueAt} end,
      late_since = case when ${stays} then null when late_since < ${dueAt} then late_since else ${dueAt} end,
      lane = case when (due_at is not null or folded = 1) and ${lane} < ${of('lane')} then ${lane} else ${of('lane')} end,
      folded = case when ${stays} and ${of('is_over')} = 0 then 1 else 0 end,
      storm = case when folded = 1 and ${of('is_by_person')} = 0 and ${becomesGrave} then null else storm end,
      urgent = case when ${of('is_paced')} = 1 then urgent else 1 end,
      waits_for = case when ${of('is_paced')} = 1 then waits_for else null end
    ${from} where incidents.id = ${of('id')}`;
});

export async function saveIncidents(
  { db, rows }: { db: Kysely<Schema>; rows: Rows },
  changes: readonly { incident: Incident; due: Due }[],
  now: number,
): Promise<void> {
  const changed: Row<keyof typeof changedColumns>[] = [];
  for (const { incident, due } of changes) {
    const isPaced = due === 'paced' || due === 'planned';
    changed.push({
      id: incident.id,
      key: incident.key,
      status: incident.status,
      severity: severities.indexOf(incident.severity),
      body: storedIncident(incident),
      lane: typeof due === 'object' ? laneOfTurn(await takeTurn(db, due.person, now)) : laneOfChange(incident.severity, !isPaced),
      now,
      is_paced: isPaced ? 1 : 0,
      is_planned: due === 'planned' ? 1 : 0,
      is_grave: isWorse(incident.severity, 'MEDIUM') ? 1 : 0,
      is_by_person: typeof due === 'object' ? 1 : 0,
      is_over: incident.status === 'merged' || incident.status === 'resolved' ? 1 : 0,
    });
  }
  // Closed first: one key has one unresolved incident.
  const isUnresolved = ({ status }: (typeof changed)[number]): boolean => status === 'open' || status === 'acknowledged';
  await rows.run(
    changeIncident,
    changed.filter((row) => !isUnresolved(row)),
  );
  await rows.run(changeIncident, changed.filter(isUnresolved));
}
