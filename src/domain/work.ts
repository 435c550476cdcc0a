/** What waits to be done in the background, as its rows are claimed. */
import type { Look } from './sign-in/looks.ts';

/**
 * What is done for an incident in the background: `log` recognises its alarm and reads the log that it counted in, `look` begins to look through
 * CloudTrail's event history, `set-by` asks it who set an alarm's state by hand, `users` reads what IAM says of its users, `link` finds incidents that share a user or a network, `assess` judges it
 * again with what came by another way, `ring` notifies of what is new in it, `timer` asks what nobody did in time, `contained` reads
 * whether what was taken from somebody stays taken, `canary` (of no incident) shows that alarms come through.
 */
export type ChoreKind = 'log' | 'look' | 'set-by' | 'users' | 'link' | 'assess' | 'ring' | 'timer' | 'contained' | 'canary';

export interface Chore {
  readonly kind: ChoreKind;
  readonly incident: number;
  /** How often in a row it failed. */
  readonly failures: number;
  /** How often in a row it was done again because it asked for that. */
  readonly repeats: number;
  readonly lease: string;
}

export interface ClaimedLook extends Look {
  readonly id: number;
  /** When it was due; another time in the row says that it was asked for again meanwhile. */
  readonly dueAt: number;
  readonly failures: number;
  readonly lease: string;
  readonly waits: readonly LookWait[];
}

/** That an incident waits for a look. */
export interface LookWait {
  readonly incident: number;
  /** When it began to wait. */
  readonly since: number;
  /** What may belong to it began then. */
  readonly from: number;
}

/** How a look ended. */
export interface LookEnd {
  /** The incidents that wait no more. */
  readonly done: readonly number[];
  /** When the rest look again; undefined: not by themselves. */
  readonly again: number | undefined;
  readonly failed: boolean;
}

/** Claims and ends background work: a chore of an incident, and a look through event history that several incidents wait for. */
export interface WorkStore {
  claimChore(now: number, kinds: readonly ChoreKind[]): Promise<Chore | undefined>;
  /** Undefined `again`: it is done, or given up, unless it was asked for again meanwhile. */
  endChore(chore: Chore, again: number | undefined, failed?: boolean): Promise<void>;
  /** The look that is due longest, with who waits for it. */
  claimLook(now: number): Promise<ClaimedLook | undefined>;
  /** Whether an incident waits for looks that are due or under way. */
  isLooking(incident: number, now: number): Promise<boolean>;
  /** Prolongs the lease of a look; false when it was lost. */
  holdLook(look: ClaimedLook): Promise<boolean>;
  endLook(look: ClaimedLook, end: LookEnd): Promise<void>;
  /** Takes one call to LookupEvents from what the account and region allow; undefined when taken, else when to try again. */
  takeLook(account: string, region: string, now: number): Promise<number | undefined>;
  /** The same for FilterLogEvents. @param perSecond how many of them the responder takes */
  takeLogCall(place: { account: string; region: string }, perSecond: number, now: number): Promise<number | undefined>;
  /** When the next chore of these kinds becomes due, if any. */
  nextChoreAt(kinds: readonly ChoreKind[]): Promise<number | undefined>;
  nextLookAt(): Promise<number | undefined>;
  /** The clock was set back: what was to be due soon is due now. @param by how far ahead it was, at most, ms */
  dueAgain(now: number, by: number): Promise<void>;
}
