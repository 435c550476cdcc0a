/** What the store port does for the log: within a transaction, and for whoever reads it. */
import type { Gathered } from '../response/gathered.ts';
import type { Anchor } from './anchor.ts';
import type { AuditKeys } from './keys.ts';
import type { AuditLog } from './log.ts';

export interface KeepsLog {
  /** Anchors chains that moved on: so many at most. Undefined: none did. */
  anchor(at: number, most: number): Promise<Anchor | undefined>;
  /** Seals what is kept of incidents that an older version wrote: so many at most. Returns how many. */
  sealOld(most: number): Promise<number>;
  /** What somebody was refused since the last entry of it. @param person a Slack user id */
  gathered(person: string): Promise<Gathered | undefined>;
  gather(gathered: Gathered): Promise<void>;
  forgetGathered(person: string): Promise<void>;
}

export interface ReadsLog {
  /** The log as it stands, to be checked by whoever reads it. */
  readonly audit: { readonly log: AuditLog; readonly keys: AuditKeys };
  /** Anchors after a number, in their order. */
  anchors(after: number, most: number): Promise<Anchor[]>;
  /** Refusals whose minute is over. */
  gatheredUntil(now: number): Promise<Gathered[]>;
}
