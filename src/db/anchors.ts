import type { Kysely } from 'kysely';
import { type Anchor, anchorOf, headsOf } from '../domain/audit/anchor.ts';
import type { AuditKeys } from '../domain/audit/keys.ts';
import { keptCovers, sealOf, stateCovers } from '../domain/audit/seal.ts';
import { stateRow } from './incidents.ts';
import { lockKeys } from './locks.ts';
import { type Rows, rowStatement } from './rows.ts';
import type { Schema } from './schema.ts';
import { keptRows } from './seals.ts';

const saveAnchored = rowStatement(
  { incident: 'bigint', seq: 'bigint', revision: 'bigint' },
  // What was sealed since it was read is for the next one.
  ({ of, from }) => `update chains set anchored = ${of('seq')} ${from}
    where chains.incident = ${of('incident')} and coalesce(chains.revision, 0) = ${of('revision')}`,
);

interface Anchoring {
  readonly db: Kysely<Schema>;
  readonly rows: Rows;
  readonly keys: AuditKeys;
}

/** Covers chains that moved on since the last anchor of them: so many at most. Undefined: none did. */
export async function addAnchor({ db, rows, keys }: Anchoring, at: number, most: number): Promise<Anchor | undefined> {
  await lockKeys(db, ['anchor']);
  const moved = db.selectFrom('chains').select(['incident', 'seq', 'hash', 'revision', 'state']).whereRef('seq', '>', 'anchored');
  const heads = await moved.orderBy('incident').limit(most).execute();
  if (heads.length === 0) return undefined;
  const last = await lastAnchor(db);
  const covered = heads.map(({ revision, state, ...head }) => ({ ...head, ...(revision === null || state === null ? {} : { revision, state }) }));
  const anchor = anchorOf(last, { heads: covered, at }, keys);
  const { key, ...row } = anchor;
  await db
    .insertInto('anchors')
    .values({ ...row, key_id: key ?? null })
    .execute();
  await rows.run(
    saveAnchored,
    heads.map(({ incident, seq, revision }) => ({ incident, seq, revision: revision ?? 0 })),
  );
  return anchor;
}

function lastAnchor(db: Kysely<Schema>) {
  return db.selectFrom('anchors').select(['id', 'root', 'heads']).orderBy('id', 'desc').limit(1).executeTakeFirst();
}

/**
 * Seals what versions before wrote, so many chains at a time. Not once an anchor covers seals: from then on a chain without one is a chain
 * whose seal somebody took away. @returns how many were sealed
 */
export async function sealOld(db: Kysely<Schema>, keys: AuditKeys, most: number): Promise<number> {
  await lockKeys(db, ['anchor']);
  const last = await lastAnchor(db);
  if (last !== undefined && headsOf(last).some(({ state }) => state !== undefined)) return 0;
  const unsealed = db.selectFrom('chains').select('incident').where('state', 'is', null).where('incident', '>', 0);
  const chains = await unsealed.orderBy('incident').limit(most).execute();
  for (const { incident } of chains) {
    const key = await db.selectFrom('incidents').select('key').where('id', '=', incident).executeTakeFirst();
    if (key !== undefined) await lockKeys(db, [key.key]);
    const row = await stateRow(db, incident);
    const state = sealOf(stateCovers(incident, row), keys);
    const kept = sealOf(keptCovers(incident, await keptRows(db, incident)), keys);
    // The next anchor covers it, whether or not its entries moved on.
    const next = { revision: row?.revision ?? 0, state, kept, anchored: 0 };
    await db.updateTable('chains').set(next).where('incident', '=', incident).where('state', 'is', null).execute();
  }
  return chains.length;
}

export async function anchorsAfter(db: Kysely<Schema>, after: number, most: number): Promise<Anchor[]> {
  const rows = await db.selectFrom('anchors').selectAll().where('id', '>', after).orderBy('id').limit(most).execute();
  return rows.map(({ key_id, ...row }) => ({ ...row, key: key_id ?? undefined }));
}
