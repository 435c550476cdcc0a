/** Who and where, in words: shared by the card and the views. */
import type { RichTextElement } from '@slack/types';
import { byHand } from '../domain/by-hand.ts';
import type { Incident, Subject } from '../domain/incident.ts';
import type { MfaSeen } from '../domain/sign-in.ts';
import { bold, time, words } from './text.ts';

const shownSubjects = 3;

const mfaWords: Record<MfaSeen, string> = {
  yes: 'MFA was used or asked for',
  no: 'without MFA',
  'not-visible': 'MFA: not visible to AWS, ask the identity provider',
  unknown: 'MFA: not recorded',
};

/** `prod 1111-2222-3333 · us-east-1`. */
export function where(incident: Pick<Incident, 'account' | 'region'>, accounts: ReadonlyMap<string, string>): string {
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
  if (subject.name === undefined) return 'a user whose name AWS hides';
  return `${subject.name} (${byHand[subject.kind].who})`;
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
  const agent = subject.userAgent ? `. Browser: ${subject.userAgent.slice(0, 120)}` : '';
  const counts = [subject.failures > 0 ? `failed ${subject.failures}×` : '', subject.successes > 0 ? `signed in ${subject.successes}×` : '']
    .filter((part) => part !== '')
    .join(', ');
  const text = `${elsewhere}: ${counts || 'seen'}${from}, ${mfaWords[subject.mfa]}, last `;
  return [bold('Who: '), words(subjectWords(subject)), words(text), time(subject.lastSeen), words(agent)];
}
