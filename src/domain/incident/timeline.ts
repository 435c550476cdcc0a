/**
 * Entries: the append-only record of an incident. Each hash covers the hash before it and a salted digest of the body, so that a body
 * can be erased later without breaking the chain, and nothing can be changed, left out or put in between without showing.
 */
import { sha256 } from '../digest.ts';
import type { Person } from './incident.ts';

export type EntryKind = 'signal' | 'response' | 'note';
export type Result = 'done' | 'partly' | 'failed' | 'refused' | 'unknown';

export interface EntryBody {
  /** What this is: a response's id, `alarm-change`, `sign-in`, `notice`, `refused-click`. */
  readonly what: string;
  /** One or more plain sentences. Never holds a secret. */
  readonly text: string;
  /** The named reason of the decision behind it. */
  readonly reason?: string;
  readonly by?: Person;
  /** Who is asked, and so mentioned. */
  readonly asks?: Person;
  /** Whom or what it was done to: `alice in 123456789012`. */
  readonly on?: string;
  readonly why?: string;
  /** A response that changes AWS has two entries; the outcome names the intent's number. */
  readonly phase?: 'intent' | 'outcome';
  readonly intent?: number;
  readonly result?: Result;
  readonly details?: readonly string[];
  /** The message that it came from, where `text` says a part of it. */
  readonly whole?: string;
}

/** `none`: only in the audit; `quiet`: a thread reply; `loud`: a thread reply that also goes to the channel and mentions the responders. */
export type Reply = 'none' | 'quiet' | 'loud';

export interface NewEntry {
  /** Incident number; 0 for what belongs to no incident. */
  readonly incident: number;
  readonly at: number;
  readonly kind: EntryKind;
  readonly reply: Reply;
  readonly body: EntryBody;
}

export interface Entry extends NewEntry {
  readonly seq: number;
  readonly hash: string;
}

export interface Link {
  readonly seq: number;
  readonly hash: string;
}

export interface StoredEntry {
  readonly incident: number;
  readonly seq: number;
  readonly at: number;
  readonly kind: EntryKind;
  readonly reply: Reply;
  readonly salt: string;
  readonly digest: string;
  readonly previous: string;
  readonly hash: string;
  /** JSON exactly as digested; undefined once erased. */
  readonly body: string | undefined;
}

function hashOf(entry: Omit<StoredEntry, 'hash' | 'body' | 'salt'>): string {
  return sha256([entry.previous, entry.incident, entry.seq, entry.at, entry.kind, entry.reply, entry.digest].join('\n'));
}

/**
 * The next link of an incident's chain.
 * @param last the link before, undefined for the first
 * @param salt random text, so that a short body cannot be guessed from its digest
 */
export function chain(last: Link | undefined, entry: NewEntry, salt: string): StoredEntry {
  const body = JSON.stringify(entry.body);
  const digest = sha256(`${salt}\n${body}`);
  const linked = {
    incident: entry.incident,
    seq: (last?.seq ?? 0) + 1,
    at: entry.at,
    kind: entry.kind,
    reply: entry.reply,
    digest,
    previous: last?.hash ?? '',
  };
  return { ...linked, salt, body, hash: hashOf(linked) };
}

/** Where a chain is broken: the number of the first entry that does not follow from those before, or undefined when all is well. */
export function brokenAt(entries: readonly StoredEntry[]): number | undefined {
  let last: Link | undefined;
  for (const entry of entries) {
    const follows = entry.seq === (last?.seq ?? 0) + 1 && entry.previous === (last?.hash ?? '') && entry.hash === hashOf(entry);
    const intact = entry.body === undefined || entry.digest === sha256(`${entry.salt}\n${entry.body}`);
    if (!follows || !intact) return entry.seq;
    last = entry;
  }
  return undefined;
}
