/** Responses that call AWS: under way, followed, and of late. */
import type { Kysely } from 'kysely';
import type { Result } from '../domain/incident/timeline.ts';
import type { UnderWay } from '../domain/response/following.ts';
import type { RecentResponse, Store, Tx } from '../domain/store.ts';
import type { Schema } from './schema.ts';

type Pending = Parameters<Tx['begin']>[0];

export async function beginResponse(
  db: Kysely<Schema>,
  { incident, seq, response, subject, by, byId, startedAt, owner, counts }: Pending,
): Promise<void> {
  await db
    .insertInto('responses')
    .values({
      incident,
      seq,
      response,
      subject,
      by_name: by,
      by_id: byId,
      started_at: startedAt,
      owner,
      result: null,
      counts: counts ? 1 : 0,
      token: null,
      due_at: null,
    })
    .execute();
}

/** Whether the outcome is to be written: see `Tx.end`. */
export async function endResponse(
  db: Kysely<Schema>,
  { incident, seq }: Parameters<Tx['end']>[0],
  { result, isGuess }: Parameters<Tx['end']>[1],
): Promise<boolean> {
  const row = db.updateTable('responses').where('incident', '=', incident).where('seq', '=', seq);
  const ended = await row.set({ result, due_at: null }).where('result', 'is', null).executeTakeFirst();
  if (ended.numUpdatedRows === 1n || isGuess || result === 'unknown') return ended.numUpdatedRows === 1n;
  const known = await row.set({ result }).where('result', '=', 'unknown').executeTakeFirst();
  return known.numUpdatedRows === 1n;
}

export async function recentResponse(
  db: Kysely<Schema>,
  responses: readonly string[],
  subject: string,
  since: number,
): Promise<RecentResponse | undefined> {
  const row = await db
    .selectFrom('responses')
    .select(['response', 'by_name', 'by_id', 'started_at', 'result'])
    .where('subject', '=', subject)
    .where('response', 'in', [...responses])
    .where('started_at', '>', since)
    .where(({ or, eb }) => or([eb('result', 'is', null), eb('result', 'not in', ['failed', 'refused'])]))
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { response: row.response, by: row.by_name, byId: row.by_id, startedAt: row.started_at, result: row.result as Result | null };
}

export async function abandonedResponses(
  db: Kysely<Schema>,
  before: number,
  self: string,
  otherOwnersAreDead: boolean,
): ReturnType<Store['abandoned']> {
  const rows = await db.selectFrom('responses').selectAll().where('result', 'is', null).where('due_at', 'is', null).execute();
  const lost = rows.filter((row) => row.started_at < before || (otherOwnersAreDead && row.owner !== self));
  return lost.map(pendingOf);
}

function pendingOf({ incident, seq, response, subject, owner, by_name, by_id, started_at, counts }: Schema['responses']): Pending {
  return { incident, seq, response, subject, owner, by: by_name, byId: by_id, startedAt: started_at, counts: counts === 1 };
}

/** False: it has ended, and stays as it is. */
export async function goOnWith(
  db: Kysely<Schema>,
  incident: number,
  seq: number,
  { token, dueAt }: { token: string; dueAt: number },
): Promise<boolean> {
  const row = db.updateTable('responses').where('incident', '=', incident).where('seq', '=', seq).where('result', 'is', null);
  return (await row.set({ token, due_at: dueAt }).executeTakeFirst()).numUpdatedRows === 1n;
}

export async function isUnderWay(db: Kysely<Schema>, incident: number, seq: number): Promise<boolean> {
  const row = db.selectFrom('responses').select('result').where('incident', '=', incident).where('seq', '=', seq);
  return (await row.executeTakeFirst())?.result === null;
}

const mostFollowed = 20;

/** Whoever moves the time of one on has claimed it. */
export async function claimUnderWay(db: Kysely<Schema>, now: number, until: number): Promise<UnderWay[]> {
  const due = db.selectFrom('responses').selectAll().where('due_at', '<=', now).where('result', 'is', null);
  const rows = await due.orderBy('due_at').limit(mostFollowed).execute();
  const claimed: UnderWay[] = [];
  for (const row of rows) {
    const own = db.updateTable('responses').where('incident', '=', row.incident).where('seq', '=', row.seq).where('due_at', '=', row.due_at);
    const { numUpdatedRows } = await own.set({ due_at: until }).executeTakeFirst();
    if (numUpdatedRows === 1n && row.token !== null) claimed.push({ ...pendingOf(row), token: row.token });
  }
  return claimed;
}

export async function begunResponses(db: Kysely<Schema>, responses: readonly string[], from: number, until: number): ReturnType<Tx['begun']> {
  const rows = await db
    .selectFrom('responses')
    .innerJoin('incidents', 'incidents.id', 'responses.incident')
    .selectAll('responses')
    .select('incidents.key')
    .where('response', 'in', [...responses])
    .where('started_at', '>=', from)
    .where('started_at', '<=', until)
    .orderBy('started_at', 'desc')
    .execute();
  return rows.map((row) => ({ ...pendingOf(row), key: row.key }));
}
