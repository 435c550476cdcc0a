/**
 * One event in one sentence, which claims what its record gives and no more. The table of them is in test/domain/sign-in/sentence.test.ts.
 */
import { type Act, actIn, isByAnybody } from './act.ts';
import { reasonWords, whyFailed } from './failure.ts';
import { phraseOf } from './phrase.ts';
import { isServiceName, namelessWords, type Principal, type PrincipalKind } from './principal.ts';
import type { MfaSeen, SignIn } from './sign-in.ts';

type Told = Pick<SignIn, 'principal' | 'eventName' | 'outcome' | 'mfa' | 'address' | 'errorCode' | 'errorMessage' | 'target' | 'targetIs' | 'act'> &
  Partial<Pick<SignIn, 'sourceIdentity' | 'issuedBy'>>;

/** `alice failed to sign in to the console from 203.0.113.7: refused by a resource-based policy`. */
export function sentence(event: Told): string {
  const act = actIn(event);
  const who = `${actorWords(act, event.principal)}${isByAnybody(act) ? '' : behindWords(event)}`;
  const place = placeWords(event.address);
  const reason = reasonWords(event);
  const because = reason === '' ? '' : `: ${reason}`;
  if (act.is === 'sign-in-event') return `${event.eventName} by ${who}${place}, ${outcomeWords[event.outcome]}${because}`;
  const { did, failed, note } = phraseOf(act, isByAnybody(act) ? { eventName: event.eventName, target: personWords(event.principal) } : event);
  if (event.outcome === 'failure') return `${who} ${failed}${place}${because}${after(mfaOf(act, event))}`;
  const isKnown = event.outcome === 'success' || act.is === 'reported-sign-in';
  const unknown = isKnown ? '' : ' or tried to';
  return `${who} ${did}${unknown}${place}${isKnown ? '' : after(outcomeWords.unknown)}${after(note ?? '')}${after(mfaOf(act, event))}`;
}

const withOwnWords: ReadonlySet<PrincipalKind> = new Set(['role-session', 'federated-user', 'account']);

/** The same where a sentence begins; names stay as they are. */
export function openingSentence(event: Told): string {
  const { name, kind } = event.principal;
  const act = actIn(event);
  const isOwn = isByAnybody(act) || name === undefined || (act.is !== 'workspaces-sign-in' && withOwnWords.has(kind));
  const text = sentence(event);
  return isOwn && act.is !== 'sign-in-event' ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : text;
}

function actorWords(act: Act, principal: Principal): string {
  if (isByAnybody(act)) return 'somebody';
  return act.is === 'workspaces-sign-in' ? (principal.name ?? 'a user of WorkSpaces') : personWords(principal);
}

/** Of STS. */
const longestIdentity = 64;

/** Who is behind a session, as far as its record says: whoever may set a source identity may have set any. */
function behindWords({ principal: { name = '' }, sourceIdentity, issuedBy }: Told): string {
  const isSaid = sourceIdentity === undefined || name.split('/').includes(sourceIdentity);
  const parts = [
    ...(isSaid ? [] : [`source identity ${sourceIdentity.slice(0, longestIdentity).toWellFormed()}`]),
    ...(issuedBy === undefined ? [] : [`made with the keys of ${issuedBy}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

const outcomeWords = { success: 'succeeded', failure: 'failed', unknown: 'outcome not in the record' };

function after(part: string): string {
  return part === '' ? '' : `, ${part}`;
}

/** MFA is worth a word of a sign-in as a whole. That of the command line tells it only where it was used. */
function mfaOf({ is }: Act, event: Told): string {
  const isWhole = is === 'console-sign-in' || is === 'reported-sign-in' || is === 'identity-center-sign-in';
  const isSaid = isWhole || (is === 'command-line-sign-in' && event.outcome === 'success' && event.mfa === 'yes');
  return isSaid ? mfaWords({ ...event, kind: event.principal.kind, hasDevice: undefined }) : '';
}

const kindWords: Partial<Record<PrincipalKind, (name: string) => string>> = {
  root: (name) => name,
  'role-session': (name) => `role session ${name}`,
  'federated-user': (name) => `federated user ${name}`,
  'identity-center-user': (name) => `${name} (Identity Center)`,
  service: (name) => `AWS service ${name}`,
  account: (name) => `somebody of account ${name}`,
};

/** Who it was, within a sentence. */
export function personWords(principal: Pick<Principal, 'kind' | 'name' | 'directory'> & Partial<Pick<Principal, 'nameIs'>>): string {
  const { kind, name } = principal;
  return name === undefined ? namelessWords(principal) : (kindWords[kind]?.(name) ?? name);
}

/** ` from 203.0.113.7`; a service is no place, and is what it came through. */
export function placeWords(address: string | undefined): string {
  if (address === undefined) return '';
  if (/^aws internal$/i.test(address)) return ' through AWS itself';
  return isServiceName(address) ? ` through ${address}` : ` from ${address}`;
}

interface MfaTold {
  readonly mfa: MfaSeen;
  readonly outcome: SignIn['outcome'];
  readonly kind: PrincipalKind;
  readonly errorCode?: string | undefined;
  readonly errorMessage: string | undefined;
  /** Whether the user is known to have an MFA device; undefined: not known. */
  readonly hasDevice: boolean | undefined;
}

/** What may be concluded of MFA. A failure with MFAUsed "Yes" does not tell whether the password was right, so neither do we. */
export function mfaWords(told: MfaTold): string {
  const { mfa, kind, outcome, hasDevice } = told;
  const why = whyFailed(told);
  if (why === 'policy' || why === 'unknown-name') return '';
  if (mfa === 'not-visible') return kind === 'federated-user' ? 'MFA: not visible to AWS, ask the identity provider' : 'MFA: not visible here';
  if (mfa === 'unknown') return 'MFA: not in the record';
  if (outcome !== 'failure') return mfa === 'yes' ? 'with MFA' : 'without MFA';
  if (mfa === 'yes') return kind === 'identity-center-user' ? 'at the MFA step' : 'at or after the MFA step';
  return hasDevice === true ? 'before any MFA' : 'MFA not reached or not used';
}
