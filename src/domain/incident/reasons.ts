/** Why a verdict is what it is: data, and the one place where it becomes words. Users are told by their keys, for names may be found later. */
import { signInNames } from '../detection/detections.ts';
import { accountWords, isAccount } from '../place.ts';
import type { Severity } from '../severity.ts';
import { knownOf, type LookState } from '../sign-in/looks.ts';
import { namelessWords } from '../sign-in/principal.ts';
import type { MfaSeen } from '../sign-in/sign-in.ts';
import type { Subject } from '../sign-in/subjects.ts';
import { talliesOf } from '../sign-in/tally.ts';

export type Verdict = 'takeover' | 'spray' | 'mfa-fatigue' | 'guessing' | 'only-unknown-names' | 'mistyped' | 'federated' | 'own-action';

interface Tried {
  readonly names: number;
  /** Attempts at names that AWS hides or leaves out. */
  readonly hidden: number;
  readonly accounts: number;
  readonly network: string;
}

export type Reason =
  | { readonly is: 'signed-in-after-own-failures'; readonly who: string; readonly failures: number; readonly network: string }
  | ({ readonly is: 'signed-in-out-of-a-spray'; readonly who: string } & Tried)
  | { readonly is: 'signed-in-after-failures-elsewhere'; readonly who: string; readonly failures: number }
  | { readonly is: 'mfa-of-the-success'; readonly mfa: MfaSeen }
  | { readonly is: 'others-got-in'; readonly who: readonly string[] }
  | { readonly is: 'failed-at-the-mfa-step'; readonly failures: number }
  | { readonly is: 'then-got-in' }
  | ({ readonly is: 'sprayed' } & Tried)
  | { readonly is: 'more-than-usual-from-a-shared-network' }
  | { readonly is: 'failed-from-many-places'; readonly users: number; readonly places: number; readonly areAll: boolean }
  | { readonly is: 'failed'; readonly failures: number }
  /** That nothing is known of one; said only as far as was looked. */
  | { readonly is: 'no-success-known'; readonly since: number; readonly accounts: readonly string[] }
  | { readonly is: 'names-that-do-not-exist' }
  | { readonly is: 'a-slip-and-then-in' }
  | { readonly is: 'mfa-is-the-providers' }
  | { readonly is: 'done-by-responses'; readonly incidents: readonly string[] }
  /** As an older version wrote it. */
  | { readonly is: 'written'; readonly text: string };

/** What the words need beside the reasons. */
export interface ToldWith {
  readonly subjects: readonly Subject[];
  readonly look: LookState | undefined;
}

const mfaWords: Record<MfaSeen, string> = {
  yes: 'with MFA, which an attacker seldom has',
  no: 'without MFA',
  'not-visible': 'MFA is not visible to AWS',
  unknown: 'MFA was not recorded',
};

/** One line for the headline. */
export function verdictLine({ verdict, about }: { verdict: Verdict; about: string | undefined }, subjects: readonly Subject[]): string {
  const who = about === undefined ? 'somebody' : nameOfKey(about, subjects);
  switch (verdict) {
    case 'takeover':
      return `Likely takeover of ${who}`;
    case 'mfa-fatigue':
      return `Somebody may have the password of ${who}`;
    case 'guessing':
      return `Somebody tries passwords of ${who}`;
    case 'spray':
      return about === undefined ? 'Password spray' : `Password spray from ${about.slice(networkKey('').length)}`;
    case 'only-unknown-names':
      return 'Only user names that do not exist';
    case 'mistyped':
      return 'Probably mistyped';
    case 'federated':
      return 'MFA is judged by the identity provider';
    case 'own-action':
      return 'Our own action, coming back';
  }
}

/** Names a network where else a user is named. */
export function networkKey(network: string): string {
  return `network ${network}`;
}

const mostNamed = 5;

interface ToName {
  readonly about: string | undefined;
  readonly reasons: readonly Reason[];
  readonly concerns: readonly { readonly who: string; readonly verdict: Verdict; readonly severity: Severity }[];
}

/** Others of whom something grave is known, beside whom it is about and who got in as well; empty: nobody. */
export function alsoWords({ about, reasons, concerns }: ToName, subjects: readonly Subject[]): string {
  const named = new Set([about, ...reasons.flatMap(namedBy)]);
  const others = concerns.filter(({ who }) => !named.has(who));
  const lines = others.slice(0, mostNamed).map(({ who, verdict, severity }) => `${verdictLine({ verdict, about: who }, subjects)} (${severity})`);
  return lines.length === 0 ? '' : `${lines.join('; ')}${others.length > mostNamed ? ` and ${others.length - mostNamed} more` : ''}.`;
}

function namedBy(reason: Reason): readonly string[] {
  if (reason.is === 'others-got-in') return reason.who;
  return reason.is === 'sprayed' || reason.is === 'signed-in-out-of-a-spray' ? [networkKey(reason.network)] : [];
}

/** `alice signed in after 4 failures from the same network; without MFA`. Empty where nothing can be said. */
export function reasonWords(reasons: readonly Reason[], told: ToldWith): string {
  const still = reasons.filter((reason) => reason.is !== 'no-success-known' || !gotInSince(reason.since, reasons, told.subjects));
  return still.flatMap((reason) => wordsOf(reason, told) ?? []).join('; ');
}

/** Whether somebody who failed, or who came from where it was sprayed, has got in since: a success may come to light long after the reasons. */
function gotInSince(since: number, reasons: readonly Reason[], subjects: readonly Subject[]): boolean {
  const networks = new Set(reasons.flatMap((reason) => (reason.is === 'sprayed' ? [reason.network] : [])));
  return subjects.some(({ failures, contacts }) =>
    contacts.some(({ address, lastSuccessAt = 0 }) => lastSuccessAt > since && (failures > 0 || networks.has(address))),
  );
}

