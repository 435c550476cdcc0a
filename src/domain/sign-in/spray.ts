/**
 * Sprays: many names failing from one network in a short time (MITRE ATT&CK T1110.003). Pure, and the same in whatever order the sign-ins came.
 * A network from which many users sign in is shared (an office, a VPN): people mistype there every day, so only what exceeds that counts.
 */
import type { Seen } from './memory.ts';

const minute = 60_000;
/** The window of a spray, and how soon a user who mistyped has got in. */
const windowMs = 30 * minute;
/** How far back a network's own ways are looked at. */
const lookBackMs = 24 * 60 * minute;
/** So many users failing are a spray; names that AWS hides are attempts, of which it takes more. */
const sprayUsers = 5;
const sprayAttempts = 10;
/** So many users who got in make a network a shared one, and so many times as many as failed and did not get in. */
const manyUsers = 5;
const manyTimes = 3;
/** What is taken for the usual share of failures that nobody makes good, where little is known: so many in so many sign-ins. */
const prior = { failures: 2, signIns: 100 };
/** How many standard deviations above what is usual are more than chance; some twenty windows a day are looked at. */
const deviations = 5;

export interface Spray {
  readonly network: string;
  readonly since: number;
  readonly until: number;
  /** Users that failed, by key; of a shared network without those who got in soon after. */
  readonly names: ReadonlySet<string>;
  /** All that failed, by key. */
  readonly tried: ReadonlySet<string>;
  /** Attempts at names that AWS hides. */
  readonly hidden: number;
  readonly accounts: ReadonlySet<string>;
  readonly isShared: boolean;
}

/** What a network did in the time that is known of it. */
export interface NetworkStory {
  readonly sprays: readonly Spray[];
  readonly isShared: boolean;
}

/** How much of a network is known. */
export interface Knowledge {
  /** Since when all failures are known, and all sign-ins that succeeded. */
  readonly failuresSince: number;
  readonly successesSince: number;
  /** Since when sprays are looked for: what is before it only tells what is usual. */
  readonly judgedSince: number;
}

/** @param rows what is known of one network, oldest first */
export function networkStory(network: string, rows: readonly Seen[], { failuresSince, successesSince, judgedSince }: Knowledge): NetworkStory {
  const failures = rows.filter(({ did }) => did === 'failed');
  const successes = rows.filter(({ did }) => did === 'signed-in');
  const mistyped = new Set(failures.filter((one) => isMistyped(one, successes)));
  const sprays: Spray[] = [];
  const wholeSince = Math.max(failuresSince, successesSince);
  let start = 0;
  for (const [end, { at }] of failures.entries()) {
    while (at - (failures[start]?.at ?? at) > windowMs) start++;
    // Who mistyped and who shares a network is told by the successes.
    if (at < judgedSince || (failures[start]?.at ?? at) < successesSince) continue;
    const window = failures.slice(start, end + 1);
    if (!isMany(tallyOf(window), { users: sprayUsers, attempts: sprayAttempts })) continue;
    const found = judged(network, window, { failures, successes, mistyped, sprays, wholeSince });
    if (found !== undefined) sprays.push(joinedTo(sprays, found));
  }
  return {
    sprays: sprays.map((spray) => ({ ...spray, hidden: hiddenIn(spray, failures) })),
    isShared: isSharedBefore((rows.at(-1)?.at ?? 0) + 1, { failures, successes, mistyped, sprays, wholeSince }),
  };
}

interface Known {
  readonly failures: readonly Seen[];
  readonly successes: readonly Seen[];
  /** Failures of users who got in soon after. */
  readonly mistyped: ReadonlySet<Seen>;
  readonly sprays: readonly Spray[];
  readonly wholeSince: number;
}

function judged(network: string, window: readonly Seen[], known: Known): Spray | undefined {
  const isShared = isSharedBy(window, known);
  const counted = isShared ? window.filter((one) => !known.mistyped.has(one)) : window;
  if (isShared && !isMany(tallyOf(counted), usualLimits(window, known))) return undefined;
  return {
    network,
    since: window[0]?.at ?? 0,
    until: window.at(-1)?.at ?? 0,
    names: usersOf(counted),
    tried: usersOf(window),
    hidden: 0,
    accounts: new Set(counted.map(({ account }) => account)),
    isShared,
  };
}

