/** What /signin-status and the metrics ask for: the gravest few, counts up to a limit, and what is found by its name. */
import { type Kysely, sql } from 'kysely';
import type { Incident } from '../domain/incident/incident.ts';
import { severities } from '../domain/severity.ts';
import type { Delivery, OpenIncident, Store } from '../domain/store.ts';
import { lastArrivalAt } from './inbox.ts';
import { incidentOf, incidentsById } from './incidents.ts';
import type { Schema } from './schema.ts';
import { textOf } from './traces.ts';

/** As the partial indexes have it. */
const isOpen = sql<boolean>`status in ('open', 'acknowledged')`;

function withCards(db: Kysely<Schema>) {
  return db
    .selectFrom('incidents')
    .leftJoin('pictures', (join) => join.onRef('pictures.incident', '=', 'incidents.id').on('pictures.name', '=', 'card'))
    .select(['incidents.id', 'incidents.revision', 'incidents.body', 'pictures.ts'])
    .where(isOpen);
}

function openOf(row: { id: number; revision: number; body: string; ts: string | null }): OpenIncident {
  return { incident: incidentOf(row), card: row.ts ?? undefined };
}

export async function gravestOpen(db: Kysely<Schema>, most: number): Promise<OpenIncident[]> {
  const rows = await withCards(db).orderBy('incidents.severity', 'desc').orderBy('incidents.id').limit(most).execute();
  return rows.map(openOf);
}

export async function openOfKeys(db: Kysely<Schema>, keys: readonly string[]): Promise<OpenIncident[]> {
  if (keys.length === 0) return [];
  const rows = await withCards(db)
    .where('incidents.key', 'in', [...keys])
    .execute();
  const rank = ({ incident }: OpenIncident): number => severities.indexOf(incident.severity);
  return rows.map(openOf).toSorted((a, b) => rank(b) - rank(a) || a.incident.id - b.incident.id);
}

/** An attacker decides how many incidents a user is in. */
const mostOfSubject = 100;

export async function openWithSubject(db: Kysely<Schema>, subject: string): Promise<Incident[]> {
  const tied = db
    .selectFrom('incident_traces')
    .select('incident')
    .where('trace', '=', textOf({ by: 'subject', value: subject }));
  const rows = await tied.orderBy('incident', 'desc').limit(mostOfSubject).execute();
  const incidents = await incidentsById(
    db,
    rows.map(({ incident }) => incident),
  );
  return incidents.filter(({ status }) => status === 'open' || status === 'acknowledged');
}

export async function countOpen(db: Kysely<Schema>, upTo: number): ReturnType<Store['countOpen']> {
  const some = db.selectFrom('incidents').select('status').where(isOpen).orderBy('severity', 'desc').orderBy('id').limit(upTo);
  const { total, acknowledged } = await db
    .selectFrom(some.as('some'))
    .select(({ fn }) => [
      fn.countAll<number>().as('total'),
      sql<number | null>`sum(case when status = 'acknowledged' then 1 else 0 end)`.as('acknowledged'),
    ])
    .executeTakeFirstOrThrow();
  return { open: Number(total) - Number(acknowledged), acknowledged: Number(acknowledged) };
}

export async function readDelivery(db: Kysely<Schema>): Promise<Delivery> {
  const late = db.selectFrom('incidents').select('late_since').where('late_since', 'is not', null);
  const oldest = await late.orderBy('late_since').limit(1).executeTakeFirst();
  const storm = await db.selectFrom('storms').select('late_since').where('ended_at', 'is', null).limit(1).executeTakeFirst();
  const since = [oldest?.late_since, storm?.late_since].filter((one): one is number => one != null);
  const facts = await db.selectFrom('facts').selectAll().execute();
  return {
    lastMessageAt: await lastArrivalAt(db),
    oldestUndeliveredAt: since.length === 0 ? undefined : Math.min(...since),
    facts: new Map(facts.map((row) => [row.name, { value: row.value, at: row.at }])),
  };
}
