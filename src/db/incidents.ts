import { type Kysely, sql } from 'kysely';
import type { StateRow } from '../domain/audit/seal.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { laneOfCard, lanes } from '../domain/incident/lane.ts';
import { readIncident, storedIncident } from '../domain/incident/stored.ts';
import { severities } from '../domain/severity.ts';
import type { ChoreKind } from '../domain/work.ts';
import type { IncidentRow } from './claim.ts';
import { kept } from './kept-statements.ts';
import { lockKeys } from './locks.ts';
import { inLane } from './queues.ts';
import { insertion, type Rows, rowStatement } from './rows.ts';
import type { Schema } from './schema.ts';
import type { Sealing } from './seals.ts';
import { countIn, stormThatTakesIn } from './storm-rows.ts';

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
      (select id from incidents where key = ${of('key')} and status = 'resolved' order by id desc limit 1)) ${from})`,
);

/** Rows, as they are to be sealed, or were. */
export interface Read {
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

/** The incidents for which such work waits or is done; without their locks. */
export async function incidentsFor(db: Kysely<Schema>, kind: ChoreKind): Promise<Incident[]> {
  const such = db.selectFrom('chores').select('incident').where('kind', '=', kind);
  // Each by an index of its own: those of a kind that wait, and the few that somebody works on.
  const all = await such
    .where('lease_owner', 'is', null)
    .unionAll(such.where('lease_until', 'is not', null))
    .execute();
  return incidentsById(
    db,
    all.map(({ incident }) => incident),
  );
}

/** Reads incidents under the locks of their keys; in the order of their numbers, without those that are not there. */
export async function lockedIncidents(db: Kysely<Schema>, ids: readonly number[], sealing: Pick<Sealing, 'read'>): Promise<Incident[]> {
  if (ids.length === 0) return [];
  const rows = db.selectFrom('incidents').where('id', 'in', [...ids]);
  const keys = await rows.select('key').execute();
  await lockKeys(
    db,
    keys.map(({ key }) => key),
  );
  const found = await rows.select(stateColumns).orderBy('id').execute();
  sealing.read(found);
  return found.map(incidentOf);
}

export async function lockedIncident(db: Kysely<Schema>, id: number, sealing: Pick<Sealing, 'read'>): Promise<Incident | undefined> {
  return (await lockedIncidents(db, [id], sealing))[0];
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
  storm: 'bigint',
  folded: 'bigint',
} as const;

const insertIncident = insertion('incidents', incidentColumns, 'returning id, key');

/** An incident that waits in a storm is not due by itself. */
export function foldedInto(storm: number) {
  return { storm, folded: 1, due_at: null, late_since: null, waits_for: null, urgent: 0 } as const;
}

function isOrdinary({ incident }: { incident: Incident }): boolean {
  return laneOfCard(incident.severity) === lanes.card;
}

/** The first call for it will be a post: while there is no room for one, it is passed over. */
function dueBy({ openedAt }: Incident, dueAt: number) {
  return { storm: null, folded: 0, due_at: dueAt, late_since: openedAt, waits_for: 'post', urgent: 1 } as const;
}

export async function insertIncidents({ rows, sealing }: Read, incidents: readonly { incident: Incident; dueAt: number }[]): Promise<number[]> {
  const ordinary = incidents.filter(isOrdinary);
  const storm = ordinary.length > 0 ? await stormThatTakesIn(rows) : undefined;
  const given = incidents.map(({ incident, dueAt }) => ({
    key: incident.key,
    status: incident.status,
    severity: severities.indexOf(incident.severity),
    revision: 1,
    body: storedIncident(incident),
    opened_at: incident.openedAt,
    lane: laneOfCard(incident.severity),
    edited_at: 0,
    gap: firstGap,
    ...(storm !== undefined && isOrdinary({ incident }) ? foldedInto(storm.id) : dueBy(incident, dueAt)),
  }));
  const inserted = await rows.run<{ id: number; key: string }>(insertIncident, given);
  const ids = new Map(inserted.map((row) => [row.key, row.id]));
  if (storm !== undefined)
    await countIn(
      rows,
      storm,
      ordinary.map(({ incident }) => ({ ...incident, id: ids.get(incident.key) as number })),
    );
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
  const query = sql<{ count: number }>`
    select (select count(*) from (${waiting(lanes.grave)}) as grave) + (select count(*) from (${waiting(lanes.card)}) as others)
      + ${sql.lit(limit)} * (select count(*) from storms where ended_at is null) as count`.compile(db);
  kept(query.sql);
  const { rows } = await db.executeQuery(query);
  return Math.min(limit, Number(rows[0]?.count));
}