function wordsOf(reason: Reason, { subjects, look }: ToldWith): string | undefined {
  const named = (key: string): string => nameOfKey(key, subjects);
  switch (reason.is) {
    case 'signed-in-after-own-failures':
      return `${gotIn(reason.who, subjects)} after ${reason.failures} failures from the same ${isPrefix(reason.network) ? 'network' : 'address'}`;
    case 'signed-in-out-of-a-spray':
      return `${gotIn(reason.who, subjects)} from ${reason.network}, where ${tried(reason)} had failed`;
    case 'signed-in-after-failures-elsewhere':
      return `${gotIn(reason.who, subjects)} after ${reason.failures} failures from other networks`;
    case 'mfa-of-the-success':
      return mfaWords[reason.mfa];
    case 'others-got-in':
      return `so did ${reason.who.slice(0, 3).map(named).join(', ')}${reason.who.length > 3 ? ` and ${reason.who.length - 3} more` : ''}`;
    case 'failed-at-the-mfa-step':
      return `${reason.failures} failures at or after the MFA step`;
    case 'then-got-in':
      return 'and then a sign-in that succeeded';
    case 'sprayed':
      return `${tried(reason)} failed from ${reason.network}`;
    case 'more-than-usual-from-a-shared-network':
      return 'many users sign in from there, and this is more than fails there otherwise';
    case 'failed-from-many-places':
      return `${reason.areAll ? '' : 'at least '}${reason.users} users failed from ${reason.places} places`;
    case 'failed':
      return `${reason.failures} failures`;
    case 'no-success-known':
      return lookedWords({ subjects, look }, reason);
    case 'names-that-do-not-exist':
      return 'mistyped, or names being tried; AWS does not say which names';
    case 'a-slip-and-then-in':
      return 'one or two failures, then a success from the same network';
    case 'mfa-is-the-providers':
      return 'it is not visible to AWS';
    case 'done-by-responses':
      return `all that CloudTrail has is what this bot did for ${reason.incidents.join(', ')}`;
    case 'written':
      return reason.text;
  }
}

/** Whoever is signed in already may go on from the command line: that alone does not tell that the password was right. */
function gotIn(who: string, subjects: readonly Subject[]): string {
  const subject = subjects.find(({ key }) => key === who);
  const kinds = new Set(subject === undefined ? [] : talliesOf(subject).map(({ is }) => is));
  const mayBeOfBefore = !kinds.has('signed-in') && (kinds.has('let-in') || kinds.has('allowed'));
  return `${nameOfKey(who, subjects)} ${mayBeOfBefore ? 'signed in, or went on from a session of before,' : 'signed in'}`;
}

/** That there was no success after it: only where all was looked through that was to be, under each name of a sign-in, and after it. */
function lookedWords({ look, subjects }: ToldWith, { since, accounts }: { since: number; accounts: readonly string[] }): string | undefined {
  if (look === undefined || Object.keys(look.faults).length > 0) return undefined;
  const known = knownOf(signInNames({ hasIdentityCenter: subjects.some(({ kind }) => kind === 'identity-center-user') }), look);
  const until = Math.min(...(known?.values() ?? []));
  if (known === undefined || until <= since) return undefined;
  const places = [...known.keys()].map((place) => place.split(' '));
  const regions = new Set(places.map(([, region]) => region)).size;
  const looked = new Set(places.map(([account]) => account));
  const left = accounts.filter((account) => !looked.has(account)).length;
  const of = left > 0 ? ` of ${looked.size} of ${looked.size + left} accounts` : looked.size > 1 ? ` of ${looked.size} accounts` : '';
  const where = `${regions} region${regions === 1 ? '' : 's'}${of}`;
  return `no success after it in ${where} until ${new Date(until).toISOString().slice(11, 16)} UTC`;
}

function isPrefix(network: string): boolean {
  return network.includes('/');
}

function tried({ names, hidden, accounts }: Tried): string {
  const known = names === 0 ? '' : `${names} user${names === 1 ? '' : 's'}`;
  const others =
    hidden === 0 ? '' : hidden === 1 ? '1 attempt at a name that AWS does not show' : `${hidden} attempts at names that AWS does not show`;
  return `${[known, others].filter((part) => part !== '').join(' and ')}${accounts > 1 ? ` in ${accounts} accounts` : ''}`;
}

/** The name of a subject in words: as the incident knows it, else as its key tells it; with the account where that is another. */
function nameOfKey(key: string, subjects: readonly Subject[]): string {
  const subject = subjects.find((one) => one.key === key);
  const account = accountElsewhere(key, subjects);
  const of = account === undefined ? '' : ` of ${accountWords(account, new Map())}`;
  const [kind = '', , ...rest] = key.split(':');
  if (kind === 'root') return `root${of}`;
  if (subject !== undefined && subject.name === undefined) return namelessWords(subject);
  const name = subject?.name ?? rest.join(':');
  return `${kind === 'role-session' ? 'role session ' : ''}${name}${of}`;
}

/** The account of a user whom an incident has none of in that account, by the user's key: one of the same name may be in it. */
export function accountElsewhere(key: string, subjects: readonly Pick<Subject, 'key' | 'account'>[]): string | undefined {
  const [, account = ''] = key.split(':');
  return !isAccount(account) || subjects.length === 0 || subjects.some((one) => one.key === key || one.account === account) ? undefined : account;
}
