/** Requests that wait, and the facts that stand before every change: what is frozen, who may lift what. */
import type { Kysely } from 'kysely';
import { asObject } from '../domain/json.ts';
import type { ResponseRequest } from '../domain/response/request.ts';
import { readBody, type Shape, storedBody } from '../domain/stored-body.ts';
import type { Schema } from './schema.ts';

const shape: Shape<ResponseRequest> = { of: 'request', upgrades: [(older) => older], needs: ['by', 'state'] };

export async function saveRequest(db: Kysely<Schema>, request: ResponseRequest): Promise<void> {
  const row = { incident: request.incident, seq: request.seq, due_at: request.dueAt ?? null, body: storedBody(shape, request) };
  await db
    .insertInto('requests')
    .values(row)
    .onConflict((conflict) => conflict.columns(['incident', 'seq']).doUpdateSet({ due_at: row.due_at, body: row.body }))
    .execute();
}

export async function requestAt(db: Kysely<Schema>, incident: number, seq: number): Promise<ResponseRequest | undefined> {
  const row = await db.selectFrom('requests').select('body').where('incident', '=', incident).where('seq', '=', seq).executeTakeFirst();
  return row && requestIn(row.body);
}

/** Undefined: somebody else than the responder wrote it, or a newer version, which goes on with it itself. */
function requestIn(body: string): ResponseRequest | undefined {
  try {
    const read = readBody(shape, body);
    return typeof asObject(read.by).id === 'string' ? read : undefined;
  } catch {
    return undefined;
  }
}

const mostOpen = 200;

/** Slack user ids of those whose requests are not over, one for each. */
export async function openRequestsBy(db: Kysely<Schema>): Promise<string[]> {
  const rows = await db.selectFrom('requests').select('body').where('due_at', 'is not', null).limit(mostOpen).execute();
  return rows.flatMap(({ body }) => requestIn(body)?.by.id ?? []);
}

const mostAtOnce = 50;

export async function requestsDue(db: Kysely<Schema>, now: number): Promise<ResponseRequest[]> {
  const rows = await db.selectFrom('requests').select('body').where('due_at', '<=', now).orderBy('due_at').limit(mostAtOnce).execute();
  return rows.flatMap(({ body }) => requestIn(body) ?? []);
}

export async function factNamed(db: Kysely<Schema>, name: string): Promise<string | undefined> {
  return (await db.selectFrom('facts').select('value').where('name', '=', name).executeTakeFirst())?.value;
}

/** Whose changes count that began since then, newest last. */
export async function countedSince(db: Kysely<Schema>, since: number): Promise<string[]> {
  const rows = await db
    .selectFrom('responses')
    .select('by_id')
    .where('counts', '=', 1)
    .where('started_at', '>', since)
    .orderBy('started_at')
    .execute();
  return rows.map(({ by_id }) => by_id);
}
