/**
 * What the subjects of an incident add up to: a verdict in one line, with its reasons and the severity it asks for. Pure. It may raise an
 * incident's severity and never lowers it. The thresholds are ours, set so that a person who mistypes once or twice and then gets in raises
 * nothing; the patterns are MITRE ATT&CK T1110.003 (spraying), T1621 (MFA requests) and T1078 (valid accounts).
 */
import type { DetectionId } from './detections.ts';
import type { Severity } from './severity.ts';
import type { Contact, Subject } from './subjects.ts';

export interface Assessment {
  readonly verdict: 'takeover' | 'spray' | 'mfa-fatigue' | 'guessing' | 'only-unknown-names' | 'mistyped' | 'federated' | 'own-action';
  readonly line: string;
  readonly reasons: readonly string[];
  /** What the incident's severity is at least. */
  readonly severity: Severity;
}

/** So many users failing from one address are a spray. */
const sprayUsers = 5;
/** So many failures before a success are no slip of the finger. */
const manyFailures = 3;
/** So many failures of one user and none who got in. */
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
    takeover(subjects, spraying) ?? fatigue(subjects) ?? spray(spraying) ?? guess(subjects) ?? harmless(subjects) ?? federated(detection, subjects)
  );
}

function named(subject: Subject): string {
  if (subject.kind === 'root') return 'root';
  return subject.name ?? subject.directory?.userId ?? 'a user whose name AWS hides';
}

/** Addresses from which many users failed, with how many. Hidden names are one subject, so its failures count as names. */
function sprayingAddresses(subjects: readonly Subject[]): Map<string, number> {
  const users = new Map<string, number>();
  for (const subject of subjects) {
    for (const { address, failures } of subject.contacts) {
      const names = failures === 0 ? 0 : subject.name === undefined ? failures : 1;
      users.set(address, (users.get(address) ?? 0) + names);
    }
  }
  return new Map([...users].filter(([, names]) => names >= sprayUsers));
}

function isAfterFailure({ firstFailureAt, lastSuccessAt }: Contact): boolean {
  return firstFailureAt !== undefined && lastSuccessAt !== undefined && firstFailureAt < lastSuccessAt;
}

function takeover(subjects: readonly Subject[], spraying: ReadonlyMap<string, number>): Assessment | undefined {
  for (const subject of subjects) {
    for (const contact of subject.contacts) {
      const sprayed = contact.successes > 0 ? spraying.get(contact.address) : undefined;
      if (sprayed === undefined && !(isAfterFailure(contact) && contact.failures >= manyFailures)) continue;
      const withMfa = subject.mfaOfSuccess === 'yes';
      const after = sprayed === undefined ? `after ${contact.failures} failures` : `while ${sprayed} names were tried`;
      return {
        verdict: 'takeover',
        line: `Likely takeover of ${named(subject)}`,
        reasons: [
          `${named(subject)} signed in ${after} from the same address`,
          withMfa ? 'with MFA, which an attacker seldom has' : subject.mfaOfSuccess === 'no' ? 'without MFA' : 'MFA is not visible to AWS',
        ],
        severity: withMfa && sprayed === undefined ? 'HIGH' : 'CRITICAL',
      };
    }
  }
  return undefined;
}

function fatigue(subjects: readonly Subject[]): Assessment | undefined {
  const subject = subjects.find((one) => one.mfaFailures >= manyFailures);
  if (subject === undefined) return undefined;
  const gotIn = subject.successes > 0;
  return {
    verdict: 'mfa-fatigue',
    line: `Somebody may have the password of ${named(subject)}`,
    reasons: [
      `${subject.mfaFailures} failures at or after the MFA step`,
      gotIn ? 'and then a sign-in that succeeded' : 'nobody got in as far as is known',
    ],
    severity: gotIn ? 'CRITICAL' : 'HIGH',
  };
}

function spray(spraying: ReadonlyMap<string, number>): Assessment | undefined {
  const [worst] = [...spraying].toSorted((a, b) => b[1] - a[1]);
  if (worst === undefined) return undefined;
  return {
    verdict: 'spray',
    line: 'Password spray',
    reasons: [`${worst[1]} names were tried from ${worst[0]}`, 'no success from there as far as is known'],
    severity: 'HIGH',
  };
}

function guess(subjects: readonly Subject[]): Assessment | undefined {
  const subject = subjects.find((one) => one.name !== undefined && one.failures >= guessing && one.successes === 0);
  if (subject === undefined) return undefined;
  return {
    verdict: 'guessing',
    line: `Somebody tries passwords of ${named(subject)}`,
    reasons: [`${subject.failures} failures`, 'no success as far as is known'],
    severity: 'MEDIUM',
  };
}

function harmless(subjects: readonly Subject[]): Assessment | undefined {
  const failing = subjects.filter((one) => one.failures > 0);
  if (failing.length === 0 || failing.length < subjects.length) return undefined;
  if (failing.every((one) => one.name === undefined && one.successes === 0)) {
    return {
      verdict: 'only-unknown-names',
      line: 'Only user names that do not exist',
      reasons: ['mistyped, or names being tried; AWS does not tell which names'],
      severity: 'LOW',
    };
  }
  const slipped = failing.length === 1 && failing.every((one) => one.contacts.some(isAfterFailure) && one.failures < manyFailures);
  return slipped
    ? { verdict: 'mistyped', line: 'Probably mistyped', reasons: ['one or two failures, then a success from the same address'], severity: 'LOW' }
    : undefined;
}

function federated(detection: DetectionId | undefined, subjects: readonly Subject[]): Assessment | undefined {
  if (detection !== 'federated-sign-in' || subjects.length === 0) return undefined;
  return {
    verdict: 'federated',
    line: 'MFA is judged by the identity provider',
    reasons: ['it is not visible to AWS'],
    severity: 'LOW',
  };
}

function ownAction(names: readonly string[]): Assessment {
  return {
    verdict: 'own-action',
    line: 'Our own action, coming back',
    reasons: [`all that CloudTrail has is what this bot did for ${names.join(', ')}`],
    severity: 'LOW',
  };
}
