/** Entries are appended to the chains of their incidents, after a look at where each ends. */
import { randomBytes } from 'node:crypto';
import { brokenEndEntry, type End, endFault, goesOnFrom } from '../domain/audit/broken-end.ts';
import { chain, type Link, type LinkedEntry, type StoredEntry } from '../domain/audit/chain.ts';
import type { AuditKeys } from '../domain/audit/keys.ts';
import type { Entry, EntryKind, NewEntry, Reply } from '../domain/incident/timeline.ts';
import { insertion, type Rows, rowStatement } from './rows.ts';
import type { EntriesTable, Schema } from './schema.ts';

const insertEntry = insertion('entries', {
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
  key_id: 'text',
});
const endSaid = rowStatement(
  { incident: 'bigint' },
  ({ of, from }) => `select incident, seq, hash, key_id from chains where incident in (select ${of('incident')} ${from})`,
);
const linkColumns = 'incident, seq, at, kind, reply, digest, previous, hash, key_id';
const entriesFrom = rowStatement(
  { incident: 'bigint', seq: 'bigint' },
  ({ of, beside }) =>
    `select ${linkColumns.replaceAll(/\w+/g, 'entries.$&')} from entries ${beside}
     where entries.incident = ${of('incident')} and entries.seq >= ${of('seq')} order by entries.incident, entries.seq`,
);
const saveEnd = insertion(
  'chains',
  { incident: 'bigint', seq: 'bigint', hash: 'text', key_id: 'text' },
  'on conflict (incident) do update set seq = excluded.seq, hash = excluded.hash, key_id = excluded.key_id',
);

/**
 * In the order given. Where a chain does not end as it should, an entry that says so comes before. The caller holds the incidents' locks.
 * @returns the entries given, with their numbers
 */
export async function appendEntries(rows: Rows, entries: readonly NewEntry[], keys: AuditKeys): Promise<Entry[]> {
  const ends = await readEnds(rows, [...new Set(entries.map(({ incident }) => incident))]);
  const links = new Map([...ends].map(([incident, end]) => [incident, goesOnFrom(end)]));
  const append = (entry: NewEntry): StoredEntry => {
    const next = chain(links.get(entry.incident), entry, { salt: randomBytes(12).toString('base64url'), keys });
    links.set(entry.incident, next);
    return next;
  };
  const breaks = [...ends].flatMap(([incident, end]) => {
    const fault = endFault(end, keys);
    return fault === undefined ? [] : [append(brokenEndEntry(incident, entries[0]?.at ?? 0, fault))];
  });
  const stored = entries.map((entry) => ({ entry, next: append(entry) }));
  await rows.run(insertEntry, [...breaks, ...stored.map(({ next }) => next)].map(rowOf));
  await rows.run(
    saveEnd,
    [...links].flatMap(([incident, link]) => (link === undefined ? [] : [{ incident, seq: link.seq, hash: link.hash, key_id: link.key ?? null }])),
  );
  return stored.map(({ entry, next: { seq, hash } }) => ({ ...entry, seq, hash }));
}

function rowOf({ inThread, key, body, ...entry }: StoredEntry) {
  return { ...entry, body: body ?? null, in_thread: inThread ? 1 : 0, key_id: key ?? null };
}

type LinkRow = Pick<EntriesTable, 'incident' | 'seq' | 'at' | 'kind' | 'reply' | 'digest' | 'previous' | 'hash' | 'key_id'>;

async function readEnds(rows: Rows, incidents: readonly number[]): Promise<Map<number, End>> {
  const said = await rows.run<Pick<Schema['chains'], 'incident' | 'seq' | 'hash' | 'key_id'>>(
    endSaid,
    incidents.map((incident) => ({ incident })),
  );
  const ends = new Map(said.map(({ incident, seq, hash, key_id }): [number, Link] => [incident, { seq, hash, key: key_id ?? undefined }]));
  const last = await rows.run<LinkRow>(
    entriesFrom,
    incidents.map((incident) => ({ incident, seq: ends.get(incident)?.seq ?? 1 })),
  );
  const entries = Map.groupBy(last.map(linkedOf), ({ incident }) => incident);
  return new Map(incidents.map((incident) => [incident, { said: ends.get(incident), entries: entries.get(incident) ?? [] }]));
}

function linkedOf({ key_id, kind, reply, ...row }: LinkRow): LinkedEntry {
  return { ...row, kind: kind as EntryKind, reply: reply as Reply, key: key_id ?? undefined };
}
