/** What a subject did, counted by kind of event and outcome, and in words. */
import { actIn, countsAs, isChange } from './act.ts';
import { reasonWords, whyFailed } from './failure.ts';
import { phraseOf } from './phrase.ts';
import type { SignIn } from './sign-in.ts';

/** `signed in`, 3 times. */
export interface Tally {
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

/** The tallies with one event more; changes are told by what they changed, not counted. */
export function tallied(before: readonly Tally[], event: SignIn): readonly Tally[] {
  const what = wordOf(event);
  if (what === undefined) return before;
  const known = before.find((one) => one.what === what);
  if (known === undefined) return before.length < keptTallies ? [...before, { what, times: 1 }] : before;
  return before.map((one) => (one === known ? { what, times: one.times + 1 } : one));
}

function wordOf(event: SignIn): string | undefined {
  const act = actIn(event);
  const counting = countsAs(act);
  if (event.eventName === 'none' || (isChange(event) && event.outcome !== 'unknown')) return undefined;
  const { did, failed } = phraseOf(act, event);
  if (act.is === 'sign-in-event') return `${event.eventName} ${event.outcome === 'unknown' ? '(outcome not in the record)' : `(${event.outcome})`}`;
  if (act.is === 'reported-sign-in') return did;
  const isPlain = act.is === 'console-sign-in' || act.is === 'identity-center-sign-in' || counting === 'attempt';
  if (event.outcome === 'failure') return whyFailed(event) === 'policy' ? `was ${reasonWords(event)}` : isPlain ? failedWord : failed;
  if (event.outcome === 'unknown') return `${did} or tried to (outcome not in the record)`;
  return isPlain && counting === 'sign-in' ? signedIn : did;
}

/** What older versions stored has numbers only. */
export function talliesOf({ did, failures, successes }: Counted): readonly Tally[] {
  const old = [
    { what: failedWord, times: failures },
    { what: signedIn, times: successes },
  ];
  return did ?? old.filter(({ times }) => times > 0);
}

/** As it is said now, and as older versions stored it. */
const reportedWords: ReadonlySet<string> = new Set(['signed in (says a message)', 'signed in, says a message']);

/** Whether nothing but messages that name a user, and no account, speak of somebody. */
export function isOnlyReported(subject: Counted & Changes): boolean {
  const tallies = talliesOf(subject);
  return tallies.length > 0 && tallies.every(({ what }) => reportedWords.has(what)) && subject.changes.length + subject.suffered.length === 0;
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

const others = 3;

/** Failures, then who got in, then what lies between. */
function rank({ what }: Tally): number {
  if (what === failedWord) return 0;
  if (/^was refused/.test(what)) return 1;
  return what === signedIn ? 2 : others;
}

/** How often it failed without being refused by a policy: what may be a wrong password. */
export function plainFailures(subject: Counted): number {
  return talliesOf(subject).find(({ what }) => what === failedWord)?.times ?? 0;
}

export function isRefusedOnly(subject: Counted): boolean {
  return subject.failures > 0 && plainFailures(subject) === 0 && talliesOf(subject).some(({ what }) => /^was refused/.test(what));
}
