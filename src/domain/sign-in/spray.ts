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
  const sprays: Growing[] = [];
  const wholeSince = Math.max(failuresSince, successesSince);
  const known = { failures, successes, mistyped: mistypedAmong(failures, successes), sprays, wholeSince };
  const tally = tallyOf([]);
  let start = 0;
  for (const [end, one] of failures.entries()) {
    tally.add(one);
    for (let first = failures[start] as Seen; one.at - first.at > windowMs; first = failures[++start] as Seen) tally.drop(first);
    const window: Window = { start, end, since: failures[start]?.at ?? 0, until: one.at };
    // Who mistyped and who shares a network is told by the successes.
    if (one.at < judgedSince || window.since < successesSince) continue;
    if (!isMany(tally, { users: sprayUsers, attempts: sprayAttempts })) continue;
    const isShared = isSharedBefore(window.since, known) || isSharedBefore(window.until, known);
    if (!isShared || isMoreThanUsual(window, known)) takeInto(sprays, { network, window, isShared }, known);
  }
  return {
    sprays: sprays.map(({ through: _through, ...spray }) => ({ ...spray, hidden: hiddenIn(spray, failures) })),
    isShared: isSharedBefore((rows.at(-1)?.at ?? 0) + 1, known),
  };
}

/** Failures that follow each other within a time, by their places. */
interface Window {
  readonly start: number;
  /** The last of them. */
  readonly end: number;
  readonly since: number;
  readonly until: number;
}

interface Growing extends Spray {
  until: number;
  readonly names: Set<string>;
  readonly tried: Set<string>;
  readonly accounts: Set<string>;
  /** The place of the last failure in it, and whether that counted as one of a shared network. */
  through: { end: number; isShared: boolean };
}

interface Known {
  readonly failures: readonly Seen[];
  readonly successes: readonly Seen[];
  /** Failures of users who got in soon after. */
  readonly mistyped: ReadonlySet<Seen>;
  readonly sprays: readonly Spray[];
  readonly wholeSince: number;
}

interface Found {
  readonly network: string;
  readonly window: Window;
  readonly isShared: boolean;
}

/** Windows that overlap are one spray: the one before goes on. What it took of the window before is not looked at again. */
function takeInto(sprays: Growing[], { network, window, isShared }: Found, { failures, mistyped }: Known): void {
  const { start, end, since, until } = window;
  const last = sprays.at(-1);
  const goesOn = last !== undefined && since <= last.until ? last : undefined;
  const spray = goesOn ?? {
    network,
    since,
    until,
    names: new Set(),
    tried: new Set(),
    hidden: 0,
    accounts: new Set(),
    isShared,
    through: { end, isShared },
  };
  const isKnown = goesOn?.through.end === end - 1 && goesOn.through.isShared === isShared;
  for (const one of failures.slice(isKnown ? end : start, end + 1)) {
    const isCounted = !isShared || !mistyped.has(one);
    if (isCounted) spray.accounts.add(one.account);
    if (one.subject === undefined) continue;
    spray.tried.add(one.subject);
    if (isCounted) spray.names.add(one.subject);
  }
  spray.until = until;
  spray.through = { end, isShared };
  if (goesOn === undefined) sprays.push(spray);
}

function isMoreThanUsual(window: Window, known: Known): boolean {
  const counted = known.failures.slice(window.start, window.end + 1).filter((one) => !known.mistyped.has(one));
  return isMany(tallyOf(counted), usualLimits(window, known));
}

function hiddenIn({ since, until }: Spray, failures: readonly Seen[]): number {
  return failures.filter(({ subject, at }) => subject === undefined && at >= since && at <= until).length;
}

/** Of failures that come and go. */
interface Tally {
  readonly users: number;
  readonly hidden: number;
  add(one: Seen): void;
  drop(one: Seen): void;
}

function tallyOf(failures: readonly Seen[]): Tally {
  const times = new Map<string, number>();
  let hidden = 0;
  const change = ({ subject }: Seen, by: 1 | -1): void => {
    if (subject === undefined) hidden += by;
    else {
      const count = (times.get(subject) ?? 0) + by;
      if (count > 0) times.set(subject, count);
      else times.delete(subject);
    }
  };
  for (const one of failures) change(one, 1);
  return {
    get users() {
      return times.size;
    },
    get hidden() {
      return hidden;
    },
    add: (one) => change(one, 1),
    drop: (one) => change(one, -1),
  };
}

function isMany({ users, hidden }: Pick<Tally, 'users' | 'hidden'>, limits: { users: number; attempts: number }): boolean {
  return users >= limits.users || users + hidden >= limits.attempts;
}

function usersOf(rows: readonly Seen[], from = Number.NEGATIVE_INFINITY, before = Number.POSITIVE_INFINITY): Set<string> {
  return new Set(rows.flatMap(({ subject, at }) => (subject === undefined || at < from || at >= before ? [] : [subject])));
}

/** Many users got in, and many more than failed without getting in soon after. */
function isSharedBefore(at: number, { failures, successes, mistyped, sprays }: Known): boolean {
  const gotIn = usersOf(successesOutside(sprays, successes), at - lookBackMs, at);
  if (gotIn.size < manyUsers) return false;
  const isStuck = (one: Seen): boolean => !mistyped.has(one) && !sprays.some((spray) => one.at >= spray.since && one.at <= spray.until);
  const stuck = usersOf(failures.filter(isStuck), at - lookBackMs, at).difference(gotIn);
  return gotIn.size >= Math.max(manyUsers, manyTimes * stuck.size);
}

/** Whoever gets in out of a spray from a network that was not shared makes no network a shared one. */
function successesOutside(sprays: readonly Spray[], successes: readonly Seen[]): Seen[] {
  const since = Math.min(...sprays.flatMap((spray) => (spray.isShared ? [] : [spray.since])));
  return successes.filter(({ at }) => at < since);
}

/** Those of users who got in soon after. */
function mistypedAmong(failures: readonly Seen[], successes: readonly Seen[]): Set<Seen> {
  const bySubject = Map.groupBy(successes, ({ subject }) => subject);
  const isMistyped = ({ subject, at }: Seen): boolean =>
    subject !== undefined && (bySubject.get(subject)?.some((one) => one.at >= at && one.at - at <= windowMs) ?? false);
  return new Set(failures.filter(isMistyped));
}

/** How many users or attempts are more than the network's own failures would be, given how many sign in meanwhile. */
function usualLimits({ since, until }: Window, { failures, successes, mistyped, sprays, wholeSince }: Known): { users: number; attempts: number } {
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
