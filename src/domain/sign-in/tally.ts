/** What a subject did, counted by kind of event and outcome, and in words. */
import { type Act, actIn, countsAs, isByAnybody, isChange } from './act.ts';
import { reasonWords, whyFailed } from './failure.ts';
import { phraseOf } from './phrase.ts';
import type { SignIn } from './sign-in.ts';

/**
 * What is counted, for whoever concludes something from it. `failed`: without being refused by a policy. `signed-in`: to the console or to Identity
 * Center. `let-in`: a sign-in of another way. `allowed`: they allowed one. `reported`: a message says so, and no account. `other`: nothing is concluded.
 */
export type Tallied = 'failed' | 'refused' | 'signed-in' | 'let-in' | 'allowed' | 'reported' | 'other';

/** `signed in`, 3 times. The words are for people, and may change. */
export interface Tally {
  readonly is: Tallied;
  readonly what: string;
  readonly times: number;
}

/** Of a subject: the numbers alone are what older versions stored. */
interface Counted {
  readonly did?: readonly Tally[];
  readonly failures: number;
  readonly successes: number;
}

interface Changes {
  readonly changes: readonly string[];
  readonly failedChanges?: readonly string[];
  readonly suffered: readonly string[];
}

/** The names of events are somebody's text: there is no end to how many there are. */
const keptTallies = 20;
const failedWord = 'failed';
const signedIn = 'signed in';

/** Of these there is one tally, whatever it is called; of the others one for each wording. */
const ofOneWording: ReadonlySet<Tallied> = new Set(['failed', 'signed-in', 'reported']);

/** The tallies with one event more; changes are told by what they changed, not counted. */
export function tallied(before: readonly Tally[], event: SignIn): readonly Tally[] {
  const what = wordOf(event);
  if (what === undefined) return before;
  const is = kindOf(event);
  const known = before.find((one) => one.is === is && (one.what === what || ofOneWording.has(is)));
  if (known === undefined) return before.length < keptTallies ? [...before, { is, what, times: 1 }] : before;
  return before.map((one) => (one === known ? { is, what, times: one.times + 1 } : one));
}

function kindOf(event: SignIn): Tallied {
  const act = actIn(event);
  if (act.is === 'reported-sign-in') return 'reported';
  if (act.is === 'sign-in-event' || event.outcome === 'unknown') return 'other';
  if (event.outcome === 'failure') return whyFailed(event) === 'policy' ? 'refused' : isPlain(act) ? 'failed' : 'other';
  if (act.is === 'command-line-authorization') return 'allowed';
  if (countsAs(act) !== 'sign-in') return 'other';
  return isPlain(act) ? 'signed-in' : 'let-in';
}

function wordOf(event: SignIn): string | undefined {
  const act = actIn(event);
  if (event.eventName === 'none' || (isChange(event) && event.outcome !== 'unknown')) return undefined;
  if (isByAnybody(act) && whyFailed(event) !== 'policy') return `${asked}${askedEnds[event.outcome]}`;
  const { did, failed } = phraseOf(act, event);
  if (act.is === 'sign-in-event') return `${event.eventName} ${event.outcome === 'unknown' ? '(outcome not in the record)' : `(${event.outcome})`}`;
  if (act.is === 'reported-sign-in') return did;
  if (event.outcome === 'failure') return whyFailed(event) === 'policy' ? `was ${reasonWords(event)}` : isPlain(act) ? failedWord : failed;
  if (event.outcome === 'unknown') return `${did} or tried to (outcome not in the record)`;
  return isPlain(act) && countsAs(act) === 'sign-in' ? signedIn : did;
}

const asked = 'a password recovery was asked for';
const askedEnds: Readonly<Record<SignIn['outcome'], string>> = { success: '', failure: ' in vain', unknown: ' (outcome not in the record)' };

/** `alice signed in`; what anybody may do is not said of whom the record names. */
export function saidOf(who: string, what: string): string {
  const end = Object.values(askedEnds).find((one) => what === `${asked}${one}`);
  return end === undefined ? `${who} ${what}` : `Somebody asked for a password recovery of ${who}${end}`;
}

