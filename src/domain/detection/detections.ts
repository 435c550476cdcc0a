/**
 * The catalogue: which pattern in sign-ins is worth an incident, how severe, and what to do. An event that several entries match belongs to
 * the first of them. A new detection is one entry in catalogue/, listed here, and its labelled
 * records.
 */

import type { Json } from '../json.ts';
import { detectionSwitchedOff, signInCredentialsChanged } from './catalogue/changes.ts';
import { consoleSignInFailures, consoleSignInWithoutMfa, federatedSignIn, instanceRoleConsoleSignIn, mfaFailureIam } from './catalogue/console.ts';
import { containmentUndone, sessionsRoleMisused } from './catalogue/containment.ts';
import { identityCenterSignInFailures, mfaFailureIdentityCenter } from './catalogue/identity-center.ts';
import { commandLineSignIn, rootPasswordRecovery, rootSignIn, rootSignInFailures } from './catalogue/root.ts';
import { type Condition, eventNamesOf, matches } from './condition.ts';
import type { Detection } from './detection.ts';

export const detections = {
  'root-sign-in': rootSignIn,
  'root-password-recovery': rootPasswordRecovery,
  'root-sign-in-failures': rootSignInFailures,
  'command-line-sign-in': commandLineSignIn,
  'instance-role-console-sign-in': instanceRoleConsoleSignIn,
  'sessions-role-misused': sessionsRoleMisused,
  'containment-undone': containmentUndone,
  'detection-switched-off': detectionSwitchedOff,
  'mfa-failure-iam': mfaFailureIam,
  'mfa-failure-identity-center': mfaFailureIdentityCenter,
  'console-sign-in-without-mfa': consoleSignInWithoutMfa,
  'sign-in-credentials-changed': signInCredentialsChanged,
  'console-sign-in-failures': consoleSignInFailures,
  'identity-center-sign-in-failures': identityCenterSignInFailures,
  'federated-sign-in': federatedSignIn,
} as const satisfies Record<string, Detection>;

export type DetectionId = keyof typeof detections;

export const detectionIds = Object.keys(detections) as DetectionId[];

export function detectionOf(id: DetectionId): Detection {
  return detections[id];
}

/** The detections that a CloudTrail record matches, the one it belongs to first. */
export function detectionsIn(record: Json): DetectionId[] {
  return detectionIds.filter((id) => matches(detections[id].condition, record));
}

/** Whether a rule sends it although no detection matches it: of itself it opens nothing. */
export function isSentBesides(record: Json): boolean {
  return detectionIds.some((id) => {
    const { ruleSends } = detectionOf(id);
    return ruleSends !== undefined && matches(ruleSends, record);
  });
}

/** What an alarm's name suggests. */
export function recogniseName(name: string): DetectionId | undefined {
  return detectionIds.find((id) => name === alarmName(id)) ?? detectionIds.find((id) => detections[id].names.test(name));
}

/** The name that the templates give to the alarm and the filter of a detection. */
export function alarmName(id: DetectionId): string {
  return `signin-responder-${id}`;
}

/** Whole sign-ins: at the console, and from the command line. */
const signIns = ['ConsoleLogin', 'CreateOAuth2Token'];
const identityCenterSignIn = 'UserAuthentication';

/** All event names by which somebody gets in; a success is ruled out only where each was looked for. */
export function signInNames(who: { readonly hasIdentityCenter: boolean }): readonly string[] {
  return who.hasIdentityCenter ? [...signIns, identityCenterSignIn] : signIns;
}

/** Whether what it counts are whole sign-ins, and no other deed. */
export function isOfSignIns(id: DetectionId): boolean {
  const names = eventNamesOf(detectionOf(id).condition);
  return names.length > 0 && names.every((name) => signIns.includes(name));
}

/** Whether nothing but root can set it off. */
export function isOfRootAlone(id: DetectionId): boolean {
  return asksOnlyFor(detectionOf(id).condition, 'userIdentity.type', 'Root');
}

function asksOnlyFor(condition: Condition, path: string, value: string): boolean {
  if ('all' in condition) return condition.all.some((part) => asksOnlyFor(part, path, value));
  if ('some' in condition) return condition.some.every((part) => asksOnlyFor(part, path, value));
  return 'is' in condition && condition.is === path && condition.anyOf.every((one) => one === value);
}

/** The event names to ask CloudTrail for. Sign-ins are always asked for too: they say what came of it. */
export function eventNamesFor(id: DetectionId | undefined): string[] {
  const own = id === undefined ? [] : namesOf(detectionOf(id));
  const related = id === 'mfa-failure-identity-center' || id === 'identity-center-sign-in-failures' ? [identityCenterSignIn] : [];
  return [...new Set([...own, ...related, ...signIns])];
}

function namesOf({ condition, ruleSends = condition }: Detection): string[] {
  return [...eventNamesOf(condition), ...eventNamesOf(ruleSends)];
}
