/** What is kept for a time only. Times in milliseconds. */
import { rememberedAlarmMs } from './incident/alarm-memory.ts';
import { dayOf } from './incident/pruned.ts';

export const day = 24 * 3_600_000;

/**
 * How long a message and an event are known again: longer than SNS tries (an hour), than EventBridge does (a day), and than the dead-letter queues
 * of the templates keep what was not delivered (14 days, the most that SQS keeps).
 */
export const rememberedMs = 15 * day;

export interface Keeping {
  /** What was written of incidents, and the details of those that are resolved. */
  readonly detailsMs: number;
  /** Sign-ins that belong to no incident. */
  readonly signInsMs: number;
}

/** What is pruned by its age alone, what tells of people first. `budgets` and `locks` are of use for moments only. */
export const perishables = ['sign-ins', 'messages', 'events', 'transitions', 'storms', 'outages', 'alarms', 'locks', 'budgets'] as const;
export type Perishable = (typeof perishables)[number];

/** Before when what there is of a kind is pruned. */
export function prunedBefore(kind: Perishable | 'details', { detailsMs, signInsMs }: Keeping, now: number): number {
  switch (kind) {
    case 'messages':
    case 'events':
      return now - rememberedMs;
    case 'sign-ins':
      return now - signInsMs;
    case 'transitions':
    case 'storms':
    case 'outages':
    case 'details':
      return now - detailsMs;
    case 'alarms':
      return now - rememberedAlarmMs;
    case 'locks':
    case 'budgets':
      return now - day;
  }
}

/** Runs are a day apart. After a longer time the clock may be wrong, and what is taken is gone for good: it is believed once it has said so for a day. */
const believedMs = 2 * day;

/** Why nothing is pruned now; undefined: it may be. @param before when the run before was, as the clock had it then; undefined: there was none */
export function clockDoubt(before: number | undefined, now: number): string | undefined {
  if (before === undefined || now - before <= believedMs) return undefined;
  return `Nothing was pruned: the clock says ${dayOf(now)}, and the run before was on ${dayOf(before)}. If the clock is right, the responder’s next run, a day later, prunes.`;
}

/** Where a step goes on. */
export type Place = string | number;

export interface Pruned {
  readonly count: number;
  /** What stays because it cannot be read, each with why; none where it is not said. */
  readonly left?: readonly string[];
  /** Undefined: nothing is left to do. */
  readonly next: Place | undefined;
}

/** What the store does of it, a few rows at a time. */
export interface Pruning {
  /** Takes away some of what is older than that. @param after where the step before ended */
  prune(kind: Perishable, before: number, after: Place | undefined): Promise<Pruned>;
  /** Takes away what some entries say that are older than that, and the details of incidents that are over since then. @param now the mark it leaves */
  pruneDetails(before: number, now: number, after: Place | undefined): Promise<Pruned>;
  /** Whether this database user may take away what entries say: one that may only append leaves that to `npm run prune`. */
  mayErase(): Promise<boolean>;
  /** Whether any entry that was made before then still says what it did. */
  hasOldDetails(before: number): Promise<boolean>;
}
