/** By what incidents are tied to others: the users and networks of their sign-ins, one row each, however many sign-ins there were. */
import { type Kysely, sql } from 'kysely';
import type { Related } from '../domain/incident/campaign.ts';
import { tracesOf } from '../domain/sign-in/memory.ts';
import type { SignIn } from '../domain/sign-in/sign-in.ts';
import { namedTraces, type Touched, type Trace } from '../domain/sign-in/surroundings.ts';
import type { Store } from '../domain/store.ts';
import { incidentsById } from './incidents.ts';
import { allOf } from './memory.ts';
import type { Schema } from './schema.ts';

const perStatement = 200;
const mostRelated = 20;
/** Where there are more, the oldest of so many are read too: the first of an attack tells for those that are not linked to it yet. */
const mostLookedAt = 200;
const fewOldest = 10;
const mostOwn = 200;
/** Incidents this far back may be one story with what comes now. */
const storyMs = 24 * 3_600_000;

export function textOf({ by, value }: Trace): string {
  return `${by} ${value}`;
}

export function traceOf(text: string): Trace {
  const by = text.startsWith('subject ') ? 'subject' : 'network';
  return { by, value: text.slice(by.length + 1) };
}

export async function addTraces(db: Kysely<Schema>, pairs: readonly { incident: number; signIn: SignIn }[]): Promise<void> {
  const newest = new Map<string, Schema['incident_traces']>();
  for (const { incident, signIn } of pairs) {
    for (const trace of namedTraces(tracesOf(signIn)).map(textOf)) {
      const last_at = Math.max(signIn.at, newest.get(`${trace} ${incident}`)?.last_at ?? 0);
      newest.set(`${trace} ${incident}`, { incident, trace, last_at, asked_from: null, asked_until: null });
    }
  }
  const rows = [...newest.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  for (let start = 0; start < rows.length; start += perStatement) {
    await db
      .insertInto('incident_traces')
      .values(rows.slice(start, start + perStatement))
      .onConflict((conflict) =>
        conflict.columns(['trace', 'incident']).doUpdateSet({
          last_at: sql`case when incident_traces.last_at < excluded.last_at then excluded.last_at else incident_traces.last_at end`,
        }),
      )
      .execute();
  }
}

export async function moveTraces(db: Kysely<Schema>, from: number, to: number): Promise<void> {
  await sql`
    insert into incident_traces (incident, trace, last_at, asked_from, asked_until)
    select cast(${to} as bigint), trace, last_at, asked_from, asked_until from incident_traces where incident = ${from}
    on conflict (trace, incident) do nothing`.execute(db);
  await db.deleteFrom('incident_traces').where('incident', '=', from).execute();
}

export interface Tie {
  readonly incident: number;
  readonly trace: string;
}

/** The newest incidents of each and the oldest, looked up by itself: a join would cost their product, and an attacker decides how many there are. */
export async function tiesOf(db: Kysely<Schema>, traces: readonly string[], since: number): Promise<Tie[]> {
  const newest = await newestTies(db, traces, since, mostRelated);
  const counts = Map.groupBy(newest, ({ trace }) => trace);
  const full = traces.filter((trace) => counts.get(trace)?.length === mostRelated);
  if (full.length === 0) return newest;
  const more = Map.groupBy(await newestTies(db, full, since, mostLookedAt), ({ trace }) => trace);
  return [...newest, ...[...more.values()].flatMap(oldestBeyond)];
}

/** @param all newest first: what is not among the newest */
function oldestBeyond<T>(all: readonly T[]): T[] {
  return all.slice(mostRelated).slice(-fewOldest);
}

function newestTies(db: Kysely<Schema>, traces: readonly string[], since: number, most: number): Promise<Tie[]> {
  return allOf(
    db,
    traces.map(
      (trace) => sql<Tie>`
        select incident, trace from incident_traces where trace = ${trace} and last_at > ${since} order by incident desc limit ${most}`,
    ),
  );
}

export async function relatedIncidents(db: Kysely<Schema>, incident: number, since: number): ReturnType<Store['related']> {
  const own = db.selectFrom('incident_traces').select('trace').where('incident', '=', incident).orderBy('last_at', 'desc').limit(mostOwn);
  const traces = (await own.execute()).map(({ trace }) => trace);
  const ties = (await tiesOf(db, traces, since)).filter((tie) => tie.incident !== incident);
  const shared = (of: readonly Tie[], by: Trace['by']) => of.map(({ trace }) => traceOf(trace)).find((trace) => trace.by === by)?.value;
  const sorted = [...Map.groupBy(ties, (tie) => tie.incident)].toSorted(([a], [b]) => b - a);
  return [...sorted.slice(0, mostRelated), ...oldestBeyond(sorted)].map(([id, of]) => ({
    id,
    subject: shared(of, 'subject'),
    network: shared(of, 'network'),
  }));
}

export function storyOf(touched: readonly Touched[]): number {
  return Math.min(...touched.map(({ from }) => from)) - storyMs;
}

export async function tiedIncidents(db: Kysely<Schema>, touched: readonly Touched[]): Promise<Related[]> {
  if (touched.length === 0) return [];
  const ties = Map.groupBy(await tiesOf(db, touched.map(textOf), storyOf(touched)), (tie) => tie.incident);
  const direct = await incidentsById(db, [...ties.keys()]);
  const numbers = new Set(direct.flatMap(({ campaign }) => campaign.incidents));
  const others = await incidentsById(db, [...numbers.difference(new Set(ties.keys()))]);
  return [...direct, ...others]
    .filter(({ mergedInto }) => mergedInto === undefined)
    .map((incident) => ({ incident, traces: (ties.get(incident.id) ?? []).map(({ trace }) => traceOf(trace)) }));
}
