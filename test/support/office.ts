/** 200 people behind one address, day after day: one sign-in in twenty is mistyped once before it succeeds. The same for every run. */
import { type SignIn, signInFromRecord } from '../../src/domain/sign-in/sign-in.ts';
import { consoleLogin, iamUser } from './records.ts';

const account = '123456789012';
const hour = 3_600_000;
export const officeAddress = '192.0.2.10';

/** Numbers from 0 to below 1, the same for every run (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

let serial = 0;

export function signIn(name: string, at: number, outcome: 'Success' | 'Failure', address = officeAddress, mfa = 'No'): SignIn {
  const record = { ...consoleLogin(iamUser(name), outcome, mfa), eventTime: new Date(at).toISOString(), sourceIPAddress: address };
  return signInFromRecord({ ...record, eventID: `office-${++serial}` }, { account, region: 'us-east-1', at, id: '' });
}

interface Office {
  readonly people: number;
  readonly days: number;
  /** When it opens, in milliseconds since the epoch. */
  readonly from: number;
  /** How long the morning lasts in which all of them come. */
  readonly morningMs: number;
  readonly seed?: number;
}

/** Oldest first: everybody comes in the morning, and half of them again in the afternoon; nobody at weekends. */
export function officeDays({ people, days, from, morningMs, seed = 1 }: Office): SignIn[] {
  const next = numbers(seed);
  const found: SignIn[] = [];
  for (let day = 0; day < days; day++) {
    if (day % 7 >= 5) continue;
    for (let person = 0; person < people; person++) {
      const times = [next() * morningMs, ...(next() < 0.5 ? [(4 + 3 * next()) * hour] : [])];
      for (const offset of times) {
        const at = from + day * 24 * hour + Math.floor(offset);
        const isMistyped = next() < 0.05;
        if (isMistyped) found.push(signIn(`user${person}`, at, 'Failure'));
        found.push(signIn(`user${person}`, at + (isMistyped ? 20_000 + Math.floor(next() * 60_000) : 0), 'Success'));
      }
    }
  }
  return found.toSorted((a, b) => a.at - b.at);
}