/** Whether all that is known of somebody is that a password recovery of theirs was asked for, as anybody may. */
export function isOnlyAskedFor(subject: Counted & Changes): boolean {
  const tallies = talliesOf(subject);
  const { successes, failures, changes, suffered, failedChanges = [] } = subject;
  const areRequests = tallies.length > 0 && tallies.every(({ what }) => what.startsWith(asked));
  return areRequests && successes + failures + changes.length + suffered.length + failedChanges.length === 0;
}

/** Whether somebody got in, or was in already. */
export function wasIn(subject: Counted & Changes): boolean {
  const isThere = ({ is }: Tally): boolean => is === 'signed-in' || is === 'let-in' || is === 'allowed';
  return subject.successes + subject.changes.length > 0 || talliesOf(subject).some(isThere);
}

/** What is told by its outcome alone. */
function isPlain(act: Act): boolean {
  return act.is === 'console-sign-in' || act.is === 'identity-center-sign-in' || countsAs(act) === 'attempt';
}

/** What older versions stored has numbers only. */
export function talliesOf({ did, failures, successes }: Counted): readonly Tally[] {
  const old: readonly Tally[] = [
    { is: 'failed', what: failedWord, times: failures },
    { is: 'signed-in', what: signedIn, times: successes },
  ];
  return did ?? old.filter(({ times }) => times > 0);
}

/** Whether nothing but messages that name a user, and no account, speak of somebody. */
export function isOnlyReported(subject: Counted & Changes): boolean {
  const tallies = talliesOf(subject);
  return tallies.length > 0 && tallies.every(({ is }) => is === 'reported') && subject.changes.length + subject.suffered.length === 0;
}

/** Whether all that is known of somebody is that they tried to get in, and did not. */
export function didNotGetIn(subject: Counted & Changes): boolean {
  const { successes, changes, suffered, failedChanges = [] } = subject;
  const tallies = talliesOf(subject);
  const areFailures = tallies.length > 0 && tallies.every(({ is }) => is === 'failed' || is === 'refused');
  return areFailures && successes + changes.length + suffered.length + failedChanges.length === 0;
}

const shownTallies = 5;
const shownChanges = 3;

/** `failed 3×, signed in 1×, changed: own password, failed to change: MFA device of bella (enrolled)`. */
export function didWords(subject: Counted & Changes): string {
  const tallies = talliesOf(subject).toSorted((a, b) => rank(a) - rank(b));
  const counts = tallies.slice(0, shownTallies).map(countWords);
  const more = tallies.length - counts.length;
  const parts = [
    ...counts,
    ...(more > 0 ? [`and ${more} more kinds of event`] : []),
    ...listed('changed: ', subject.changes),
    ...listed('failed to change: ', subject.failedChanges ?? []),
    ...subject.suffered.slice(0, shownChanges),
  ];
  return parts.join(', ') || 'seen';
}

/** What was done once reads as a sentence; attempts are counted from the first. */
function countWords(tally: Tally): string {
  const isCounted = tally.times > 1 || rank(tally) < others;
  return isCounted ? `${tally.what} ${tally.times}×` : tally.what;
}

function listed(label: string, things: readonly string[]): string[] {
  if (things.length === 0) return [];
  const more = things.length - shownChanges;
  return [`${label}${things.slice(0, shownChanges).join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
}

const ranks: Readonly<Partial<Record<Tallied, number>>> = { failed: 0, refused: 1, 'signed-in': 2 };
const others = 3;

/** Failures, then who got in, then what lies between. */
function rank({ is }: Tally): number {
  return ranks[is] ?? others;
}

/** How often it failed without being refused by a policy: what may be a wrong password. */
export function plainFailures(subject: Counted): number {
  return talliesOf(subject).find(({ is }) => is === 'failed')?.times ?? 0;
}

export function isRefusedOnly(subject: Counted): boolean {
  return subject.failures > 0 && plainFailures(subject) === 0 && talliesOf(subject).some(({ is }) => is === 'refused');
}
