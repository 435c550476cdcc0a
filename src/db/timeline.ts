/** Entries are checked whenever they are read to be shown: one that is not what was written is never shown as if it were. */
import { type Kysely, sql } from 'kysely';
import { entryFault, linkFault, type StoredEntry } from '../domain/audit/chain.ts';
import type { AuditKeys } from '../domain/audit/keys.ts';
import { prunedBody } from '../domain/incident/pruned.ts';
import { changedBody, type Entry, type EntryFault, type EntryKind, type Reply, readEntryBody } from '../domain/incident/timeline.ts';
import type { Page, Store } from '../domain/store.ts';
import type { EntriesTable, Schema } from './schema.ts';

interface PageOfLog {
  readonly page: Page;
  readonly keys: AuditKeys;
}

/** Entries are numbered without a gap, so a page is found by its numbers, however far back it is. */
export async function pageOfEntries(db: Kysely<Schema>, incident: number, { page: { from, count }, keys }: PageOfLog): ReturnType<Store['entries']> {
  const last = await db.selectFrom('chains').select('seq').where('incident', '=', incident).executeTakeFirst();
  const total = last?.seq ?? 0;
  const older = db
    .selectFrom('entries')
    .selectAll()
    .where('incident', '=', incident)
    .where('seq', '<=', total - from);
  const rows = await older.orderBy('seq', 'desc').limit(count).execute();
  const entries = rows.map((row, index) => {
    const entry = storedOf(row);
    const before = rows[index + 1];
    // A gap is before it: what it says itself is what was written.
    const isNext = before !== undefined && before.seq + 1 === entry.seq;
    return entryOf(row, entryFault(entry, keys) ?? (isNext ? linkFault(storedOf(before), entry) : undefined));
  });
  return { entries, total };
}

export async function entryAt(db: Kysely<Schema>, { incident, seq }: { incident: number; seq: number }, keys: AuditKeys): Promise<Entry | undefined> {
  const row = await db.selectFrom('entries').selectAll().where('incident', '=', incident).where('seq', '=', seq).executeTakeFirst();
  return row && entryOf(row, entryFault(storedOf(row), keys));
}

/** An entry and all after it, each checked by itself and with the one before; the last has to be where the chain is said to end. */
export async function entriesFrom(db: Kysely<Schema>, { incident, seq }: { incident: number; seq: number }, keys: AuditKeys): Promise<Entry[]> {
  const end = await db.selectFrom('chains').select(['seq', 'hash']).where('incident', '=', incident).executeTakeFirst();
  const rows = await db.selectFrom('entries').selectAll().where('incident', '=', incident).where('seq', '>=', seq).orderBy('seq').execute();
  return rows.map((row, index) => {
    const entry = storedOf(row);
    const before = rows[index - 1];
    const fault = entryFault(entry, keys) ?? (before === undefined ? undefined : linkFault(storedOf(before), entry));
    const isEnd = index < rows.length - 1 || (end?.seq === row.seq && end.hash === row.hash);
    return entryOf(row, fault ?? (isEnd ? undefined : 'not-following'));
  });
}

/** Responses are in the thread; refused clicks are not. */
export async function lastStepAt(db: Kysely<Schema>, incidents: readonly number[]): Promise<number | undefined> {
  const times: number[] = [];
  for (const incident of incidents) {
    const steps = db.selectFrom('entries').select('at').where('incident', '=', incident).where(sql<boolean>`in_thread = 1`);
    const newest = await steps.where('kind', '=', 'response').orderBy('seq', 'desc').limit(1).executeTakeFirst();
    if (newest !== undefined) times.push(newest.at);
  }
  return times.length === 0 ? undefined : Math.max(...times);
}

export function entryOf(row: EntriesTable, fault: EntryFault | undefined): Entry {
  const { incident, seq, at, hash } = row;
  const entry = { incident, seq, at, kind: row.kind as EntryKind, reply: row.reply as Reply, hash };
  if (fault !== undefined) return { ...entry, fault, body: changedBody };
  return { ...entry, body: row.body === null ? prunedBody(row.pruned_at ?? undefined) : readEntryBody(row.body) };
}

/** An entry as it stands. */
export function storedOf({ key_id, in_thread, pruned_at: _pruned, body, kind, reply, ...row }: EntriesTable): StoredEntry {
  return {
    ...row,
    kind: kind as EntryKind,
    reply: reply as Reply,
    inThread: in_thread === 1,
    key: key_id ?? undefined,
    body: body ?? undefined,
  };
}
