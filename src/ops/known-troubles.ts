import type { Ports } from '../domain/ports.ts';
import { isOfAll, newestOf, type Told } from '../domain/troubles.ts';

interface KnownTroubles {
  /** True: this is new. @param trouble undefined: it is over */
  tell(about: string, trouble: string | undefined, until: number | undefined): boolean;
  /** What other replicas tell. Returns what they found well again that is known as broken here. */
  hear(others: readonly Told[]): string[];
  /** The oldest trouble first; what several parts stumble over is told once. */
  words(): string[];
  isBroken(about: string): boolean;
  /** For other replicas. */
  told(): Told[];
}

/** What this process found broken, and what it found well again that another one told. */
export function knownTroubles(clock: Pick<Ports['clock'], 'now'>): KnownTroubles {
  const broken = new Map<string, Told & { readonly trouble: string }>();
  const wellAgain = new Map<string, Told>();
  let elsewhere: ReadonlyMap<string, Told> = new Map();

  const current = () => {
    for (const [about, { until = Number.POSITIVE_INFINITY }] of broken) if (until <= clock.now()) broken.delete(about);
    return broken;
  };
  const isBrokenElsewhere = (about: string): boolean => elsewhere.get(about)?.trouble !== undefined;
  return {
    tell: (about, trouble, until) => {
      const before = broken.get(about)?.trouble;
      // Newer than what another replica told of it, whose clock may be ahead.
      const at = Math.max(clock.now(), (elsewhere.get(about)?.at ?? 0) + 1);
      wellAgain.delete(about);
      if (trouble !== undefined) broken.set(about, { about, trouble, at, ...(until === undefined ? {} : { until }) });
      else broken.delete(about);
      if (trouble === undefined && isOfAll(about) && isBrokenElsewhere(about)) wellAgain.set(about, { about, at });
      return before !== trouble;
    },
    hear: (others) => {
      elsewhere = newestOf(others);
      for (const about of wellAgain.keys()) if (!isBrokenElsewhere(about)) wellAgain.delete(about);
      return [...current().values()].flatMap(({ about, at }) => {
        const heard = elsewhere.get(about);
        return heard !== undefined && heard.trouble === undefined && heard.at > at ? [about] : [];
      });
    },
    words: () => [...new Set([...current().values()].map(({ trouble }) => trouble))],
    isBroken: (about) => current().has(about),
    told: () => [...current().values(), ...wellAgain.values()],
  };
}
