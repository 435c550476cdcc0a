/** The memory of sign-ins: one row an event, and bounded reading of what lies around a user or a network. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type Around, didOf, kindOf, type Seen, tracesOf } from '../domain/sign-in/memory.ts';
import type { MfaSeen, SignIn } from '../domain/sign-in/sign-in.ts';
import { readSignIn, storedSignIn } from '../domain/sign-in/stored.ts';
import type { Touched } from '../domain/sign-in/surroundings.ts';
import type { Schema } from './schema.ts';

const perStatement = 200;
const questionsPerStatement = 40;

export async function rememberSignIns(db: Kysely<Schema>, signIns: readonly SignIn[]): Promise<SignIn[]> {
  const fresh = new Set<string>();
  // In one order for everybody, so that two transactions never wait for each other's rows.
  const sorted = signIns.toSorted((a, b) => (a.eventId < b.eventId ? -1 : 1));
  for (let start = 0; start < sorted.length; start += perStatement) {
    const rows = await db
      .insertInto('sign_ins')
      .values(sorted.slice(start, start + perStatement).map(rowOf))
      .onConflict((conflict) => conflict.column('event_id').doNothing())
      .returning('event_id')
      .execute();
    for (const row of rows) fresh.add(row.event_id);
  }
  return signIns.filter(({ eventId }) => fresh.delete(eventId));
}

export async function knownSignIns(db: Kysely<Schema>, eventIds: readonly string[]): Promise<Map<string, SignIn>> {
  const found = new Map<string, SignIn>();
  for (let start = 0; start < eventIds.length; start += perStatement) {
    const some = db.selectFrom('sign_ins').select(['event_id', 'body']);
    const rows = await some.where('event_id', 'in', eventIds.slice(start, start + perStatement)).execute();
    for (const { event_id, body } of rows) found.set(event_id, readSignIn(body));
  }
  return found;
}

function rowOf(signIn: SignIn): Omit<Schema['sign_ins'], 'id'> {
  const { subject, network } = tracesOf(signIn);
  return {
    event_id: signIn.eventId,
    subject: subject ?? null,
    network: network ?? null,
    account: signIn.principal.account,
    at: signIn.at,
    kind: kindOf(signIn),
    outcome: signIn.outcome,
    did: didOf(signIn),
    mfa: signIn.mfa,
    workflow: signIn.workflow ?? null,
    body: storedSignIn(signIn),
  };
}

/** The newest rows of each: how many are read is told by the question, whatever there is. */
export async function seenAround(db: Kysely<Schema>, questions: readonly Around[]): Promise<Seen[]> {
  const rows = await allOf(db, questions.map(seenBy));
  const found = new Map(rows.map((row) => [row.id, seenOf(row)]));
  return [...found.values()].toSorted((a, b) => a.at - b.at || a.id - b.id);
}

/** The rows of many questions, each of which is a seek of its own with a limit of its own. */
export async function allOf<R>(db: Kysely<Schema>, questions: readonly RawBuilder<R>[]): Promise<R[]> {
  const found: R[] = [];
  for (let start = 0; start < questions.length; start += questionsPerStatement) {
    const arms = questions.slice(start, start + questionsPerStatement).map((question) => sql`select * from (${question}) as one`);
    found.push(...(await sql<R>`${sql.join(arms, sql` union all `)}`.execute(db)).rows);
  }
  return found;
}

type Row = Pick<Schema['sign_ins'], 'subject' | 'network' | 'account' | 'at' | 'did' | 'mfa' | 'workflow'> & { id: number };

function seenBy({ by, value, did, from, until, most }: Around): RawBuilder<Row> {
  const column = sql.ref(by);
  return sql<Row>`
    select id, subject, network, account, at, did, mfa, workflow from sign_ins
    where ${column} = ${value} and did = ${did} and at >= ${from} and at <= ${until}
    order by at desc limit ${most}`;
}

/** So many of each are enough to name who is in it. */
const mostSignIns = 100;

export async function signInsAround(db: Kysely<Schema>, touched: readonly Touched[]): Promise<SignIn[]> {
  const questions = touched.flatMap(({ by, value, from, until }) =>
    (['failed', 'signed-in'] as const).map(
      (did) => sql<{ id: number; body: string }>`
        select id, body from sign_ins
        where ${sql.ref(by)} = ${value} and did = ${did} and at >= ${from} and at <= ${until} order by at desc limit ${mostSignIns}`,
    ),
  );
  const rows = new Map((await allOf(db, questions)).map(({ id, body }) => [id, body]));
  return [...rows.values()].map((body) => readSignIn(body)).toSorted((a, b) => a.at - b.at);
}

function seenOf(row: Row): Seen {
  return {
    id: row.id,
    subject: row.subject ?? undefined,
    network: row.network ?? undefined,
    account: row.account,
    at: row.at,
    did: row.did as Seen['did'],
    mfa: row.mfa as MfaSeen,
    workflow: row.workflow ?? undefined,
  };
}
