/** The chains of one transaction: where each ends is read and checked once, entries are appended, and all is written down at its end. */
import { randomBytes } from 'node:crypto';
import { brokenEndEntry, changedStateEntry, type End, endFault, goesOnFrom } from '../domain/audit/broken-end.ts';
import { chain, type Link, type LinkedEntry, type StoredEntry } from '../domain/audit/chain.ts';
import type { AuditKeys } from '../domain/audit/keys.ts';
import { type Seals, signedSeals } from '../domain/audit/seal.ts';
import type { Entry, EntryKind, NewEntry, Reply } from '../domain/incident/timeline.ts';
import { insertion, type Rows, rowStatement } from './rows.ts';
import type { EntriesTable, Schema } from './schema.ts';
import { type Resealed, sealsOf } from './seals.ts';

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
  ({ of, from }) => `select incident, seq, hash, key_id, revision, state, kept from chains where incident in (select ${of('incident')} ${from})`,
);
/** Where a chain is said to end, and the entries from there on. */
const ends = rowStatement(
  { incident: 'bigint' },
  ({ of, given }) => `
    select ${of('incident')} as incident, chains.seq as said_seq, chains.hash as said_hash, chains.key_id as said_key_id, revision, state, kept,
      entries.seq as seq, at, kind, reply, digest, previous, entries.hash as hash, entries.key_id as key_id
    from ${given} left join chains on chains.incident = ${of('incident')}
    left join entries on entries.incident = ${of('incident')} and entries.seq >= coalesce(chains.seq, 1)`,
);
const saveEnd = insertion(
  'chains',
  { incident: 'bigint', seq: 'bigint', hash: 'text', key_id: 'text', revision: 'bigint', state: 'text', kept: 'text' },
  `on conflict (incident) do update set seq = excluded.seq, hash = excluded.hash, key_id = excluded.key_id,
   revision = excluded.revision, state = excluded.state, kept = excluded.kept`,
);
const saveSeals = rowStatement(
  { incident: 'bigint', revision: 'bigint', state: 'text', kept: 'text' },
  ({ of, from }) =>
    // The next anchor covers them, whether or not entries come.
    `update chains set revision = ${of('revision')}, state = ${of('state')}, kept = ${of('kept')}, anchored = 0 ${from}
     where chains.incident = ${of('incident')}`,
);

/** A chain as this transaction found it, and as it leaves it. */
interface Known {
  readonly said: Link | undefined;
  readonly seals: Seals;
  /** What the next entry is linked to; set once its end was checked. */
  last: Link | undefined;
  isChecked: boolean;
}

export interface Chains {
  /**
   * In the order given. Where a chain does not end as it should, an entry that says so comes before. The caller holds the incidents' locks.
   * @returns the entries given, with their numbers
   */
  append(entries: readonly NewEntry[]): Promise<Entry[]>;
  /**
   * Writes down where the chains end, with the seals of what was changed. What was not as it was sealed before is told by an entry.
   * @param at for that entry
   */
  finish(resealed: readonly Resealed[], at: number): Promise<void>;
  /** All that was appended, breaks included. */
  readonly written: readonly Entry[];
}

