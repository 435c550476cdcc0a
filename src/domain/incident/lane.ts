/**
 * The lanes in which incidents wait for Slack, which takes one post a second: what is grave and new, what rings, what people cause, new cards, the rest.
 * What people cause is served in turn between them: each turn of a person is a second after the one before, and whoever's turns reach further
 * ahead of now waits in a later lane, so that one who does much keeps nobody waiting who does little.
 */
import { isWorse, type Severity } from '../severity.ts';

/** The numbers by which they are stored; `people` to `lastOfPeople` are for what people cause. `grave` and `card` hold cards that nobody tried yet. */
export const lanes = { grave: 0, loud: 1, people: 2, lastOfPeople: 6, card: 7, rest: 8 } as const;

/** How far apart the turns of one person are, ms. */
export const turnMs = 1_000;
/** How far ahead of now a turn of each lane may be, ms; the last lane has the rest. */
const reach = [2_000, 8_000, 32_000, 128_000];

/** @param aheadMs how far a person's turn is ahead of now */
export function laneOfTurn(aheadMs: number): number {
  const passed = reach.filter((one) => aheadMs >= one).length;
  return lanes.people + passed;
}

/** The lane of a new card. */
export function laneOfCard(severity: Severity): number {
  return isWorse(severity, 'MEDIUM') ? lanes.grave : lanes.card;
}

/** The lane of a change that no person made. */
export function laneOfChange(severity: Severity, isLoud: boolean): number {
  return isLoud && isWorse(severity, 'MEDIUM') ? lanes.loud : lanes.rest;
}

/** Lanes that have a share of their own: what rings and what people cause; new cards that are not grave, and the rest. */
export type Served = 'people' | 'others';

/** Which lanes are looked at before all others, so that each has its share while others never run dry: by how many calls were made before. */
export function firstServed(calls: number): Served | undefined {
  const shares = [undefined, 'people', undefined, 'others'] as const;
  return shares[calls % shares.length];
}
