/** A subject in words: who it is, from where, and what is known of its MFA. */
import { isNetwork } from './network.ts';
import { namelessWords } from './principal.ts';
import { mfaWords, placeWords } from './sentence.ts';
import { addressesOf, keptAddresses, type Subject } from './subjects.ts';
import { isRefusedOnly, plainFailures } from './tally.ts';

type Who = Pick<Subject, 'name' | 'nameIs' | 'kind' | 'directory' | 'failures'>;

/** Several attempts without a name need not be one person. */
function isSeveral({ name, directory, failures, kind }: Who): boolean {
  return name === undefined && directory === undefined && failures > 1 && kind !== 'service';
}

/** For a subject whose name is not told. */
export function nobodyWords(subject: Who): string {
  if (!isSeveral(subject)) return namelessWords(subject);
  return subject.nameIs === 'not-in-record'
    ? 'users whose names are not in the record (how many is not known)'
    : 'users whose names AWS hides (how many is not known)';
}

/** Who, for a headline. */
export function shortName(subject: Who): string {
  if (subject.kind === 'root') return subject.name ?? 'root';
  if (subject.name !== undefined) return subject.name;
  if (!isSeveral(subject)) return 'somebody';
  return subject.nameIs === 'not-in-record' ? 'users not named in the record' : 'users whose names AWS hides';
}

/** ` from 203.0.113.7 and 2 more, through appstream.amazonaws.com`; empty where no record tells. */
export function placesWords(subject: Subject): string {
  const all = addressesOf(subject);
  const [first, ...others] = all.filter(isNetwork);
  const more = others.length === 0 ? '' : ` and ${all.length >= keptAddresses ? 'at least ' : ''}${others.length} more`;
  const services = all.filter((one) => !isNetwork(one)).slice(0, 2);
  const places = first === undefined ? [] : [`${placeWords(first)}${more}`];
  return [...places, ...services.map(placeWords)].join(',');
}

/**
 * What may be concluded of the subject's MFA; empty where nothing is worth a word.
 * @param hasDevice whether it is known to have an MFA device
 */
export function subjectMfaWords(subject: Subject, hasDevice: boolean | undefined): string {
  const { kind, failures, successes, mfaFailures, changes, suffered, failedChanges = [] } = subject;
  const base = { kind, hasDevice, errorMessage: undefined } as const;
  if (successes > 0) return mfaWords({ ...base, outcome: 'success', mfa: subject.mfaOfSuccess ?? subject.mfa });
  if (failures === 0) {
    const isQuiet = changes.length + suffered.length + failedChanges.length > 0 || subject.mfa === 'unknown';
    return isQuiet ? '' : mfaWords({ ...base, outcome: 'unknown', mfa: subject.mfa });
  }
  if (isRefusedOnly(subject) || (subject.name === undefined && subject.nameIs === 'hidden')) return '';
  const plain = plainFailures(subject);
  const step = mfaWords({ ...base, outcome: 'failure', mfa: mfaFailures > 0 ? 'yes' : subject.mfa });
  return mfaFailures > 0 && mfaFailures < plain ? `${mfaFailures} of ${plain} ${step}` : step;
}
