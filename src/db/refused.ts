/** What people were refused since their last entry of it. */
import type { Kysely } from 'kysely';
import type { Gathered } from '../domain/response/gathered.ts';
import { readBody, type Shape, storedBody } from '../domain/stored-body.ts';
import type { Schema } from './schema.ts';

const shape: Shape<Gathered> = { of: 'list of refusals', upgrades: [(older) => older], needs: ['by', 'until', 'more', 'others'] };

const mostAtOnce = 50;

export async function gatheredOf(db: Kysely<Schema>, person: string): Promise<Gathered | undefined> {
  const row = await db.selectFrom('refused').select('body').where('person', '=', person).executeTakeFirst();
  return row && readBody(shape, row.body);
}

/** Those whose minute is over, the longest first. */
export async function gatheredUntil(db: Kysely<Schema>, now: number): Promise<Gathered[]> {
  const rows = await db.selectFrom('refused').select('body').where('until_at', '<=', now).orderBy('until_at').limit(mostAtOnce).execute();
  return rows.map(({ body }) => readBody(shape, body));
}

export async function gather(db: Kysely<Schema>, gathered: Gathered): Promise<void> {
  const row = { until_at: gathered.until, body: storedBody(shape, gathered) };
  await db
    .insertInto('refused')
    .values({ person: gathered.by.id, ...row })
    .onConflict((conflict) => conflict.column('person').doUpdateSet(row))
    .execute();
}

export async function forgetGathered(db: Kysely<Schema>, person: string): Promise<void> {
  await db.deleteFrom('refused').where('person', '=', person).execute();
}
