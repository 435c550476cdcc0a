import { type Kysely, sql } from 'kysely';
import type { StateRow } from '../domain/audit/seal.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { laneOfCard, laneOfChange, laneOfTurn, lanes, turnMs } from '../domain/incident/lane.ts';
import { readIncident, storedIncident } from '../domain/incident/stored.ts';
import { isWorse, severities } from '../domain/severity.ts';
import type { Due } from '../domain/store.ts';
import type { ChoreKind } from '../domain/work.ts';
import type { IncidentRow } from './claim.ts';
import { lockKeys } from './locks.ts';
import { inLane } from './queues.ts';
import { insertion, type Row, type Rows, rowStatement } from './rows.ts';
import type { Schema } from './schema.ts';
import type { Sealing } from './seals.ts';

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

const stateColumns = ['id', 'revision', 'key', 'status', 'severity', 'body'] as const;

const newestOfKey = rowStatement(
  { key: 'text' },
  // An older one that was reopened is the one to work on, also when a newer one is resolved.
  ({ of, from }) => `select ${stateColumns.join(', ')} from incidents where id in (
    select coalesce(
      (select id from incidents where key = ${of('key')} and status in ('open', 'acknowledged')),
      (select id from incidents where key = ${of('key')} and status <> 'merged' order by id desc limit 1)) ${from})`,
);

/** Rows, as they are to be sealed, or were. */
interface Read {
  readonly rows: Rows;
  readonly sealing: Pick<Sealing, 'read' | 'changed'>;
}

export async function newestByKey({ rows, sealing }: Read, keys: readonly string[]): Promise<Map<string, Incident>> {
  const given = [...new Set(keys)].map((key) => ({ key }));
  const found = await rows.run<StateRow>(newestOfKey, given);
  sealing.read(found);
  return new Map(found.map(incidentOf).map((incident) => [incident.key, incident]));
}

export async function incidentById(db: Kysely<Schema>, id: number): Promise<Incident | undefined> {
  const row = await db.selectFrom('incidents').select(['id', 'revision', 'body']).where('id', '=', id).executeTakeFirst();
  return row && incidentOf(row);
}

/** The incidents for which such work waits; without their locks. */
export async function incidentsFor(db: Kysely<Schema>, kind: ChoreKind): Promise<Incident[]> {
  const waiting = db.selectFrom('chores').select('incident').where('kind', '=', kind);
  const rows = db.selectFrom('incidents').select(['id', 'revision', 'body']).where('id', 'in', waiting);
  return (await rows.orderBy('id').execute()).map(incidentOf);
}

/** Reads an incident under the lock of its key. */
export async function lockedIncident(db: Kysely<Schema>, id: number, sealing: Pick<Sealing, 'read'>): Promise<Incident | undefined> {
  const row = await db.selectFrom('incidents').select('key').where('id', '=', id).executeTakeFirst();
  if (row === undefined) return undefined;
  await lockKeys(db, [row.key]);
  const found = await stateRow(db, id);
  if (found !== undefined) sealing.read([found]);
  return found && incidentOf(found);
}

export async function stateRow(db: Kysely<Schema>, id: number): Promise<StateRow | undefined> {
  return db.selectFrom('incidents').select(stateColumns).where('id', '=', id).executeTakeFirst();
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

export async function insertIncidents({ rows, sealing }: Read, incidents: readonly { incident: Incident; dueAt: number }[]): Promise<number[]> {
  const given = incidents.map(({ incident, dueAt }) => ({
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
  }));
  const inserted = await rows.run<{ id: number; key: string }>(insertIncident, given);
  const ids = new Map(inserted.map((row) => [row.key, row.id]));
  sealing.changed(
    given.map((row) => ({ ...row, id: ids.get(row.key) as number })),
    Math.max(0, ...given.map(({ opened_at }) => opened_at)),
  );
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

/** A turn further ahead was written by a clock that was wrong, or by somebody else. */
const furthestTurnMs = 3_600_000;

/** How far a person's turn is ahead of now, ms. */
async function takeTurn(db: Kysely<Schema>, person: string, now: number): Promise<number> {
  const { ready_at } = await db
    .insertInto('budgets')
    .values({ name: `turn:${person}`, ready_at: now + turnMs })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({
        ready_at: sql`(case when budgets.ready_at between ${now} and ${now + furthestTurnMs} then budgets.ready_at else ${now} end) + ${turnMs}`,
      }),
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
    ${from} where incidents.id = ${of('id')} returning incidents.id as id, incidents.revision as revision`;
});

export async function saveIncidents(
  { db, rows, sealing }: Read & { db: Kysely<Schema> },
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
  const closed = changed.filter((row) => !isUnresolved(row));
  const given = new Map(changed.map((row) => [row.id, row]));
  for (const some of [closed, changed.filter(isUnresolved)]) {
    const saved = await rows.run<{ id: number; revision: number }>(changeIncident, some);
    sealing.changed(
      saved.map(({ id, revision }) => ({ ...(given.get(id) as StateRow & (typeof changed)[number]), id, revision })),
      now,
    );
  }
}
