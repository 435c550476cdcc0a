/** What IAM and CloudTrail say of an IAM user in an incident, read once its name is known. Times are milliseconds since the epoch. */
import type { Json } from '../json.ts';
import { type ConsolePassword, type Fact, mapped, read, type UserFacts } from '../response/iam-user.ts';
import { type Call, withCalls } from './calls.ts';

/** What IAM said when it was asked last. */
export interface IamNotes {
  /** Undefined: an older version did not keep it. */
  readonly at: number | undefined;
  readonly devices: Fact<number>;
  readonly password: Fact<ConsolePassword | 'none'>;
  readonly activeKeys: Fact<number>;
  /** When something about the user was changed that these do not show yet. */
  readonly outdatedAt: number | undefined;
}

export interface UserNotes {
  /** Undefined: not read yet, or `fault` says why not. */
  readonly iam: IamNotes | undefined;
  readonly fault: string | undefined;
  /** IAM has no such user in that account. */
  readonly isMissing: boolean;
  /** What protects the user from being changed from Slack; undefined: nothing, as far as is known. */
  readonly protectedBy?: string | undefined;
  /** Whether the user had an MFA device at any time that IAM was asked. */
  readonly hadDevice: boolean | undefined;
  /** Calls made as this user since it signed in, the most frequent first; undefined: not looked for. */
  readonly activity: { readonly since: number; readonly calls: readonly Call[] } | undefined;
}

const nothingRead: UserNotes = { iam: undefined, fault: undefined, isMissing: false, hadDevice: undefined, activity: undefined };

export function notesFrom(facts: UserFacts, before: UserNotes | undefined, at: number): UserNotes {
  const devices = mapped(facts.devices, (list) => list.length);
  const activeKeys = mapped(facts.keys, (list) => list.filter((key) => key.active).length);
  const has = devices.is === 'read' ? devices.value > 0 : undefined;
  return {
    iam: { at, devices, password: facts.password, activeKeys, outdatedAt: undefined },
    fault: undefined,
    isMissing: false,
    hadDevice: before?.hadDevice === true ? true : (has ?? before?.hadDevice),
    activity: before?.activity,
  };
}

/** What was read before stands, as what it was then. */
export function notesWithFault(fault: string, isMissing: boolean, before: UserNotes | undefined): UserNotes {
  return { ...nothingRead, ...before, iam: isMissing ? undefined : before?.iam, fault, isMissing };
}

/** The notes as ones that a change has made old. */
export function outdated(notes: UserNotes, at: number): UserNotes {
  return notes.iam === undefined ? notes : { ...notes, iam: { ...notes.iam, outdatedAt: at } };
}

/** How long a change may take until IAM tells of it everywhere. Source: IAM user guide, "Changes that I make are not always immediately visible". */
export const propagationMs = 5_000;

/** Whether IAM has more to say than is noted. @param changedAt when the newest event changed something about the user, if any did */
export function wantsReading({ iam }: Pick<UserNotes, 'iam'>, changedAt: number | undefined): boolean {
  if (iam === undefined || iam.outdatedAt !== undefined) return true;
  if ([iam.devices, iam.password, iam.activeKeys].some(({ is }) => is === 'not-read')) return true;
  return changedAt !== undefined && (iam.at ?? 0) < changedAt;
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
  return { ...nothingRead, ...before, activity: { since: told.since, calls: withCalls(before?.activity?.calls ?? [], records, told) } };
}

/** As older versions stored them. */
interface OlderNotes {
  readonly devices?: number;
  readonly passwordSince?: number;
  readonly activeKeys?: number;
}

/** Notes as they come from the database, whichever version wrote them. */
export function readNotes(stored: Partial<UserNotes> & OlderNotes): UserNotes {
  const { devices, passwordSince, activeKeys = 0, ...rest } = stored;
  const notes: UserNotes = { ...nothingRead, ...rest };
  if (devices === undefined) return notes;
  const password: ConsolePassword | 'none' = passwordSince === undefined ? 'none' : { createdAt: passwordSince, resetRequired: false };
  const iam: IamNotes = { at: undefined, devices: read(devices), password: read(password), activeKeys: read(activeKeys), outdatedAt: undefined };
  return { ...notes, iam, hadDevice: devices > 0 };
}
