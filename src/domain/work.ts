/** What waits to be done in the background, as its rows are claimed. */
import type { Look } from './sign-in/looks.ts';

/**
 * What is done for an incident in the background: `log` recognises its alarm and reads the log that it counted in, `look` begins to look through
 * CloudTrail's event history, `users` reads what IAM says of its users, `link` finds incidents that share a user or a network, `assess` judges it
 * again with what came by another way, `ring` notifies of what is new in it, `timer` asks what nobody did in time, `contained` reads
 * whether what was taken from somebody stays taken, `canary` (of no incident) shows that alarms come through.
 */
export type ChoreKind = 'log' | 'look' | 'users' | 'link' | 'assess' | 'ring' | 'timer' | 'contained' | 'canary';

export interface Chore {
  readonly kind: ChoreKind;
  readonly incident: number;
  readonly failures: number;
  readonly lease: string;
}

export interface ClaimedLook extends Look {
  readonly id: number;
  /** When it was due; another time in the row says that it was asked for again meanwhile. */
  readonly dueAt: number;
  readonly failures: number;
  readonly lease: string;
  readonly waits: readonly { readonly incident: number; readonly since: number; readonly from: number }[];
}

export interface Reschedules {
  /** The clock was set back: what was to be due soon is due now. @param by how far ahead it was, at most, ms */
  dueAgain(now: number, by: number): Promise<void>;
}
