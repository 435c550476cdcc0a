/** What the store port knows of storms. */
import type { Claimed } from '../incident/picture.ts';
import type { Storm, StormIncident, StormPicture } from './storm.ts';

export interface ClaimedStorm extends Claimed {
  readonly storm: Storm;
}

export interface StormStore {
  /** Claims the storm that is due; opens one where too many new cards wait. Its lease lasts 60 s. */
  claimStorm(now: number): Promise<ClaimedStorm | undefined>;
  /**
   * Takes new incidents whose cards nobody tried to post into a storm: ordinary ones, and grave ones beyond those that keep a card of their own.
   * So many at a time; undefined when the lease was lost.
   */
  foldInto(claimed: ClaimedStorm, now: number): Promise<{ claimed: ClaimedStorm; folded: number } | undefined>;
  stormPicture(storm: Storm): Promise<StormPicture>;
  /** Gives the gravest of those that wait cards of their own; false when the lease was lost. */
  makeRoom(claimed: ClaimedStorm, count: number, now: number): Promise<boolean>;
  /** Ends a storm in which nothing waits; undefined where something does, or the lease was lost. */
  endStorm(claimed: ClaimedStorm, now: number): Promise<ClaimedStorm | undefined>;
  /** Gives the lease back. Undefined `at`: all is shown, for good. */
  releaseStorm(claimed: ClaimedStorm, next: { at: number | undefined; isShown: boolean }): Promise<void>;
  /** Those that wait in a storm without a card of their own, the gravest first, and how many there are. */
  folded(page: { readonly from: number; readonly count: number }): Promise<{ incidents: StormIncident['incident'][]; total: number }>;
}
