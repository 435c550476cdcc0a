/**
 * Which accounts the bot can read and change, by its configuration alone: an account in an event is only what somebody wrote. What it cannot
 * reach is neither promised nor offered.
 */
import type { Incident } from '../incident/incident.ts';
import { placeOf } from '../place.ts';
import type { Subject } from '../sign-in/subjects.ts';

export interface ReachSettings {
  /** Names by id; empty: no account is left out for not being named. */
  readonly accounts: ReadonlyMap<string, string>;
  /** The account whose trail and alarms watch all others, if any. */
  readonly trailAccount: string | undefined;
  /** False: AWS_MEMBER_ROLE is not set, and the bot has its own account only. */
  readonly hasMemberRole: boolean;
  /** ARN that the bot runs as; undefined: AWS has not said. */
  readonly ownPrincipal: string | undefined;
  /** Whether a role that denies sessions is configured. */
  readonly hasSessionsRole?: boolean | undefined;
  /** The management account, where a role for Identity Center is configured. */
  readonly identityCenterAccount?: string | undefined;
  /** Whether an identity provider owns the directory; undefined: what AWS tells of each user decides. */
  readonly isDirectoryProvisioned?: boolean | undefined;
  /** The management account, where a role for root users of member accounts is configured. */
  readonly rootAccessAccount?: string | undefined;
}

export type OutOfReach = 'not-in-accounts' | 'no-member-role';

/** Why the bot does nothing in an account; undefined: it can. While it does not know its own account, it tries. */
export function outOfReach(account: string, { accounts, hasMemberRole, ownPrincipal }: ReachSettings): OutOfReach | undefined {
  if (!isNamed(account, { accounts })) return 'not-in-accounts';
  const isOther = !hasMemberRole && ownPrincipal !== undefined && placeOf(ownPrincipal).account !== account;
  return isOther ? 'no-member-role' : undefined;
}

/** Whether AWS_ACCOUNTS names an account, where it is set. */
export function isNamed(account: string, { accounts }: Pick<ReachSettings, 'accounts'>): boolean {
  return accounts.size === 0 || accounts.has(account);
}

/** Whether anything can be done to a subject: of a directory, and of root of a named account, by the roles in the management account. */
export function reachesSubject({ kind, account }: Pick<Subject, 'kind' | 'account'>, settings: ReachSettings): boolean {
  if (kind === 'identity-center-user' && settings.identityCenterAccount !== undefined) return true;
  if (kind === 'root' && settings.rootAccessAccount !== undefined) return isNamed(account, settings);
  return outOfReach(account, settings) === undefined;
}

/** What keeps the bot out of an account, and the fix. */
export const outOfReachWords: Record<OutOfReach, string> = {
  'not-in-accounts':
    'is not in AWS_ACCOUNTS, so the bot reads and changes nothing there. Add it to AWS_ACCOUNTS to see who it was and to respond from here.',
  'no-member-role':
    'is not the bot’s own and AWS_MEMBER_ROLE is not set, so the bot reads and changes nothing there. Set AWS_MEMBER_ROLE to respond from here.',
};

type Concerned = Pick<Incident, 'account' | 'alarm' | 'origin' | 'subjects'>;

/** Where an incident's users may be: where they were seen, else in the accounts that its alarm watches. */
function accountsOf({ account, subjects }: Concerned, { accounts, trailAccount }: ReachSettings): string[] {
  if (subjects.length > 0) return [...new Set(subjects.map((subject: Subject) => subject.account))];
  return account === trailAccount && accounts.size > 0 ? [...accounts.keys()] : [account];
}

/** Those of an incident's accounts that the bot does nothing in, with why. */
export function unreachedOf(incident: Concerned, settings: ReachSettings): { readonly account: string; readonly why: OutOfReach }[] {
  if (incident.origin === 'notice') return [];
  const concerned = [...new Set([...accountsOf(incident, settings), ...(incident.alarm ? [alarmAccountOf(incident)] : [])])];
  return concerned.flatMap((account) => {
    const why = outOfReach(account, settings);
    return why === undefined ? [] : [{ account, why }];
  });
}

/** Whether the bot can do anything about an incident's users. */
export function reachesUsers(incident: Concerned, settings: ReachSettings): boolean {
  return accountsOf(incident, settings).some((account) => outOfReach(account, settings) === undefined);
}

export function reachesAlarm(incident: Concerned, settings: ReachSettings): boolean {
  return outOfReach(alarmAccountOf(incident), settings) === undefined;
}

function alarmAccountOf({ account, alarm }: Concerned): string {
  return placeOf(alarm?.arn ?? '').account || account;
}
