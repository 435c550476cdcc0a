/** What IAM and CloudTrail say of an IAM user in an incident, read once its name is known. Times are milliseconds since the epoch. */

import { asText, type Json } from '../json.ts';
import type { UserFacts } from '../response/iam-user.ts';

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
  readonly activity: { readonly since: number; readonly calls: readonly { readonly name: string; readonly times: number }[] } | undefined;
}

const keptCalls = 20;

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

/** The notes with what CloudTrail has under the user's name in one region; the larger count of a name wins, for looks repeat. */
export function notesWithCalls(before: UserNotes | undefined, records: readonly Json[], since: number): UserNotes {
  const counts = new Map((before?.activity?.calls ?? []).map(({ name, times }) => [name, times]));
  const here = new Map<string, number>();
  for (const record of records) {
    const name = asText(record.eventName);
    if (name === undefined || name === 'ConsoleLogin' || Date.parse(String(record.eventTime)) < since) continue;
    here.set(name, (here.get(name) ?? 0) + 1);
  }
  for (const [name, times] of here) counts.set(name, Math.max(times, counts.get(name) ?? 0));
  const calls = [...counts].map(([name, times]) => ({ name, times })).toSorted((a, b) => b.times - a.times);
  const base = before ?? { devices: undefined, passwordSince: undefined, activeKeys: undefined, fault: undefined, isMissing: false };
  return { ...base, activity: { since, calls: calls.slice(0, keptCalls) } };
}
