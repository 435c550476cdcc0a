import type { X509Certificate } from 'node:crypto';
import { AppError, asAppError } from '../domain/error.ts';

const keptUnproven = 20;
const mostProven = 500;
const keptFailures = 500;
const failureKeptMs = 30_000;
/** Anybody can make up addresses of the right shape: so many of those are fetched at once, and so many wait. */
const unknownAtOnce = 4;
const unknownWaiting = 500;

export interface Certificates {
  /**
   * The certificate at a URL; parallel requests share one fetch.
   * @throws AppError `throttled` when too many unknown ones are asked for, else what the fetch threw, which is kept for 30 s
   */
  at(url: string): Promise<X509Certificate>;
  /** A message was authentic by the certificate at this URL: from now on it is known, and never waits behind those that are not. */
  prove(url: string): void;
}

interface Sources {
  /** Throws AppError. */
  readonly fetch: (url: string) => Promise<X509Certificate>;
  /** Told of each URL that is proven for the first time. */
  readonly onProven: (url: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Signing certificates by their URLs. Those that have verified a message are known: nothing that has not pushes them out or goes before
 * them. The others share a small budget, so that made-up addresses can neither make us hammer AWS nor hold up what AWS really sends.
 */
export function certificateSource({ fetch, onProven, now }: Sources): Certificates {
  const proven = new Map<string, X509Certificate | undefined>();
  const unproven = new Map<string, X509Certificate>();
  const underWay = new Map<string, { readonly done: Promise<X509Certificate>; askers: number }>();
  const failed = new Map<string, { readonly at: number; readonly error: AppError }>();
  const queued = mostAskedFirst((url) => underWay.get(url)?.askers ?? 0);

  const fetched = async (url: string): Promise<X509Certificate> => {
    try {
      const certificate = await (proven.has(url) ? fetch(url) : queued(url, () => fetch(url)));
      failed.delete(url);
      if (proven.has(url)) proven.set(url, certificate);
      else keep(unproven, url, certificate, keptUnproven);
      return certificate;
    } catch (thrown) {
      const error = asAppError(thrown);
      if (error.code !== 'throttled') keep(failed, url, { at: now(), error }, keptFailures);
      throw error;
    } finally {
      underWay.delete(url);
    }
  };

  return {
    at: async (url) => {
      const held = proven.get(url) ?? unproven.get(url);
      if (held) return held;
      const fetching = underWay.get(url);
      if (fetching) {
        fetching.askers++;
        return fetching.done;
      }
      const failure = failed.get(url);
      if (failure && now() - failure.at < failureKeptMs) throw failure.error;
      const done = fetched(url);
      underWay.set(url, { done, askers: 1 });
      return done;
    },
    prove: (url) => {
      if (proven.has(url)) return;
      keep(proven, url, unproven.get(url), mostProven);
      unproven.delete(url);
      onProven(url);
    },
  };
}

interface Waiting {
  readonly url: string;
  readonly start: () => void;
  readonly giveUp: (error: AppError) => void;
}

/**
 * Runs a few at once. Next comes what most messages ask for, and of equals the newest: who makes up addresses asks for each once, and what
 * AWS really signs with is asked for by every message. The oldest gives way with AppError `throttled`.
 */
function mostAskedFirst(askers: (url: string) => number): <T>(url: string, work: () => Promise<T>) => Promise<T> {
  const waiting: Waiting[] = [];
  let running = 0;
  const startNext = (): void => {
    const next = waiting.reduce<Waiting | undefined>((best, one) => (best && askers(best.url) > askers(one.url) ? best : one), undefined);
    if (next === undefined) return;
    waiting.splice(waiting.indexOf(next), 1);
    next.start();
  };
  const giveWay = (): void => {
    const least = waiting.reduce((worst, one) => (askers(one.url) < askers(worst.url) ? one : worst));
    waiting.splice(waiting.indexOf(least), 1);
    least.giveUp(new AppError('throttled', 'Too many certificates are asked for at once.'));
  };
  return async (url, work) => {
    if (running >= unknownAtOnce)
      await new Promise<void>((start, giveUp) => {
        waiting.push({ url, start, giveUp });
        if (waiting.length > unknownWaiting) giveWay();
      });
    else running++;
    try {
      return await work();
    } finally {
      // Who waits takes this place over.
      if (waiting.length > 0) startNext();
      else running--;
    }
  };
}

/** The oldest give way. */
function keep<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next().value;
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
