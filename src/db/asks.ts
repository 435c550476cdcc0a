/** What came of the users and networks of incidents by another way, and is yet to be judged with them. */
import { type Kysely, sql } from 'kysely';
import { didOf } from '../domain/sign-in/memory.ts';
import type { SignIn } from '../domain/sign-in/sign-in.ts';
import { storedTraces, type Touched, touchedBy } from '../domain/sign-in/surroundings.ts';
import type { Schema } from './schema.ts';
import { keptSignIns } from './sign-ins.ts';
import { storyOf, type Tie, textOf, tiesOf, traceOf } from './traces.ts';

/** @returns the incidents that have something to assess */
export async function askIncidents(db: Kysely<Schema>, signIns: readonly SignIn[]): Promise<number[]> {
  const telling = signIns.filter((one) => didOf(one) !== 'other');
  const touched = touchedBy(telling);
  if (touched.length === 0) return [];
  const ties = await tiesOf(db, touched.map(textOf), storyOf(touched));
  const kept = await keptSignIns(
    db,
    telling.map(({ eventId }) => eventId),
  );
  const asked = ties.flatMap((tie) => {
    const news = telling.filter((one) => storedTraces(one).some((trace) => textOf(trace) === tie.trace));
    const times = news.filter(({ eventId }) => !kept.has(`${tie.incident} ${eventId}`)).map(({ at }) => at);
    return times.length === 0 ? [] : [{ ...tie, from: Math.min(...times), until: Math.max(...times) }];
  });
  for (const one of asked.toSorted((a, b) => (`${a.trace} ${a.incident}` < `${b.trace} ${b.incident}` ? -1 : 1))) await mark(db, one);
  return [...new Set(asked.map(({ incident }) => incident))];
}

async function mark(db: Kysely<Schema>, { incident, trace, from, until }: Tie & { from: number; until: number }): Promise<void> {
  await db
    .updateTable('incident_traces')
    .set({
      asked_from: sql`case when asked_from < ${from} then asked_from else cast(${from} as bigint) end`,
      asked_until: sql`case when asked_until > ${until} then asked_until else cast(${until} as bigint) end`,
    })
    .where('trace', '=', trace)
    .where('incident', '=', incident)
    .execute();
}

export async function askedOf(db: Kysely<Schema>, incident: number, most: number): Promise<Touched[]> {
  const marked = db.selectFrom('incident_traces').select(['trace', 'asked_from', 'asked_until']).where('incident', '=', incident);
  const rows = await marked.where('asked_from', 'is not', null).orderBy('asked_from').limit(most).execute();
  return rows.map(({ trace, asked_from, asked_until }) => ({ ...traceOf(trace), from: asked_from ?? 0, until: asked_until ?? 0 }));
}

export async function answerAsked(db: Kysely<Schema>, incident: number, touched: readonly Touched[]): Promise<void> {
  if (touched.length === 0) return;
  const marked = db.updateTable('incident_traces').set({ asked_from: null, asked_until: null }).where('incident', '=', incident);
  await marked.where('trace', 'in', touched.map(textOf)).execute();
}
