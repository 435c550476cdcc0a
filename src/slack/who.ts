/** Who, where and what next, in words: shared by the card and the views. */
import type { RichTextElement } from '@slack/types';
import { byHand } from '../domain/by-hand.ts';
import type { Incident, Subject } from '../domain/incident.ts';
import { bold, time, words } from './text.ts';

const shownSubjects = 3;

/** `prod 1111-2222-3333 · us-east-1`. */
export function where(incident: Pick<Incident, 'account' | 'region' | 'origin'>, accounts: ReadonlyMap<string, string>): string {
  if (incident.origin === 'notice')
    return `Came through a topic in ${accountWords(incident.account, accounts)} · ${incident.region}. Which account it is about is not known.`;
  return `${accountWords(incident.account, accounts)} · ${incident.region || 'region not told'}`;
}

export function accountWords(account: string, accounts: ReadonlyMap<string, string>): string {
  const digits = /^\d{12}$/.test(account) ? account.replace(/^(\d{4})(\d{4})(\d{4})$/, '$1-$2-$3') : account;
  const name = accounts.get(account);
  return name === undefined ? `account ${digits}` : `${name} ${digits}`;
}

/** `alice (IAM user)`, or an honest unknown. */
export function subjectWords(subject: Subject): string {
  if (subject.kind === 'root') return 'root user';
  return subject.name === undefined ? 'a user whose name AWS hides' : `${subject.name} (${byHand[subject.kind].who})`;
}

/** What the headline says: the alarm's or message's own title, or for sign-ins who did what. */
export function whatHappened(incident: Incident): string {
  const [only] = incident.subjects;
  if (incident.origin !== 'sign-in' || only === undefined) return incident.title;
  if (incident.subjects.length > 1) return `${incident.title} · ${incident.subjects.length + incident.moreSubjects} users`;
  const who = only.kind === 'root' ? 'root' : (only.name ?? 'somebody');
  if (only.successes === 0)
    return `${who} failed ${only.kind === 'identity-center-user' ? 'in Identity Center' : 'to sign in'}${only.mfa === 'yes' ? ' (MFA)' : ''}`;
  return `${who} signed in${only.mfa === 'no' ? ' without MFA' : ''}`;
}

/** What is known of MFA. A failure with MFAUsed "Yes" does not tell whether the password was right, so neither do we. */
function mfaWords({ mfa, failures, successes, kind }: Subject): string {
  if (mfa === 'not-visible') return 'MFA: not visible to AWS, ask the identity provider';
  if (mfa === 'unknown') return 'MFA: not recorded';
  if (mfa === 'no') return successes > 0 ? 'without MFA' : 'before any MFA';
  if (successes === 0 && failures > 0) return kind === 'identity-center-user' ? 'at the MFA step' : 'at or after the MFA step';
  return 'with MFA';
}

export function subjectLines(incident: Incident, accounts: ReadonlyMap<string, string>): RichTextElement[][] {
  const rows = incident.subjects.slice(0, shownSubjects).map((subject) => subjectRow(subject, incident, accounts));
  const more = incident.subjects.length - shownSubjects + incident.moreSubjects;
  return more > 0 ? [...rows, [words(`and ${more} more: see ⋯ Evidence`)]] : rows;
}

export function subjectRow(subject: Subject, incident: Incident, accounts: ReadonlyMap<string, string>): RichTextElement[] {
  const [address, ...others] = subject.addresses;
  const from = address === undefined ? '' : ` from ${address}${others.length > 0 ? ` and ${others.length} more` : ''}`;
  const elsewhere = subject.account === incident.account ? '' : ` in ${accountWords(subject.account, accounts)}`;
  const counts = [subject.failures > 0 ? `failed ${subject.failures}×` : '', subject.successes > 0 ? `signed in ${subject.successes}×` : ''];
  const did = counts.filter((part) => part !== '').join(', ') || 'seen';
  return [bold('Who: '), words(subjectWords(subject)), words(`${elsewhere}: ${did}${from}, ${mfaWords(subject)}, last `), time(subject.lastSeen)];
}

/** One sentence on what to do after acknowledging. */
export function nextStepFor(incident: Incident): string {
  const [only] = incident.subjects;
  if (incident.origin === 'alarm' && only === undefined) return 'Find out in CloudTrail who it was. If a takeover is likely: Reset password.';
  if (incident.origin === 'notice') return 'Read it and find out who it is about.';
  if (incident.subjects.length !== 1 || only === undefined) return 'Call them, those who got in first.';
  if (only.kind === 'iam-user' && only.name !== undefined) {
    const wasReset = incident.passwordsReset.includes(`${only.account}/${only.name}`);
    if (wasReset) return `Call ${only.name}${incident.notStopped.length > 0 ? ', and stop by hand what is not stopped' : ''}.`;
    const call = `Call ${only.name}: was it them?`;
    return only.successes > 0 ? `${call} If not: Reset password, and switch off the keys.` : `${call} A success after failures means a takeover.`;
  }
  if (only.kind === 'unknown' || only.name === undefined) return 'Look in CloudTrail for a success from the same address.';
  return 'See ⋯ What to do by hand: this bot cannot change this kind of user.';
}
