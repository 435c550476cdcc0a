import { randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { prunedBody } from '../domain/incident/pruned.ts';
import {
  chain,
  type Entry,
  type EntryBody,
  type EntryKind,
  type Link,
  type NewEntry,
  type Reply,
  type StoredEntry,
} from '../domain/incident/timeline.ts';
import type { Page, Store } from '../domain/store.ts';
import { insertion, type Rows, rowStatement } from './rows.ts';
import type { EntriesTable, Schema } from './schema.ts';

const entryColumns = {
  incident: 'bigint',
  seq: 'bigint',
  at: 'bigint',
  kind: 'text',
  reply: 'text',
  in_thread: 'bigint',
  salt: 'text',
  digest: 'text',
  previous: 'text',
  hash: 'text',
  body: 'text',
} as const;
const insertEntry = insertion('entries', entryColumns);
const linkOf = rowStatement(
  { incident: 'bigint' },
  ({ of, from }) => `select incident, seq, hash from chains where incident in (select ${of('incident')} ${from})`,
);
const saveLink = insertion(
  'chains',
  { incident: 'bigint', seq: 'bigint', hash: 'text' },
  'on conflict (incident) do update set seq = excluded.seq, hash = excluded.hash',
);

/** Appends entries to the chains of their incidents, in the order given. The caller holds the incidents' locks. */
export async function appendEntries(rows: Rows, entries: readonly NewEntry[]): Promise<Entry[]> {
  const links = await lastLinks(rows, [...new Set(entries.map((entry) => entry.incident))]);
  const stored = entries.map((entry) => {
    const next = chain(links.get(entry.incident), entry, randomBytes(12).toString('base64url'));
    links.set(entry.incident, next);
    return {
      row: { ...next, body: next.body ?? null, pruned_at: null, in_thread: entry.reply !== 'none' || entry.body.intent !== undefined ? 1 : 0 },
      entry,
    };
  });
  await rows.run(
    insertEntry,
    stored.map(({ row }) => row),
  );
  await rows.run(
    saveLink,
    [...links].map(([incident, { seq, hash }]) => ({ incident, seq, hash })),
  );
  return stored.map(({ row, entry }) => ({ ...entry, seq: row.seq, hash: row.hash }));
}

async function lastLinks(rows: Rows, incidents: readonly number[]): Promise<Map<number, Link>> {
  const found = await rows.run<Schema['chains']>(
    linkOf,
    incidents.map((incident) => ({ incident })),
  );
  return new Map(found.map(({ incident, seq, hash }) => [incident, { seq, hash }]));
}

/** The entries that an incident's thread shows, oldest first. */
export async function threadEntries(db: Kysely<Schema>, incident: number): Promise<Entry[]> {
  const all = db.selectFrom('entries').selectAll().where('incident', '=', incident);
  const rows = await all.where(sql<boolean>`in_thread = 1`).orderBy('seq').execute();
  return rows.map(entryOf);
}

/** Entries are numbered without a gap, so a page is found by its numbers, however far back it is. */
export async function pageOfEntries(db: Kysely<Schema>, incident: number, { from, count }: Page): ReturnType<Store['entries']> {
  const last = await db.selectFrom('chains').select('seq').where('incident', '=', incident).executeTakeFirst();
  const total = last?.seq ?? 0;
  const older = db
    .selectFrom('entries')
    .selectAll()
    .where('incident', '=', incident)
    .where('seq', '<=', total - from);
  const rows = await older.orderBy('seq', 'desc').limit(count).execute();
  return { entries: rows.map(entryOf), total };
}

export async function entryAt(db: Kysely<Schema>, incident: number, seq: number): Promise<Entry | undefined> {
  const row = await db.selectFrom('entries').selectAll().where('incident', '=', incident).where('seq', '=', seq).executeTakeFirst();
  return row && entryOf(row);
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

function entryOf(row: EntriesTable): Entry {
  const body = row.body === null ? prunedBody(row.pruned_at ?? undefined) : (JSON.parse(row.body) as EntryBody);
  return { incident: row.incident, seq: row.seq, at: row.at, kind: row.kind as EntryKind, reply: row.reply as Reply, body, hash: row.hash };
}

/** The rows as they stand, for the audit export and for verifying the chain. */
export async function readStored(db: Kysely<Schema>, incident: number): Promise<StoredEntry[]> {
  const rows = await db.selectFrom('entries').selectAll().where('incident', '=', incident).orderBy('seq').execute();
  return rows.map(({ in_thread: _thread, pruned_at: _pruned, body, ...row }) => ({
    ...row,
    kind: row.kind as EntryKind,
    reply: row.reply as Reply,
    body: body ?? undefined,
  }));
}
