import type { Kysely } from 'kysely';
import { type Anchor, anchorOf } from '../domain/audit/anchor.ts';
import type { AuditKeys } from '../domain/audit/keys.ts';
import { lockKeys } from './locks.ts';
import type { Schema } from './schema.ts';

/** Covers chains that moved on since the last anchor of them: so many at most. Undefined: none did. */
export async function addAnchor(db: Kysely<Schema>, keys: AuditKeys, { at, most }: { at: number; most: number }): Promise<Anchor | undefined> {
  await lockKeys(db, ['anchor']);
  const moved = db.selectFrom('chains').select(['incident', 'seq', 'hash']).whereRef('seq', '>', 'anchored');
  const heads = await moved.orderBy('incident').limit(most).execute();
  if (heads.length === 0) return undefined;
  const last = await db.selectFrom('anchors').select(['id', 'root']).orderBy('id', 'desc').limit(1).executeTakeFirst();
  const anchor = anchorOf(last, { heads, at }, keys);
  const { key, ...row } = anchor;
  await db
    .insertInto('anchors')
    .values({ ...row, key_id: key ?? null })
    .execute();
  for (const { incident, seq } of heads) await db.updateTable('chains').set({ anchored: seq }).where('incident', '=', incident).execute();
  return anchor;
}
