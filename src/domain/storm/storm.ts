/**
 * A storm: more new incidents than get a card each at once. They wait in one storm card, by severity, kind, account and network; what is grave
 * keeps a card of its own, until so much of that waits that it folds too. Pure.
 */

import { detectionOf } from '../detection/detections.ts';
import { sha256 } from '../digest.ts';
import { manyCards } from '../incident/first-picture.ts';
import type { Incident } from '../incident/incident.ts';
import { isWorse, type Severity } from '../severity.ts';
import { isNetwork } from '../sign-in/network.ts';
import { addressesOf } from '../sign-in/subjects.ts';

/** With so many new cards of HIGH or worse unposted, the next ones fold. */
export const manyGraveCards = 19;
/** How often a storm card is looked at, ms. */
export const stormPaceMs = 5_000;
/** While no more come than get cards at once in so long, there is room: those that wait get cards of their own, one by one. */
const quietMs = 15_000;
/** How far apart these are. */
const roomEveryMs = 10_000;
/** An attacker decides how many names there are. */
const mostNames = 40;

/** How many of each name; those beyond the first so many names are counted under the empty one. */
export type Counts = Readonly<Record<string, number>>;

interface Burst {
  readonly since: number;
  readonly count: number;
}

export interface Storm {
  readonly id: number;
  readonly openedAt: number;
  readonly endedAt: number | undefined;
  /** The number of the incident that it began with. */
  readonly first: number;
  /** When the newest came, and when one last left for a card of its own because there was room. */
  readonly newestAt: number;
  readonly roomAt: number;
  /** How many came together, and since when; not in what older versions stored. */
  readonly burst?: Burst | undefined;
  /** What came to it. */
  readonly kinds: Counts;
  readonly accounts: Counts;
  readonly networks: Counts;
  /** How it rings: with its card, or, where that is in the channel already, with a reply; undefined: it holds nothing grave. */
  readonly rings: 'card' | 'reply' | undefined;
}

/** `STORM-3`. */
export function nameOfStorm({ id }: Pick<Storm, 'id'>): string {
  return `STORM-${id}`;
}

/** Tells a storm from one of the same number in another database. */
export function hashOfStorm({ id, openedAt }: Pick<Storm, 'id' | 'openedAt'>): string {
  return sha256(`${id} ${openedAt}`);
}

export function newStorm(id: number, first: number, now: number): Storm {
  const nothing = { kinds: {}, accounts: {}, networks: {} };
  return { id, openedAt: now, endedAt: undefined, first, newestAt: now, roomAt: now, ...nothing, rings: undefined };
}

/** Whether so many new cards wait that they are a storm. @param waiting counted to one more than is allowed, at least */
export function isStorm(waiting: { readonly ordinary: number; readonly grave: number }): boolean {
  return waiting.ordinary > manyCards || waiting.grave > manyGraveCards;
}

/** The storm with the incidents that came to it. @param isPosted whether its card was tried already */
export function withIncidents(storm: Storm, incidents: readonly Incident[], { now, isPosted }: { now: number; isPosted: boolean }): Storm {
  if (incidents.length === 0) return storm;
  const isGrave = incidents.some(({ severity }) => isWorse(severity, 'MEDIUM'));
  return {
    ...storm,
    first: Math.min(storm.first, ...incidents.map(({ id }) => id)),
    newestAt: now,
    burst: burstOf(storm, incidents.length, now),
    kinds: withNames(storm.kinds, incidents.map(kindOf)),
    accounts: withNames(
      storm.accounts,
      incidents.map(({ account }) => account),
    ),
    networks: withNames(storm.networks, incidents.flatMap(networksOf)),
    rings: storm.rings ?? (isGrave ? (isPosted ? 'reply' : 'card') : undefined),
  };
}

function burstOf({ burst }: Storm, came: number, now: number): Burst {
  return burst === undefined || now - burst.since >= quietMs ? { since: now, count: came } : { ...burst, count: burst.count + came };
}

/** Whether more come at a time than get a card each. */
function isBursting({ burst, newestAt }: Storm, now: number): boolean {
  return now - newestAt < quietMs && (burst === undefined || burst.count > manyCards);
}

function withNames(counts: Counts, names: readonly string[]): Counts {
  const next: Record<string, number> = { ...counts };
  let known = Object.keys(next).filter((name) => name !== '').length;
  for (const name of names) {
    const isNew = name !== '' && !Object.hasOwn(next, name);
    const hasRoom = known < mostNames;
    if (isNew && hasRoom) known++;
    const counted = isNew && !hasRoom ? '' : name;
    next[counted] = (next[counted] ?? 0) + 1;
  }
  return next;
}

function kindOf({ detection, origin, alarm, title }: Incident): string {
  if (detection !== undefined) return detectionOf(detection).title;
  if (alarm !== undefined) return 'Alarm that was not recognised';
  return origin === 'notice' ? 'Message' : title;
}

const mostNetworks = 5;

function networksOf({ subjects }: Incident): string[] {
  const networks = subjects.flatMap((subject) => addressesOf(subject).filter(isNetwork));
  return [...new Set(networks)].slice(0, mostNetworks);
}

/** So long at most what waits is kept back for a storm card that rings and that Slack has not taken. */
const unshownMs = 5 * 60_000;

/** How many of those that wait get cards of their own now. @param isShown whether the storm's card is in Slack */
export function roomFor(storm: Storm, waiting: number, { now, isShown }: { now: number; isShown: boolean }): number {
  const isUntold = storm.rings !== undefined && !isShown;
  if (isUntold ? now - storm.newestAt < unshownMs : isBursting(storm, now)) return 0;
  if (waiting <= manyCards) return waiting;
  return now - storm.roomAt < roomEveryMs ? 0 : 1;
}

/** One incident as the storm card and its list name it. */
export interface StormIncident {
  readonly incident: Incident;
  /** Where its card is; undefined: it has none. */
  readonly card: string | undefined;
}

/** A storm as its card shows it. */
export interface StormPicture {
  readonly storm: Storm;
  /** All new incidents from its beginning to its end, by their severity now, those with a card of their own included. */
  readonly severities: Readonly<Record<Severity, number>>;
  /** When the newest of these came. */
  readonly newestAt: number;
  /** How many wait in it without a card of their own. */
  readonly waiting: number;
  readonly gravest: readonly StormIncident[];
}
