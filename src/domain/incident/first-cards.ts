import type { ClaimedIncident } from '../store.ts';
import type { AtOnce } from './at-once.ts';

/** The projector, to whoever opens an incident. */
export interface FirstCards {
  /** Undefined: it is at work already, or Slack takes nothing for now. */
  atOnce(): AtOnce | undefined;
  /** Posts the card of what was claimed by a transaction that is committed. */
  show(claimed: ClaimedIncident): void;
}
