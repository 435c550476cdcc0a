/** What messages in Slack say of entries: each names the entry that it was posted for, with its hash, and nobody but the responder writes that. */
import { nameOf } from '../incident/incident.ts';
import type { StoredEntry } from './chain.ts';
import type { Finding } from './verify.ts';

/** A message, as its metadata has it: `SIN-42/card` with the hash of the first entry, `SIN-42/7`, and the entries told beside it. */
export interface ToldMessage {
  readonly key: string;
  readonly hash: string;
  /** `8:hash 9:hash` */
  readonly also: string | undefined;
  /** When it was posted, ms. */
  readonly at: number;
}

export interface ToldEntry {
  readonly incident: number;
  readonly seq: number;
  readonly hash: string;
}

/** What belongs to no incident is entry so many of `LOG`; what was posted again because Slack lets nobody edit it ends with `/again`. */
const entryKey = /^(?:SIN-(\d{1,15})|LOG)\/(card|\d{1,15})(?:\/again)?$/;

/** Which entries a message shows; none: it is about something else. */
export function entriesOf({ key, hash, also }: ToldMessage): ToldEntry[] {
  const [, number, what] = entryKey.exec(key) ?? [];
  if (what === undefined || (number === undefined && what === 'card')) return [];
  const incident = Number(number ?? 0);
  const beside = (also ?? '').split(' ').flatMap((one) => {
    const [, seq, other] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(one) ?? [];
    return seq === undefined || other === undefined ? [] : [{ incident, seq: Number(seq), hash: other }];
  });
  return [{ incident, seq: what === 'card' ? 1 : Number(what), hash }, ...beside];
}

/** @param entry what the database has under that number */
export function toldFault({ incident, seq, hash }: ToldEntry, entry: StoredEntry | undefined): Finding | undefined {
  if (entry?.hash === hash) return undefined;
  return { incident, seq, fault: entry === undefined ? 'missing-but-in-slack' : 'not-as-in-slack', foundBy: 'slack' };
}

/** In words: how much of Slack was compared, and how far back it goes. */
export function comparedText(messages: number, first: number | undefined, incidents: ReadonlySet<number>): string {
  if (first === undefined) return 'Slack shows no message of the responder.';
  const some = [...incidents].filter((id) => id > 0).toSorted((a, b) => a - b);
  const range = some.length === 0 ? 'no incident' : `${nameOf({ id: some[0] ?? 0 })} to ${nameOf({ id: some.at(-1) ?? 0 })}`;
  return `Slack: ${messages} messages compared, of ${range}, the first of ${new Date(first).toISOString()}. Outcomes are edits of their intents’ messages, which name the intent.`;
}
