/** Sign-ins kept with their incidents: each event once per incident, whichever way it came. */
import type { Kysely } from 'kysely';
import type { SignIn } from '../domain/sign-in/sign-in.ts';
import { isAddress, subjectKey } from '../domain/sign-in/subjects.ts';
import type { Store } from '../domain/store.ts';
import type { Schema } from './schema.ts';

const perStatement = 200;

export async function keptSignIns(db: Kysely<Schema>, eventIds: readonly string[]): Promise<Set<string>> {
  if (eventIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('sign_ins')
    .select(['incident', 'event_id'])
    .where('event_id', 'in', [...eventIds])
    .execute();
  return new Set(rows.map((row) => `${row.incident} ${row.event_id}`));
}

export async function keepSignIns(db: Kysely<Schema>, pairs: readonly { incident: number; signIn: SignIn }[]): Promise<SignIn[]> {
  const fresh = new Set<string>();
  for (let start = 0; start < pairs.length; start += perStatement) {
    const rows = await db
      .insertInto('sign_ins')
      .values(pairs.slice(start, start + perStatement).map(({ incident, signIn }) => rowOf(incident, signIn)))
      .onConflict((conflict) => conflict.columns(['incident', 'event_id']).doNothing())
      .returning(['incident', 'event_id'])
      .execute();
    for (const row of rows) fresh.add(`${row.incident} ${row.event_id}`);
  }
  return pairs.filter(({ incident, signIn }) => fresh.delete(`${incident} ${signIn.eventId}`)).map(({ signIn }) => signIn);
}

function rowOf(incident: number, signIn: SignIn): Schema['sign_ins'] {
  const isTold = signIn.principal.name !== undefined || signIn.principal.directory !== undefined;
  return {
    incident,
    event_id: signIn.eventId,
    at: signIn.at,
    account: signIn.account,
    subject: isTold ? subjectKey(signIn).slice(0, 500) : null,
    address: isAddress(signIn.address) ? signIn.address : null,
    body: JSON.stringify(signIn),
  };
}

export async function moveSignIns(db: Kysely<Schema>, from: number, to: number): Promise<SignIn[]> {
  const rows = await db.selectFrom('sign_ins').select('body').where('incident', '=', from).orderBy('at').execute();
  const moved = await keepSignIns(
    db,
    rows.map((row) => ({ incident: to, signIn: JSON.parse(row.body) as SignIn })),
  );
  await db.deleteFrom('sign_ins').where('incident', '=', from).execute();
  return moved;
}

export async function signInsOf(db: Kysely<Schema>, incident: number, page: { from: number; count: number }): ReturnType<Store['signIns']> {
  const all = db.selectFrom('sign_ins').where('incident', '=', incident);
  const rows = await all.select('body').orderBy('at', 'desc').orderBy('event_id').limit(page.count).offset(page.from).execute();
  const { total } = await all.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  return { signIns: rows.map((row) => JSON.parse(row.body) as SignIn), total: Number(total) };
}

const mostRelated = 20;

/**
 * Other incidents since then that share a subject or an address. What the incident holds is listed first and looked up by index then: a join of
 * its events with all others would cost their product, and an attacker decides how many there are.
 */
export async function relatedIncidents(db: Kysely<Schema>, incident: number, since: number): ReturnType<Store['related']> {
  const found = new Map<number, { subject: string | undefined; address: string | undefined }>();
  for (const column of ['subject', 'address'] as const) {
    for (const { other, shared } of await sharing(db, incident, column, since)) {
      found.set(other, { subject: undefined, address: undefined, ...found.get(other), [column]: shared });
    }
  }
  const related = [...found].toSorted(([a], [b]) => b - a).slice(0, mostRelated);
  return Promise.all(
    related.map(async ([id, shared]) => ({
      id,
      ...shared,
      accounts: shared.address === undefined ? 0 : await accountsOf(db, shared.address, since),
    })),
  );
}

async function sharing(
  db: Kysely<Schema>,
  incident: number,
  column: 'subject' | 'address',
  since: number,
): Promise<{ other: number; shared: string }[]> {
  const own = db.selectFrom('sign_ins').select(column).distinct().where('incident', '=', incident).where(column, 'is not', null);
  const values = (await own.limit(perStatement).execute()).flatMap((row) => row[column as 'subject'] ?? []);
  if (values.length === 0) return [];
  const others = db.selectFrom('sign_ins').select(['incident', column]).distinct().where(column, 'in', values);
  const rows = await others.where('at', '>', since).where('incident', '<>', incident).orderBy('incident', 'desc').limit(perStatement).execute();
  return rows.map((row) => ({ other: row.incident, shared: row[column as 'subject'] as string }));
}

async function accountsOf(db: Kysely<Schema>, address: string, since: number): Promise<number> {
  const seen = db.selectFrom('sign_ins').select('account').distinct().where('address', '=', address).where('at', '>', since);
  return (await seen.execute()).length;
}
