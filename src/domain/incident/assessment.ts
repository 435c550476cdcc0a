/**
 * What the subjects of an incident add up to: a verdict in one line, with its reasons and the severity it asks for. Pure. It may raise an
 * incident's severity and never lowers it. The thresholds are ours, set so that a person who mistypes once or twice and then gets in raises
 * nothing; the patterns are MITRE ATT&CK T1110.003 (spraying), T1621 (MFA requests) and T1078 (valid accounts).
 */
import type { DetectionId } from '../detection/detections.ts';
import { isWorse, type Severity } from '../severity.ts';
import { isUntold } from '../sign-in/memory.ts';
import type { MfaSeen } from '../sign-in/sign-in.ts';
import { type Spraying, sprayingAddresses, tried } from '../sign-in/spray.ts';
import { type Contact, keptSubjects, type Subject } from '../sign-in/subjects.ts';

export interface Assessment {
  readonly verdict: 'takeover' | 'spray' | 'mfa-fatigue' | 'guessing' | 'only-unknown-names' | 'mistyped' | 'federated' | 'own-action';
  readonly line: string;
  readonly reasons: readonly string[];
  /** What the incident's severity is at least. */
  readonly severity: Severity;
  /** The key of the subject it is about, if it is about one. */
  readonly about: string | undefined;
}

/** So many users failing in one window are one, from wherever. */
const spreadUsers = 20;
/** So many failures before a success are no slip of the finger. */
const manyFailures = 3;
/** So many failures of one user are guessing, from wherever. */
const guessing = 10;

export interface ToAssess {
  readonly detection: DetectionId | undefined;
  readonly subjects: readonly Subject[];
  /** Responses of this bot that the events are, as `SIN-3`; empty: none of them. */
  readonly ownActions: readonly string[];
}

/** Undefined where the subjects say no more than the detection itself. */
export function assess({ detection, subjects, ownActions }: ToAssess): Assessment | undefined {
  if (ownActions.length > 0 && subjects.length === 0) return ownAction(ownActions);
  const spraying = sprayingAddresses(subjects);
  return (
    takeover(subjects, spraying) ??
    fatigue(subjects) ??
    guessed(subjects) ??
    spray(spraying) ??
    spread(subjects) ??
    guess(subjects) ??
    harmless(subjects) ??
    federated(detection, subjects)
  );
}

function named(subject: Subject): string {
  if (subject.kind === 'root') return 'root';
  const name = subject.name ?? subject.directory?.userId ?? 'a user whose name AWS hides';
  return subject.kind === 'role-session' ? `role session ${name}` : name;
}

function isAfterFailure({ firstFailureAt, lastSuccessAt }: Contact): boolean {
  return firstFailureAt !== undefined && lastSuccessAt !== undefined && firstFailureAt < lastSuccessAt;
}

/** The gravest of those who got in after failures; the others are named beside it. */
function takeover(subjects: readonly Subject[], spraying: ReadonlyMap<string, Spraying>): Assessment | undefined {
  const taken = subjects.flatMap((subject) => {
    const reason = takeoverReason(subject, spraying);
    return reason === undefined ? [] : [{ subject, assessment: takenOver(subject, reason) }];
  });
  const [first, ...others] = taken.toSorted(
    (a, b) => Number(isWorse(b.assessment.severity, a.assessment.severity)) - Number(isWorse(a.assessment.severity, b.assessment.severity)),
  );
  if (first === undefined || others.length === 0) return first?.assessment;
  const names = others.slice(0, 3).map(({ subject }) => named(subject));
  return {
    ...first.assessment,
    reasons: [...first.assessment.reasons, `so did ${names.join(', ')}${others.length > 3 ? ` and ${others.length - 3} more` : ''}`],
  };
}

function takeoverReason(subject: Subject, spraying: ReadonlyMap<string, Spraying>): string | undefined {
  for (const contact of subject.contacts) {
    const spray = spraying.get(contact.address);
    const isSprayed = spray !== undefined && contact.lastSuccessAt !== undefined && spray.since < contact.lastSuccessAt;
    if (isSprayed) return `${named(subject)} signed in after ${tried(spray)} failed from the same address`;
    if (isAfterFailure(contact) && contact.failures >= manyFailures)
      return `${named(subject)} signed in after ${contact.failures} failures from the same address`;
  }
  return undefined;
}

const mfaReasons: Record<MfaSeen, string> = {
  yes: 'with MFA, which an attacker seldom has',
  no: 'without MFA',
  'not-visible': 'MFA is not visible to AWS',
  unknown: 'MFA was not recorded',
};

function takenOver(subject: Subject, reason: string): Assessment {
  const mfa = subject.mfaOfSuccess ?? 'unknown';
  return {
    verdict: 'takeover',
    line: `Likely takeover of ${named(subject)}`,
    reasons: [reason, mfaReasons[mfa]],
    severity: mfa === 'yes' ? 'HIGH' : 'CRITICAL',
    about: subject.key,
  };
}