function hiddenIn({ since, until }: Spray, failures: readonly Seen[]): number {
  return failures.filter(({ subject, at }) => subject === undefined && at >= since && at <= until).length;
}

interface Tally {
  readonly users: number;
  readonly hidden: number;
}

function tallyOf(failures: readonly Seen[]): Tally {
  return { users: usersOf(failures).size, hidden: failures.filter(({ subject }) => subject === undefined).length };
}

function isMany({ users, hidden }: Tally, limits: { users: number; attempts: number }): boolean {
  return users >= limits.users || users + hidden >= limits.attempts;
}

function usersOf(rows: readonly Seen[], from = Number.NEGATIVE_INFINITY, before = Number.POSITIVE_INFINITY): Set<string> {
  return new Set(rows.flatMap(({ subject, at }) => (subject === undefined || at < from || at >= before ? [] : [subject])));
}

/** Before the failures; or, where it all begins with them, by their end. */
function isSharedBy(window: readonly Seen[], known: Known): boolean {
  return isSharedBefore(window[0]?.at ?? 0, known) || isSharedBefore(window.at(-1)?.at ?? 0, known);
}

/** Many users got in, and many more than failed without getting in soon after. */
function isSharedBefore(at: number, { failures, successes, mistyped, sprays }: Known): boolean {
  const gotIn = usersOf(successesOutside(sprays, successes), at - lookBackMs, at);
  const isStuck = (one: Seen): boolean => !mistyped.has(one) && !sprays.some((spray) => one.at >= spray.since && one.at <= spray.until);
  const stuck = usersOf(failures.filter(isStuck), at - lookBackMs, at).difference(gotIn);
  return gotIn.size >= Math.max(manyUsers, manyTimes * stuck.size);
}

/** Whoever gets in out of a spray from a network that was not shared makes no network a shared one. */
function successesOutside(sprays: readonly Spray[], successes: readonly Seen[]): Seen[] {
  const since = Math.min(...sprays.flatMap((spray) => (spray.isShared ? [] : [spray.since])));
  return successes.filter(({ at }) => at < since);
}

function isMistyped({ subject, at }: Seen, successes: readonly Seen[]): boolean {
  return subject !== undefined && successes.some((one) => one.subject === subject && one.at >= at && one.at - at <= windowMs);
}

/** How many users or attempts are more than the network's own failures would be, given how many sign in meanwhile. */
function usualLimits(window: readonly Seen[], { failures, successes, mistyped, sprays, wholeSince }: Known): { users: number; attempts: number } {
  const since = window[0]?.at ?? 0;
  const until = window.at(-1)?.at ?? 0;
  const from = Math.max(since - lookBackMs, wholeSince);
  const isUsual = ({ at }: Seen): boolean => at >= from && at < since && !sprays.some((spray) => at >= spray.since && at <= spray.until);
  const unexplained = failures.filter((one) => isUsual(one) && !mistyped.has(one));
  const users = new Set(unexplained.flatMap(({ subject, at }) => (subject === undefined ? [] : [`${subject} ${Math.floor(at / windowMs)}`])));
  const hidden = unexplained.filter(({ subject }) => subject === undefined).length;
  const before = successes.filter(isUsual).length;
  // In as long a time as a window may be: where chance has put failures close together, fewer sign in between them.
  const meanwhile = successes.filter(({ at }) => at > until - windowMs && at <= until).length;
  const limit = (times: number, least: number): number => {
    const expected = ((times + prior.failures) / (before + prior.signIns)) * meanwhile;
    return Math.max(least, Math.ceil(expected + deviations * Math.sqrt(expected))) + 1;
  };
  return { users: limit(users.size, sprayUsers), attempts: limit(users.size + hidden, sprayAttempts) };
}

/** Windows that overlap are one spray: the one before is taken out of the list and goes on. */
function joinedTo(sprays: Spray[], next: Spray): Spray {
  const last = sprays.at(-1);
  if (last === undefined || next.since > last.until) return next;
  sprays.pop();
  return {
    ...next,
    since: last.since,
    names: last.names.union(next.names),
    tried: last.tried.union(next.tried),
    accounts: last.accounts.union(next.accounts),
    isShared: last.isShared,
  };
}
