/** What IAM and CloudTrail say of an IAM user in an incident, read once its name is known. Times are milliseconds since the epoch. */

import type { Json } from '../json.ts';
import type { UserFacts } from '../response/iam-user.ts';
import { type Call, withCalls } from './calls.ts';

export interface UserNotes {
  /** Undefined: not read yet, or `fault` says why not. */
  readonly devices: number | undefined;
  /** Undefined: no console password. */
  readonly passwordSince: number | undefined;
  readonly activeKeys: number | undefined;
  readonly fault: string | undefined;
  /** IAM has no such user in that account. */
  readonly isMissing: boolean;
  /** Calls made as this user since it signed in, the most frequent first; undefined: not looked for. */
  readonly activity: { readonly since: number; readonly calls: readonly Call[] } | undefined;
}

export function notesFrom(facts: UserFacts, before: UserNotes | undefined): UserNotes {
  return {
    devices: facts.devices.length,
    passwordSince: facts.password?.createdAt,
    activeKeys: facts.keys.filter((key) => key.active).length,
    fault: undefined,
    isMissing: false,
    activity: before?.activity,
  };
}

export function notesWithFault(fault: string, isMissing: boolean, before: UserNotes | undefined): UserNotes {
  return { devices: undefined, passwordSince: undefined, activeKeys: undefined, activity: before?.activity, fault, isMissing };
}

/**
 * The notes with what CloudTrail has under the user's name in one region.
 * @param sessions the sign-in sessions that are known to be the user's
 */
export function notesWithCalls(
  before: UserNotes | undefined,
  records: readonly Json[],
  told: { since: number; sessions: readonly string[] },
): UserNotes {
  const base = before ?? { devices: undefined, passwordSince: undefined, activeKeys: undefined, fault: undefined, isMissing: false };
  return { ...base, activity: { since: told.since, calls: withCalls(before?.activity?.calls ?? [], records, told) } };
}
