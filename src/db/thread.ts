/** The entries that an incident’s thread shows. One that was hidden or taken away must not make its reply say less than it said. */
import { type Kysely, sql } from 'kysely';
import { entryFault } from '../domain/audit/chain.ts';
import type { AuditKeys } from '../domain/audit/keys.ts';
import { changedBody, type Entry } from '../domain/incident/timeline.ts';
import type { EntriesTable, Schema } from './schema.ts';
import { entryOf, storedOf } from './timeline.ts';

/** So many of those that are gone are named. */
const mostNamed = 20;

/** Oldest first; where one is gone that may be the outcome of another, with what stands for it. */
export async function threadEntries(db: Kysely<Schema>, incident: number, keys: AuditKeys): Promise<Entry[]> {
  const shown = await shownIn(db, incident, keys);
  const [first] = withoutOutcome(shown);
  if (first === undefined) return shown;
  const of = { incident, after: first.seq };
  const found = [...(await hidden(db, of, keys)), ...(await missing(db, of))];
  if (found.length > 0) return [...shown, ...found].toSorted((a, b) => a.seq - b.seq);
  return withEndsMissed(db, incident, { shown, keys });
}

async function shownIn(db: Kysely<Schema>, incident: number, keys: AuditKeys): Promise<Entry[]> {
  const all = db.selectFrom('entries').selectAll().where('incident', '=', incident);
  return checked(await all.where(sql<boolean>`in_thread = 1`).orderBy('seq').execute(), keys);
}

function checked(rows: readonly EntriesTable[], keys: AuditKeys): Entry[] {
  return rows.map((row) => entryOf(row, entryFault(storedOf(row), keys)));
}

/** What is under way, or lost its outcome. */
function withoutOutcome(entries: readonly Entry[]): Entry[] {
  const ended = new Set(entries.map(({ body }) => body.intent));
  return entries.filter(({ seq, body }) => (body.phase === 'intent' || body.phase === 'request') && !ended.has(seq));
}

interface After {
  readonly incident: number;
  readonly after: number;
}

/** Entries that are said not to be in the thread, and are. */
async function hidden(db: Kysely<Schema>, { incident, after }: After, keys: AuditKeys): Promise<Entry[]> {
  const rows = db.selectFrom('entries').selectAll().where('incident', '=', incident).where('seq', '>', after).where('in_thread', '=', 0);
  const suspect = rows.where(sql<boolean>`body is not null and (reply <> 'none' or body like '%"intent":%')`);
  return checked(await suspect.orderBy('seq').limit(mostNamed).execute(), keys).filter(({ fault }) => fault !== undefined);
}

/** They are numbered without a gap: counted in one statement with where the chain ends, for others append meanwhile. */
async function missing(db: Kysely<Schema>, { incident, after }: After): Promise<Entry[]> {
  const { rows } = await sql<{ last: number | null; count: number }>`
    select (select seq from chains where incident = ${incident}) as last, count(*) as count
    from entries where incident = ${incident} and seq > ${after}`.execute(db);
  const { last, count } = rows[0] ?? { last: null, count: 0 };
  if (last === null || Number(count) >= last - after) return [];
  const there = await db.selectFrom('entries').select('seq').where('incident', '=', incident).where('seq', '>', after).execute();
  const seqs = new Set(there.map(({ seq }) => seq));
  const gone: number[] = [];
  for (let seq = after + 1; seq <= last && gone.length < mostNamed; seq++) if (!seqs.has(seq)) gone.push(seq);
  return gone.map((seq) => ({ incident, seq, at: 0, kind: 'note', reply: 'none', hash: '', body: changedBody, fault: 'missing' }));
}

interface Read {
  readonly shown: readonly Entry[];
  readonly keys: AuditKeys;
}

/** What is kept of a response says that it ended: its entries are read again, for it may have ended since they were. */
async function withEndsMissed(db: Kysely<Schema>, incident: number, { shown, keys }: Read): Promise<Entry[]> {
  const rows = db.selectFrom('responses').select('seq').where('incident', '=', incident).where('result', 'is not', null);
  const ended = new Set((await rows.execute()).map(({ seq }) => seq));
  if (!withoutOutcome(shown).some(({ seq }) => ended.has(seq))) return [...shown];
  const again = await shownIn(db, incident, keys);
  const lost = new Set(withoutOutcome(again).flatMap(({ seq }) => (ended.has(seq) ? [seq] : [])));
  return again.map((entry) => (lost.has(entry.seq) ? { ...entry, fault: entry.fault ?? 'outcome-missing' } : entry));
}
