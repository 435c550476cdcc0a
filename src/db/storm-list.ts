/** The incidents that wait in a storm without a card of their own. */
import { type Kysely, sql } from 'kysely';
import type { Turn } from '../domain/listing.ts';
import { severities } from '../domain/severity.ts';
import type { FoldedPlace, StormStore } from '../domain/storm/storm-store.ts';
import { incidentOf } from './incidents.ts';
import { listOf } from './listing.ts';
import type { Schema } from './schema.ts';

type Db = Kysely<Schema>;

export function waitingIn(db: Db, storm: number) {
  return db.selectFrom('incidents').where('storm', '=', storm).where(sql<boolean>`folded = 1`);
}

export async function countWaiting(db: Db, storm: number): Promise<number> {
  const { count } = await waitingIn(db, storm)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function openStorm(db: Db): Promise<number | undefined> {
  return (await db.selectFrom('storms').select('id').where('ended_at', 'is', null).limit(1).executeTakeFirst())?.id;
}

export async function countFolded(db: Db): Promise<number> {
  const storm = await openStorm(db);
  return storm === undefined ? 0 : countWaiting(db, storm);
}

export async function foldedIncidents(db: Db, listing: Parameters<StormStore['folded']>[0]): ReturnType<StormStore['folded']> {
  const storm = await openStorm(db);
  if (storm === undefined) return { incidents: [], back: undefined, on: undefined };
  const { rows, back, on } = await listOf(listing, {
    read: (turn, most) => readWaiting(db, storm, { turn, most }),
    placeOf: ({ severity, id }): FoldedPlace => ({ severity: severities[severity] ?? 'LOW', id }),
  });
  return { incidents: rows.map(incidentOf), back, on };
}

interface Wanted {
  readonly turn: Turn<FoldedPlace> | undefined;
  readonly most: number;
}

type Row = Pick<Schema['incidents'], 'revision' | 'body' | 'severity'> & { readonly id: number };

/** One severity after the other, each by a seek of its own: the order runs down in one column and up in the other. */
async function readWaiting(db: Db, storm: number, { turn, most }: Wanted): Promise<Row[]> {
  const isBack = turn?.to === 'back';
  const from = turn === undefined ? severities.length - 1 : severities.indexOf(turn.place.severity);
  const all = severities.map((_, severity) => severity);
  const inOrder = isBack ? all.slice(from) : all.slice(0, from + 1).toReversed();
  const found: Row[] = [];
  for (const severity of inOrder) {
    if (found.length === most) break;
    const some = waitingIn(db, storm).select(['id', 'revision', 'body', 'severity']).where('severity', '=', severity);
    const beyond = turn === undefined || severity !== from ? some : some.where('id', isBack ? '<' : '>', turn.place.id);
    const rows = await beyond
      .orderBy('id', isBack ? 'desc' : 'asc')
      .limit(most - found.length)
      .execute();
    found.push(...rows);
  }
  return found;
}
