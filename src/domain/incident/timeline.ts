/** Entries: the append-only record of an incident. */
import type { KeptState } from '../response/kept-state.ts';
import type { ToCopy } from '../response/to-copy.ts';
import { readBody, type Shape, storedBody } from '../stored-body.ts';
import type { Person } from './incident.ts';
import { withoutCommands } from './older-details.ts';

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
  readonly phase?: 'intent' | 'outcome' | 'request';
  readonly intent?: number;
  readonly result?: Result;
  /** Of a request's entry and of those that decide on it: how it stands then, and until when; of its own also what was asked for, as one digest. */
  readonly request?: { readonly state: string; readonly mode: 'approval' | 'break-glass'; readonly until?: number; readonly terms?: string };
  readonly details?: readonly string[];
  /** Of an outcome: what the responder cannot do, as commands. */
  readonly toCopy?: readonly ToCopy[];
  /** Of an outcome: what was changed in AWS, with the id of each request. */
  readonly requests?: readonly string[];
  /** Of what takes access away: what was so before (with the intent) and what was read back (with the outcome). */
  readonly before?: KeptState;
  readonly after?: KeptState;
  /** Of an undo: number of the intent that it took back. */
  readonly undid?: number;
  /** Of which incident that entry is, where it is another one's. */
  readonly undidIn?: number;
  /** The message that it came from, where `text` says a part of it. */
  readonly whole?: string;
  /** From when until when entries were pruned; the end is not part of it. Older versions did not begin with 0. */
  readonly range?: { readonly from: number; readonly until: number };
}

const shape: Shape<EntryBody> = { of: 'entry', upgrades: [(older) => older, withoutCommands], needs: ['what', 'text'] };

export function storedEntryBody(body: EntryBody): string {
  return storedBody(shape, body);
}

/** @param body as this or an older version wrote it */
export function readEntryBody(body: string): EntryBody {
  return readBody(shape, body);
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

/**
 * Why an entry is not what was written: its own hash or its body's digest does not fit, its number or the hash before it does not follow,
 * its key is none of AUDIT_KEY, or it has none where the one before it has.
 */
export type EntryFault = 'changed' | 'body-changed' | 'out-of-sequence' | 'not-following' | 'unknown-key' | 'unsigned';

/** In a thread one may also be gone, or have lost its outcome. */
export type ThreadFault = EntryFault | 'missing' | 'outcome-missing';

export interface Entry extends NewEntry {
  readonly seq: number;
  readonly hash: string;
  /** Why it is not what was written; its body then says so in place of what the database holds. Without its outcome it has its own. */
  readonly fault?: ThreadFault;
}

/** Whether the thread shows it, or an entry that it is the outcome of. */
export function isInThread({ reply, body }: Pick<NewEntry, 'reply' | 'body'>): boolean {
  return reply !== 'none' || body.intent !== undefined;
}

/** What stands for the body of an entry that is not what was written. */
export const changedBody: EntryBody = {
  what: 'changed',
  text: 'This entry was changed in the database after it was written, and is not shown. What the thread has of it is what it said.',
};
