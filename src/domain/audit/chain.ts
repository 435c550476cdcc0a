/**
 * How entries are linked. Each hash covers the hash before it and a salted digest of the body, so that a body can be erased later
 * without breaking the chain, and nothing can be changed, left out or put in between without showing. Under a key the hash is an HMAC,
 * so that nobody without the key can link them anew.
 */
import { sha256 } from '../digest.ts';
import { type EntryBody, type EntryFault, type EntryKind, isInThread, type NewEntry, type Reply, storedEntryBody } from '../incident/timeline.ts';
import { type AuditKeys, signed } from './keys.ts';

export interface Link {
  readonly seq: number;
  readonly hash: string;
  /** The key that it was signed with; undefined: none. */
  readonly key: string | undefined;
}

export interface StoredEntry extends Link {
  readonly incident: number;
  readonly at: number;
  readonly kind: EntryKind;
  readonly reply: Reply;
  readonly inThread: boolean;
  readonly salt: string;
  readonly digest: string;
  readonly previous: string;
  /** JSON exactly as digested; undefined once erased. */
  readonly body: string | undefined;
}

/** What an entry's own hash covers. */
export type LinkedEntry = Omit<StoredEntry, 'body' | 'salt' | 'inThread'>;

function hashOf(entry: Omit<LinkedEntry, 'hash'>, keys: AuditKeys): string | undefined {
  const { previous, incident, seq, at, kind, reply, digest } = entry;
  const covered = [previous, incident, seq, at, kind, reply, digest].join('\n');
  if (entry.key === undefined) return sha256(covered);
  const key = keys.find(({ id }) => id === entry.key);
  return key && signed(`${covered}\n${key.id}`, key);
}

/**
 * The next link of an incident's chain, under the newest key.
 * @param last the link before, undefined for the first
 * @param salt random text, so that a short body cannot be guessed from its digest
 */
export function chain(last: Link | undefined, entry: NewEntry, { salt, keys }: { salt: string; keys: AuditKeys }): StoredEntry {
  const body = storedEntryBody(entry.body);
  const linked = {
    incident: entry.incident,
    seq: (last?.seq ?? 0) + 1,
    at: entry.at,
    kind: entry.kind,
    reply: entry.reply,
    digest: sha256(`${salt}\n${body}`),
    previous: last?.hash ?? '',
    key: keys[0]?.id,
  };
  return { ...linked, inThread: isInThread(entry), salt, body, hash: hashOf(linked, keys) as string };
}

/** Whether an entry's hash fits what it covers; its body is not looked at. */
export function linkHolds(entry: LinkedEntry, keys: AuditKeys): boolean {
  return hashOf(entry, keys) === entry.hash;
}

/** What is wrong with an entry by itself. */
export function entryFault(entry: StoredEntry, keys: AuditKeys): EntryFault | undefined {
  const hash = hashOf(entry, keys);
  if (hash === undefined) return 'unknown-key';
  if (hash !== entry.hash) return 'changed';
  if (entry.body === undefined) return undefined;
  if (entry.digest !== sha256(`${entry.salt}\n${entry.body}`)) return 'body-changed';
  return entry.inThread === isMeantForThread(entry.reply, entry.body) ? undefined : 'changed';
}

function isMeantForThread(reply: Reply, text: string): boolean | undefined {
  try {
    return isInThread({ reply, body: JSON.parse(text) as EntryBody });
  } catch {
    return undefined;
  }
}

/** What is wrong between an entry and the one before it, undefined for the first. */
export function linkFault(last: Link | undefined, entry: StoredEntry): EntryFault | undefined {
  if (entry.seq !== (last?.seq ?? 0) + 1) return 'out-of-sequence';
  if (entry.previous !== (last?.hash ?? '')) return 'not-following';
  return last?.key !== undefined && entry.key === undefined ? 'unsigned' : undefined;
}

/** What is wrong with an entry, by itself or with the one before it. */
export function storedFault(last: Link | undefined, entry: StoredEntry, keys: AuditKeys): EntryFault | undefined {
  return linkFault(last, entry) ?? entryFault(entry, keys);
}

/** The first entry of a whole chain that is not what was written, or undefined when all is well. */
export function brokenAt(entries: readonly StoredEntry[], keys: AuditKeys): { seq: number; fault: EntryFault } | undefined {
  let last: Link | undefined;
  for (const entry of entries) {
    const fault = storedFault(last, entry, keys);
    if (fault) return { seq: entry.seq, fault };
    last = entry;
  }
  return undefined;
}
