/** Named facts, shared by replicas. */
import { type Kysely, sql } from 'kysely';
import type { Schema } from './schema.ts';

export async function remember(db: Kysely<Schema>, name: string, value: string, at: number): Promise<void> {
  await db
    .insertInto('facts')
    .values({ name, value, at })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value, at }))
    .execute();
}

export async function forget(db: Kysely<Schema>, namesBegin: string, before: number): Promise<void> {
  await db.deleteFrom('facts').where('at', '<', before).where(sql<boolean>`substr(name, 1, ${namesBegin.length}) = ${namesBegin}`).execute();
}
