/** What the rows around an incident show, each pattern in a window of its own: of one user, or of one network. Pure. */
import type { Severity } from '../severity.ts';
import type { Seen } from '../sign-in/memory.ts';
import type { MfaSeen } from '../sign-in/sign-in.ts';
import type { Spray } from '../sign-in/spray.ts';
import type { Surroundings } from '../sign-in/surroundings.ts';
import type { Reason, Verdict } from './reasons.ts';

const hour = 3_600_000;
/** So many failures before a success are no slip of the finger; so many at the MFA step are no wrong code. */
const manyFailures = 3;
/** So many failures of one user are guessing, from wherever. */
const guessing = 10;

export interface Finding {
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  readonly severity: Severity;
  readonly about: string | undefined;
  /** When it came to that, to tell the newest of equal ones. */
  readonly at: number;
}

/** @param who the keys of users: what the rows show of each */
export function findingsAbout(who: readonly string[], { rows, stories }: Surroundings): Finding[] {
  const bySubject = Map.groupBy(rows, ({ subject }) => subject);
  const sprays = [...stories.values()].flatMap((story) => story.sprays);
  return who.flatMap((one) => findingsOf(one, bySubject.get(one) ?? [], sprays));
}

function findingsOf(who: string, own: readonly Seen[], sprays: readonly Spray[]): Finding[] {
  const failures = own.filter(({ did }) => did === 'failed');
  const successes = own.filter(({ did }) => did === 'signed-in');
  const taken = successes.flatMap((success) => takeover(who, success, failures, sprays) ?? guessed(who, success, failures) ?? []);
  return [...taken, ...(taken.length > 0 ? [] : [fatigue(who, failures, successes) ?? []]).flat(), ...[guess(who, failures, successes) ?? []].flat()];
}

function before({ at }: Seen, failures: readonly Seen[]): Seen[] {
  return failures.filter((one) => one.at <= at && at - one.at <= hour);
}

/** After failures of the same user from the same network, or out of a spray. A network that many use says nothing of whoever did not fail himself. */
function takeover(who: string, success: Seen, failures: readonly Seen[], sprays: readonly Spray[]): Finding | undefined {
  const { network, at } = success;
  if (network === undefined) return undefined;
  const spray = sprays.find((one) => one.network === network && one.since < at && at <= one.until + hour && (!one.isShared || one.tried.has(who)));
  if (spray !== undefined) return takenOver(who, success, { is: 'signed-in-out-of-a-spray', who, ...triedIn(spray) });
  const own = before(success, failures).filter((one) => one.network === network).length;
  return own >= manyFailures ? takenOver(who, success, { is: 'signed-in-after-own-failures', who, failures: own, network }) : undefined;
}

/** Whoever guesses from many networks gets in from one that never failed. */
function guessed(who: string, success: Seen, failures: readonly Seen[]): Finding | undefined {
  const earlier = before(success, failures).filter(({ network }) => network !== undefined).length;
  if (success.network === undefined || earlier < guessing) return undefined;
  return { ...takenOver(who, success, { is: 'signed-in-after-failures-elsewhere', who, failures: earlier }), severity: 'HIGH' };
}

function takenOver(who: string, { mfa, at }: { mfa: MfaSeen; at: number }, reason: Reason): Finding {
  const reasons: Reason[] = [reason, { is: 'mfa-of-the-success', mfa }];
  return { verdict: 'takeover', reasons, severity: mfa === 'yes' ? 'HIGH' : 'CRITICAL', about: who, at };
}

function fatigue(who: string, failures: readonly Seen[], successes: readonly Seen[]): Finding | undefined {
  const atMfa = failures.filter(({ mfa }) => mfa === 'yes');
  const last = atMfa.findLast((one) => before(one, atMfa).length >= manyFailures);
  if (last === undefined) return undefined;
  const asked = before(last, atMfa);
  const since = asked[0]?.at ?? last.at;
  const gotIn = successes.findLast(({ at }) => at > since && at <= last.at + hour);
  const outcome: Reason[] = gotIn ? [{ is: 'then-got-in' }] : noSuccess(last, successes);
  return {
    verdict: 'mfa-fatigue',
    reasons: [{ is: 'failed-at-the-mfa-step', failures: asked.length }, ...outcome],
    severity: gotIn ? 'CRITICAL' : 'HIGH',
    about: who,
    at: gotIn?.at ?? last.at,
  };
}

function guess(who: string, failures: readonly Seen[], successes: readonly Seen[]): Finding | undefined {
  const last = failures.at(-1);
  if (last === undefined || failures.length < guessing) return undefined;
  const reasons: Reason[] = [{ is: 'failed', failures: failures.length }, ...noSuccess(last, successes)];
  return { verdict: 'guessing', reasons, severity: 'MEDIUM', about: who, at: last.at };
}

/** Nothing where a success after it is known, however long after. */
function noSuccess({ at, account }: Seen, successes: readonly Seen[]): Reason[] {
  return successes.some((one) => one.at > at) ? [] : [{ is: 'no-success-known', since: at, accounts: [account] }];
}

/** @param rows what is remembered around it */
export function findingOf(spray: Spray, rows: readonly Seen[]): Finding {
  const { network, tried, until } = spray;
  const ofThem = rows.filter(({ did, subject, ...one }) => did === 'signed-in' && (one.network === network || tried.has(subject ?? '')));
  const gotIn = ofThem.some(({ at }) => at > until);
  const reasons: Reason[] = [
    { is: 'sprayed', ...triedIn(spray) },
    ...(spray.isShared ? [{ is: 'more-than-usual-from-a-shared-network' } as const] : []),
    ...(gotIn ? [] : [{ is: 'no-success-known', since: until, accounts: [...spray.accounts] } as const]),
  ];
  return { verdict: 'spray', reasons, severity: 'HIGH', about: undefined, at: until };
}

function triedIn({ names, hidden, accounts, network }: Spray) {
  return { names: names.size, hidden, accounts: accounts.size, network };
}