export function chainsOver(rows: Rows, keys: AuditKeys): Chains {
  const known = new Map<number, Known>();
  const written: Entry[] = [];
  let now = 0;

  const append = async (entries: readonly NewEntry[]): Promise<Entry[]> => {
    now = Math.max(now, ...entries.map(({ at }) => at));
    const unchecked = [...new Set(entries.map(({ incident }) => incident))].filter((incident) => known.get(incident)?.isChecked !== true);
    const found = await readEnds(rows, known, unchecked);
    const link = (entry: NewEntry): StoredEntry => {
      const of = known.get(entry.incident) as Known;
      const next = chain(of.last, entry, { salt: randomBytes(12).toString('base64url'), keys });
      of.last = next;
      return next;
    };
    const breaks = [...found].flatMap(([incident, end]) => {
      const fault = endFault(end, keys);
      return fault === undefined ? [] : [brokenEndEntry(incident, now, fault)];
    });
    const stored = [...breaks, ...entries].map((entry) => ({ entry, next: link(entry) }));
    await rows.run(
      insertEntry,
      stored.map(({ next }) => rowOf(next)),
    );
    const numbered = stored.map(({ entry, next: { seq, hash } }) => ({ ...entry, seq, hash }));
    written.push(...numbered);
    return numbered.slice(breaks.length);
  };

  return {
    append,
    written,
    finish: async (resealed, at) => {
      await readSaid(
        rows,
        known,
        resealed.map(({ incident }) => incident).filter((incident) => !known.has(incident)),
      );
      const seals = new Map(resealed.map((one) => [one.incident, sealsOf(one, known.get(one.incident) as Known, keys)]));
      const changed = [...seals].flatMap(([incident, { fault }]) => (fault === undefined ? [] : [changedStateEntry(incident, at, fault)]));
      if (changed.length > 0) await append(changed);
      const left = [...known].map(([incident, { last, said, isChecked, seals: before }]) => {
        const isFirstSigned = said?.key === undefined && last?.key !== undefined;
        const next = seals.get(incident)?.next ?? before;
        const { revision = null, state = null, kept = null } = isFirstSigned ? signedSeals(next, keys) : next;
        return { incident, last, isMoved: isChecked && last !== undefined && last.seq !== said?.seq, seals: { revision, state, kept } };
      });
      const moved = left.filter(({ isMoved }) => isMoved);
      await rows.run(
        saveEnd,
        moved.flatMap(({ incident, last, seals: own }) =>
          last === undefined ? [] : [{ incident, seq: last.seq, hash: last.hash, key_id: last.key ?? null, ...own }],
        ),
      );
      await rows.run(
        saveSeals,
        left.filter(({ incident, isMoved }) => !isMoved && seals.has(incident)).map(({ incident, seals: own }) => ({ incident, ...own })),
      );
    },
  };
}

function rowOf({ inThread, key, body, ...entry }: StoredEntry) {
  return { ...entry, body: body ?? null, in_thread: inThread ? 1 : 0, key_id: key ?? null };
}

type EndRow = Pick<Schema['chains'], 'incident' | 'seq' | 'hash' | 'key_id' | 'revision' | 'state' | 'kept'>;
type LinkRow = Pick<EntriesTable, 'incident' | 'seq' | 'at' | 'kind' | 'reply' | 'digest' | 'previous' | 'hash' | 'key_id'>;
type SaidRow = Pick<EndRow, 'revision' | 'state' | 'kept'> & { said_seq: number | null; said_hash: string; said_key_id: string | null };
/** Without an entry its columns are null. */
type EndsRow = SaidRow & (LinkRow | { incident: number; seq: null });

/** Where chains are said to end, and their seals. */
async function readSaid(rows: Rows, known: Map<number, Known>, incidents: readonly number[]): Promise<void> {
  if (incidents.length === 0) return;
  const found = await rows.run<EndRow>(
    endSaid,
    incidents.map((incident) => ({ incident })),
  );
  const said = new Map(found.map((row) => [row.incident, row]));
  for (const incident of incidents) known.set(incident, knownOf(said.get(incident)));
}

function knownOf(row: EndRow | undefined): Known {
  const said = row && { seq: row.seq, hash: row.hash, key: row.key_id ?? undefined };
  const seals = { revision: row?.revision ?? undefined, state: row?.state ?? undefined, kept: row?.kept ?? undefined };
  return { said, seals, last: said, isChecked: false };
}

/** Where chains end. */
async function readEnds(rows: Rows, known: Map<number, Known>, incidents: readonly number[]): Promise<Map<number, End>> {
  const found = await rows.run<EndsRow>(
    ends,
    incidents.map((incident) => ({ incident })),
  );
  const ofEach = [...Map.groupBy(found, ({ incident }) => incident)];
  return new Map(
    ofEach.map(([incident, all]) => {
      if (!known.has(incident)) known.set(incident, knownOf(saidIn(all)));
      const entries = all.flatMap((row) => (row.seq === null ? [] : linkedOf(row))).toSorted((a, b) => a.seq - b.seq);
      const end = { said: known.get(incident)?.said, entries };
      Object.assign(known.get(incident) as Known, { last: goesOnFrom(end), isChecked: true });
      return [incident, end];
    }),
  );
}

function saidIn([row]: readonly EndsRow[]): EndRow | undefined {
  if (row === undefined || row.said_seq === null) return undefined;
  const { incident, said_seq: seq, said_hash: hash, said_key_id: key_id, revision, state, kept } = row;
  return { incident, seq, hash, key_id, revision, state, kept };
}

function linkedOf({ incident, seq, at, kind, reply, digest, previous, hash, key_id }: LinkRow): LinkedEntry {
  return { incident, seq, at, kind: kind as EntryKind, reply: reply as Reply, digest, previous, hash, key: key_id ?? undefined };
}
