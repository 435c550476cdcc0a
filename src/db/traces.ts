/** By what incidents are tied to others: the users and networks of their sign-ins, one row each, however many sign-ins there were. */
import { type Kysely, sql } from 'kysely';
import { type SignInTraces, tracesOf } from '../domain/sign-in/memory.ts';
import type { SignIn } from '../domain/sign-in/sign-in.ts';
import type { Store } from '../domain/store.ts';
import { allOf } from './memory.ts';
import type { Schema } from './schema.ts';

const perStatement = 200;
const mostRelated = 20;
const mostOwn = 200;

/** `subject …` or `network …`: as the table has it. */
function textsOf({ subject, network }: SignInTraces): string[] {
  return [...(subject === undefined ? [] : [`subject ${subject}`]), ...(network === undefined ? [] : [`network ${network}`])];
}

export async function addTraces(db: Kysely<Schema>, pairs: readonly { incident: number; signIn: SignIn }[]): Promise<void> {
  const newest = new Map<string, Schema['incident_traces']>();
  for (const { incident, signIn } of pairs) {
    for (const trace of textsOf(tracesOf(signIn))) {
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

/** What the incident has is listed first and each of it looked up then: a join would cost their product, and an attacker decides how many there are. */
export async function relatedIncidents(db: Kysely<Schema>, incident: number, since: number): ReturnType<Store['related']> {
  const own = db.selectFrom('incident_traces').select('trace').where('incident', '=', incident).orderBy('last_at', 'desc').limit(mostOwn);
  const traces = (await own.execute()).map(({ trace }) => trace);
  const rows = await allOf(
    db,
    traces.map(
      (trace) => sql<{ incident: number; trace: string }>`
        select incident, trace from incident_traces
        where trace = ${trace} and incident <> ${incident} and last_at > ${since} order by incident desc limit ${mostRelated}`,
    ),
  );
  const found = Map.groupBy(rows, (row) => row.incident);
  return [...found]
    .toSorted(([a], [b]) => b - a)
    .slice(0, mostRelated)
    .map(([id, shared]) => ({ id, subject: sharedBy(shared, 'subject '), network: sharedBy(shared, 'network ') }));
}

function sharedBy(rows: readonly { trace: string }[], prefix: string): string | undefined {
  return rows.find(({ trace }) => trace.startsWith(prefix))?.trace.slice(prefix.length);
}
