/** What is broken, as each replica tells it in a fact of its own. Pure; times in milliseconds. */
import { asList, asObject, parsed } from './json.ts';

/** One fact for each replica. */
export const troublesFacts = 'troubles ';

/** A replica writes each minute, and the clocks of two may be five minutes apart: who has not written for longer is gone. */
export const goneMs = 6 * 60_000;

export interface Told {
  readonly about: string;
  /** Undefined: what another replica told is over. */
  readonly trouble?: string;
  readonly at: number;
  /** When it is over by itself. */
  readonly until?: number;
}

type Facts = ReadonlyMap<string, { readonly value: string; readonly at: number }>;

/** What any replica may find well again, for any of them may do it next; the rest each replica finds out of itself, again and again. */
export function isOfAll(about: string): boolean {
  return /^(sweep |SIN-\d)/.test(about) || ['delivery', 'canary', 'outage', 'anchors'].includes(about);
}

export function keptTroubles(told: readonly Told[]): string {
  return JSON.stringify(told);
}

/** What the replicas tell that are there. @param except the fact of one that is left out */
export function toldBy(facts: Facts, now: number, except?: string): Told[] {
  const alive = [...facts].filter(([name, { at }]) => name.startsWith(troublesFacts) && name !== except && at > now - goneMs);
  return alive.flatMap(([, { value }]) => asList(parsed(value)).flatMap((one) => toldIn(one) ?? []));
}

function toldIn(one: unknown): Told | undefined {
  const { about, trouble, at, until } = asObject(one);
  if (typeof about !== 'string' || typeof at !== 'number') return undefined;
  return { about, at, ...(typeof trouble === 'string' ? { trouble } : {}), ...(typeof until === 'number' ? { until } : {}) };
}

/** When something that is of all was told last, by what it is about. */
export function newestOf(told: readonly Told[]): Map<string, Told> {
  const newest = new Map<string, Told>();
  for (const one of told) if (isOfAll(one.about) && one.at > (newest.get(one.about)?.at ?? Number.NEGATIVE_INFINITY)) newest.set(one.about, one);
  return newest;
}

/** What is broken; what several parts or replicas stumble over is told once. */
export function troublesIn(facts: Facts, now: number): string[] {
  const told = toldBy(facts, now);
  const newest = newestOf(told);
  const holds = told.filter((one) => (one.until ?? Number.POSITIVE_INFINITY) > now && (!isOfAll(one.about) || newest.get(one.about) === one));
  return [...new Set(holds.flatMap(({ trouble }) => trouble ?? []))];
}