/** Whoever guesses from many addresses gets in from one that never failed. */
function guessed(subjects: readonly Subject[]): Assessment | undefined {
  const subject = subjects.find((one) => {
    const firstFailure = Math.min(...one.contacts.map(({ firstFailureAt }) => firstFailureAt ?? Number.POSITIVE_INFINITY));
    const lastSuccess = Math.max(...one.contacts.map(({ lastSuccessAt }) => lastSuccessAt ?? 0));
    return one.failures >= guessing && firstFailure < lastSuccess;
  });
  if (subject === undefined) return undefined;
  const { severity: _severity, ...rest } = takenOver(subject, `${named(subject)} signed in after ${subject.failures} failures from other addresses`);
  return { ...rest, severity: 'HIGH' };
}

function fatigue(subjects: readonly Subject[]): Assessment | undefined {
  const subject = subjects.find((one) => one.mfaFailures >= manyFailures);
  if (subject === undefined) return undefined;
  const { firstMfaFailureAt: since = 0, contacts, mfaFailures, key } = subject;
  const gotIn = contacts.some(({ lastSuccessAt }) => lastSuccessAt !== undefined && lastSuccessAt > since);
  return {
    verdict: 'mfa-fatigue',
    line: `Somebody may have the password of ${named(subject)}`,
    reasons: [
      `${mfaFailures} failures at or after the MFA step`,
      gotIn ? 'and then a sign-in that succeeded' : 'nobody got in after them as far as is known',
    ],
    severity: gotIn ? 'CRITICAL' : 'HIGH',
    about: key,
  };
}

function spray(spraying: ReadonlyMap<string, Spraying>): Assessment | undefined {
  const [worst] = [...spraying].toSorted((a, b) => b[1].names + b[1].hidden - a[1].names - a[1].hidden);
  if (worst === undefined) return undefined;
  return {
    verdict: 'spray',
    line: 'Password spray',
    reasons: [`${tried(worst[1])} failed from ${worst[0]}`, 'no success from there after it as far as is known'],
    severity: 'HIGH',
    about: undefined,
  };
}

/** The same from so many addresses that none of them stands out. */
function spread(subjects: readonly Subject[]): Assessment | undefined {
  const failing = subjects.filter((one) => one.failures > 0 && !isUntold(one));
  if (failing.length < spreadUsers) return undefined;
  const addresses = new Set(failing.flatMap(({ contacts }) => contacts.map(({ address }) => address)));
  return {
    verdict: 'spray',
    line: 'Password spray',
    reasons: [`${subjects.length >= keptSubjects ? 'at least ' : ''}${failing.length} users failed from ${addresses.size} addresses`],
    severity: 'HIGH',
    about: undefined,
  };
}

function guess(subjects: readonly Subject[]): Assessment | undefined {
  const subject = subjects.find((one) => !isUntold(one) && one.failures >= guessing);
  if (subject === undefined) return undefined;
  return {
    verdict: 'guessing',
    line: `Somebody tries passwords of ${named(subject)}`,
    reasons: [`${subject.failures} failures`, 'no success after them as far as is known'],
    severity: 'MEDIUM',
    about: subject.key,
  };
}

function harmless(subjects: readonly Subject[]): Assessment | undefined {
  const failing = subjects.filter((one) => one.failures > 0);
  if (failing.length === 0 || failing.length < subjects.length) return undefined;
  if (failing.every(isUntold)) {
    return {
      verdict: 'only-unknown-names',
      line: 'Only user names that do not exist',
      reasons: ['mistyped, or names being tried; AWS does not tell which names'],
      severity: 'LOW',
      about: undefined,
    };
  }
  const slipped = failing.length === 1 && failing.every((one) => one.contacts.some(isAfterFailure) && one.failures < manyFailures);
  return slipped
    ? {
        verdict: 'mistyped',
        line: 'Probably mistyped',
        reasons: ['one or two failures, then a success from the same address'],
        severity: 'LOW',
        about: undefined,
      }
    : undefined;
}

function federated(detection: DetectionId | undefined, subjects: readonly Subject[]): Assessment | undefined {
  if (detection !== 'federated-sign-in' || subjects.length === 0) return undefined;
  return {
    verdict: 'federated',
    line: 'MFA is judged by the identity provider',
    reasons: ['it is not visible to AWS'],
    severity: 'LOW',
    about: undefined,
  };
}

function ownAction(names: readonly string[]): Assessment {
  return {
    verdict: 'own-action',
    line: 'Our own action, coming back',
    reasons: [`all that CloudTrail has is what this bot did for ${names.join(', ')}`],
    severity: 'LOW',
    about: undefined,
  };
}

/** A graver verdict is not taken back: whoever makes noise after it would decide what the card says. */
export function graver(before: Assessment | undefined, now: Assessment | undefined): Assessment | undefined {
  if (before === undefined || now === undefined) return now ?? (before && isWorse(before.severity, 'LOW') ? before : undefined);
  return isWorse(before.severity, now.severity) ? before : now;
}
