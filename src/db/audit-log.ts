import { type Kysely, sql } from 'kysely';
import type { AuditLog } from '../domain/audit/log.ts';
import { keptCovers } from '../domain/audit/seal.ts';
import type { Result } from '../domain/incident/timeline.ts';
import { anchorsAfter } from './anchors.ts';
import { stateRow } from './incidents.ts';
import type { Schema } from './schema.ts';
import { keptRows } from './seals.ts';
import { storedOf } from './timeline.ts';

/** The log over a database, in pages that are found by their keys. */
export function auditLogOf(db: Kysely<Schema>): AuditLog {
  return {
    next: async (after) => {
      const { rows } = await sql<{ id: number | null }>`select min(id) as id from (
        select min(incident) as id from chains where incident > ${after}
        union all select min(incident) from entries where incident > ${after}
        union all select min(incident) from responses where incident > ${after}
        union all select min(incident) from requests where incident > ${after}
        union all select min(id) from incidents where id > ${after}) as ids`.execute(db);
      const incident = rows[0]?.id ?? undefined;
      if (incident === undefined) return undefined;
      const chain = await db.selectFrom('chains').selectAll().where('incident', '=', incident).executeTakeFirst();
      const seals = { revision: chain?.revision ?? undefined, state: chain?.state ?? undefined, kept: chain?.kept ?? undefined };
      return { incident, end: chain && { seq: chain.seq, hash: chain.hash, key: chain.key_id ?? undefined }, seals };
    },
    entries: async (incident, after, most) => {
      const rows = db.selectFrom('entries').selectAll().where('incident', '=', incident).where('seq', '>', after);
      return (await rows.orderBy('seq').limit(most).execute()).map(storedOf);
    },
    responses: async (incident) => {
      const rows = await db.selectFrom('responses').selectAll().where('incident', '=', incident).orderBy('seq').execute();
      return rows.map(({ seq, response, subject, by_id, started_at, result }) => ({
        seq,
        response,
        subject,
        byId: by_id,
        startedAt: started_at,
        result: (result ?? undefined) as Result | undefined,
      }));
    },
    requests: async (incident) => {
      const rows = await db.selectFrom('requests').select('seq').where('incident', '=', incident).orderBy('seq').execute();
      return rows.map(({ seq }) => seq);
    },
    state: async (incident) => ({ row: await stateRow(db, incident), kept: keptCovers(incident, await keptRows(db, incident)) }),
    anchors: (after, most) => anchorsAfter(db, after, most),
  };
}
