/** Which sign-ins belong to which incidents: each event once per incident, whichever way it came. */
import { type Kysely, sql } from 'kysely';
import type { Listing, Turn } from '../domain/listing.ts';
import { type ListedSignIns, mostSignInsCounted, type SignInPlace } from '../domain/sign-in/listed.ts';
import type { SignIn } from '../domain/sign-in/sign-in.ts';
import { readSignIn } from '../domain/sign-in/stored.ts';
import { listOf } from './listing.ts';
import { rememberSignIns } from './memory.ts';
import type { Schema } from './schema.ts';
import { addTraces, moveTraces } from './traces.ts';

const perStatement = 200;

export async function keptSignIns(db: Kysely<Schema>, eventIds: readonly string[]): Promise<Set<string>> {
  if (eventIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('sign_ins')
    .innerJoin('incident_sign_ins', 'incident_sign_ins.sign_in', 'sign_ins.id')
    .select(['incident_sign_ins.incident', 'sign_ins.event_id'])
    .where('sign_ins.event_id', 'in', [...eventIds])
    .execute();
  return new Set(rows.map((row) => `${row.incident} ${row.event_id}`));
}

export async function keepSignIns(db: Kysely<Schema>, pairs: readonly { incident: number; signIn: SignIn }[]): Promise<SignIn[]> {
  await rememberSignIns(
    db,
    pairs.map(({ signIn }) => signIn),
  );
  const fresh: (typeof pairs)[number][] = [];
  for (let start = 0; start < pairs.length; start += perStatement) fresh.push(...(await keepSome(db, pairs.slice(start, start + perStatement))));
  await addTraces(db, fresh);
  return fresh.map(({ signIn }) => signIn);
}

async function keepSome<Pair extends { incident: number; signIn: SignIn }>(db: Kysely<Schema>, pairs: readonly Pair[]): Promise<Pair[]> {
  const known = await db
    .selectFrom('sign_ins')
    .select(['id', 'event_id'])
    .where(
      'event_id',
      'in',
      pairs.map(({ signIn }) => signIn.eventId),
    )
    .execute();
  const ids = new Map(known.map((row) => [row.event_id, row.id]));
  const rows = await db
    .insertInto('incident_sign_ins')
    .values(pairs.map(({ incident, signIn }) => ({ incident, sign_in: ids.get(signIn.eventId) as number, at: signIn.at })))
    .onConflict((conflict) => conflict.columns(['incident', 'sign_in']).doNothing())
    .returning(['incident', 'sign_in'])
    .execute();
  const kept = new Set(rows.map((row) => `${row.incident} ${row.sign_in}`));
  return pairs.filter(({ incident, signIn }) => kept.delete(`${incident} ${ids.get(signIn.eventId)}`));
}

export async function moveSignIns(db: Kysely<Schema>, from: number, to: number): Promise<SignIn[]> {
  const { rows } = await sql<{ sign_in: number }>`
    insert into incident_sign_ins (incident, sign_in, at)
    select cast(${to} as bigint), sign_in, at from incident_sign_ins where incident = ${from}
    on conflict (incident, sign_in) do nothing returning sign_in`.execute(db);
  await db.deleteFrom('incident_sign_ins').where('incident', '=', from).execute();
  await moveTraces(db, from, to);
  return signInsById(
    db,
    rows.map((row) => row.sign_in),
  );
}

async function signInsById(db: Kysely<Schema>, ids: readonly number[]): Promise<SignIn[]> {
  const found: SignIn[] = [];
  for (let start = 0; start < ids.length; start += perStatement) {
    const some = db
      .selectFrom('sign_ins')
      .select('body')
      .where('id', 'in', ids.slice(start, start + perStatement));
    for (const { body } of await some.execute()) found.push(readSignIn(body));
  }
  return found.toSorted((a, b) => a.at - b.at);
}

export async function signInsOf(db: Kysely<Schema>, incident: number, listing: Listing<SignInPlace>): Promise<ListedSignIns> {
  const all = db.selectFrom('incident_sign_ins').where('incident_sign_ins.incident', '=', incident);
  const read = (turn: Turn<SignInPlace> | undefined, most: number) => {
    const [beyond, order] = turn?.to === 'back' ? [sql`>`, 'asc' as const] : [sql`<`, 'desc' as const];
    const from = turn && sql<boolean>`(incident_sign_ins.at, incident_sign_ins.sign_in) ${beyond} (${turn.place.at}, ${turn.place.id})`;
    const some = all
      .innerJoin('sign_ins', 'sign_ins.id', 'incident_sign_ins.sign_in')
      .select(['sign_ins.body', 'incident_sign_ins.at', 'sign_ins.id']);
    return (from === undefined ? some : some.where(from))
      .orderBy('incident_sign_ins.at', order)
      .orderBy('incident_sign_ins.sign_in', order)
      .limit(most)
      .execute();
  };
  const { rows, back, on } = await listOf(listing, { read, placeOf: ({ at, id }): SignInPlace => ({ at, id }) });
  const first = sql`select 1 from incident_sign_ins where incident = ${incident} order by at, sign_in limit ${sql.lit(mostSignInsCounted + 1)}`;
  const counted = await sql<{ total: number }>`select count(*) as total from (${first}) as first_ones`.execute(db);
  const total = Number(counted.rows[0]?.total);
  return { signIns: rows.map((row) => readSignIn(row.body)), total, back, on };
}
