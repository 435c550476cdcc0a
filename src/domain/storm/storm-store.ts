/** What the store port knows of storms. */
import type { Claimed } from '../incident/picture.ts';
import type { Beside, Listing } from '../listing.ts';
import type { Severity } from '../severity.ts';
import type { Storm, StormIncident, StormPicture } from './storm.ts';

export interface ClaimedStorm extends Claimed {
  readonly storm: Storm;
}

/** The place of an incident among those that wait in a storm: by severity, then by age. */
export interface FoldedPlace {
  readonly severity: Severity;
  readonly id: number;
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
  /** How many wait in a storm without a card of their own. */
  countFolded(): Promise<number>;
  /** Some of those, the gravest first. */
  folded(listing: Listing<FoldedPlace>): Promise<Beside<FoldedPlace> & { readonly incidents: readonly StormIncident['incident'][] }>;
}
