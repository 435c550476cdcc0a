/**
 * The card that is posted in the turn of the signal that opened its incident: where nobody else waits for Slack, the commit that records the signal
 * also claims the incident and writes down that its card is being posted, so that nothing else is waited for.
 */
import type { Severity } from '../severity.ts';
import type { Served } from './lane.ts';
import type { Entry } from './timeline.ts';

/** An incident that a transaction opened, as that leaves it. */
export interface Opened {
  readonly id: number;
  readonly severity: Severity;
  /** All that it has, the first one first. */
  readonly entries: readonly Entry[];
  /** When its card is due. */
  readonly dueAt: number;
}

export interface AtOnce {
  /** Where cards are posted. */
  readonly channel: string;
  /** Who is served before all others now. */
  readonly first: Served | undefined;
}
