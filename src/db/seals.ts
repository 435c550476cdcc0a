/** What a transaction reads and changes of incidents' rows, responses and requests, for the seals on their chains. */
import type { Kysely } from 'kysely';
import type { Link } from '../domain/audit/chain.ts';
import type { AuditKeys } from '../domain/audit/keys.ts';
import { keptCovers, type Seals, type StateRow, sealFault, sealOf, stateCovers } from '../domain/audit/seal.ts';
import type { Schema } from './schema.ts';

/** Of an incident whose row, or whose responses and requests, a transaction changed. */
export interface Resealed {
  readonly incident: number;
  /** As it was read first; undefined: it was not, or is new. */
  readonly rowBefore: StateRow | undefined;
  /** As it is left; undefined: it was not changed. */
  readonly row: StateRow | undefined;
  /** What covers responses and requests, before and after; undefined: they were not changed. */
  readonly kept: { readonly before: string; readonly after: string } | undefined;
}

export interface Sealing {
  read(rows: readonly StateRow[]): void;
  changed(rows: readonly StateRow[], at: number): void;
  /** Before responses or requests of an incident are changed. */
  changesKept(incident: number): Promise<void>;
  resealed(): Promise<Resealed[]>;
  /** When the newest change was made. */
  at(): number;
}

export function sealingOver(db: Kysely<Schema>): Sealing {
  const before = new Map<number, StateRow>();
  const after = new Map<number, StateRow>();
  const kept = new Map<number, string>();
  let newest = 0;
  return {
    at: () => newest,
    read: (rows) => {
      // What this transaction itself wrote is not as it was found.
      for (const row of rows) if (!before.has(row.id) && !after.has(row.id)) before.set(row.id, row);
    },
    changed: (rows, at) => {
      newest = Math.max(newest, at);
      for (const row of rows) after.set(row.id, row);
    },
    changesKept: async (incident) => {
      if (!kept.has(incident)) kept.set(incident, keptCovers(incident, await keptRows(db, incident)));
    },
    resealed: async () => {
      const found: Resealed[] = [];
      for (const incident of new Set([...after.keys(), ...kept.keys()])) {
        const was = kept.get(incident);
        const both = was === undefined ? undefined : { before: was, after: keptCovers(incident, await keptRows(db, incident)) };
        found.push({ incident, rowBefore: before.get(incident), row: after.get(incident), kept: both });
      }
      return found;
    },
  };
}

/** Each row as its columns. */
export async function keptRows(db: Kysely<Schema>, incident: number): Promise<{ responses: unknown[]; requests: unknown[] }> {
  const responses = await db.selectFrom('responses').selectAll().where('incident', '=', incident).orderBy('seq').execute();
  const requests = await db.selectFrom('requests').selectAll().where('incident', '=', incident).orderBy('seq').execute();
  return {
    responses: responses.map(({ seq, response, subject, by_name, by_id, started_at, owner, result, counts, token }) => [
      seq,
      response,
      subject,
      by_name,
      by_id,
      started_at,
      owner,
      result,
      counts,
      token,
    ]),
    requests: requests.map(({ seq, due_at, body }) => [seq, due_at, body]),
  };
}

/** Whether a row is not what was sealed at its revision. What was sealed since it was read is newer, and says nothing of it. */
export async function isChanged(db: Kysely<Schema>, row: StateRow, keys: AuditKeys): Promise<boolean> {
  const chain = await db.selectFrom('chains').select(['revision', 'state', 'key_id']).where('incident', '=', row.id).executeTakeFirst();
  if (chain === undefined || chain.state === null || chain.revision === null) return false;
  if (chain.revision < row.revision) return true;
  if (chain.revision > row.revision) {
    // A row that is still older than its seal was not overtaken, but put back.
    const now = await db.selectFrom('incidents').select('revision').where('id', '=', row.id).executeTakeFirst();
    return now?.revision === row.revision;
  }
  return sealFault(stateCovers(row.id, row), chain.state, { keys, isSigned: chain.key_id !== null }) !== undefined;
}

/** What of an incident was not as it was sealed. */
export type ChangedState = 'incident' | 'responses';

interface Before {
  readonly said: Link | undefined;
  readonly seals: Seals;
}

/** The next seals of a chain, and what did not fit those before. */
export function sealsOf(
  { incident, rowBefore, row, kept }: Resealed,
  { said, seals }: Before,
  keys: AuditKeys,
): { next: Seals; fault: ChangedState | undefined } {
  const how = { keys, isSigned: said?.key !== undefined };
  const isRowChanged =
    rowBefore !== undefined &&
    seals.state !== undefined &&
    (rowBefore.revision !== seals.revision || sealFault(stateCovers(incident, rowBefore), seals.state, how) !== undefined);
  const isKeptChanged = kept !== undefined && seals.kept !== undefined && sealFault(kept.before, seals.kept, how) !== undefined;
  const state = row === undefined ? seals : { revision: row.revision, state: sealOf(stateCovers(incident, row), keys) };
  const next = { revision: state.revision, state: state.state, kept: kept === undefined ? seals.kept : sealOf(kept.after, keys) };
  return { next, fault: isRowChanged ? 'incident' : isKeptChanged ? 'responses' : undefined };
}
