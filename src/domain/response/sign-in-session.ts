/**
 * Sign-in sessions as AWS Sign-In lists them: those of `aws login` and of MCP clients, and perhaps not those of a browser. So nothing here says
 * "all". Times are milliseconds since the epoch. Source: API of service signin (2023-01-01), operations of 2026-11-18.
 */

import { iamArn } from '../place.ts';
import type { Listed, SignInSession } from '../sign-in/session-list.ts';
import { utc } from '../utc.ts';
import type { Actor } from './actor.ts';
import type { Target } from './target.ts';

/** How many sessions one call revokes at most. */
export const revokedAtOnce = 5;
export const longestReason = 256;

/** What became of sessions that were to be revoked. */
export interface Revoked {
  /** ARNs, those that were revoked before included. */
  readonly revoked: readonly string[];
  /** Of the others, what AWS says, by ARN. */
  readonly refused: Readonly<Record<string, string>>;
}

/** Who may have sessions: ARN without a path, as the service takes it. */
export interface SessionOwner {
  readonly account: string;
  readonly arn: string;
}

export interface SignInSessions {
  /** Those that are active, oldest first, with when they were last used as far as that is told. @throws AppError where no region could be asked */
  active(owner: SessionOwner, regions: readonly string[]): Promise<Listed>;
  /**
   * Of one region, five at most.
   * @throws AppError `ambiguous` when it is not known whether it happened
   */
  revoke(owner: SessionOwner, of: { region: string; arns: readonly string[]; reason: string }, actor: Actor): Promise<Revoked>;
}

/** Undefined: of a kind that has no sessions of its own there. @param region any of the account's partition */
export function sessionOwner(target: Target, region: string): SessionOwner | undefined {
  const of = (account: string, resource: string): SessionOwner => ({ account, arn: iamArn(region, account, resource) });
  if (target.kind === 'iam-user') return of(target.account, `user/${target.name}`);
  if (target.kind === 'role') return of(target.account, `role/${target.name}`);
  return target.kind === 'root' ? of(target.account, 'root') : undefined;
}

const told = 5;

/** `CLI in us-east-1 since 2026-11-25 03:01 UTC, last used 2026-11-25 03:14 UTC`. */
export function sessionWords({ client, region, issuedAt, lastUsedAt }: SignInSession): string {
  const used = lastUsedAt === undefined ? 'last use not known' : `last used ${utc(lastUsedAt)}`;
  return `${client ?? 'client not known'} in ${region} since ${utc(issuedAt)}, ${used}`;
}

/** How many are active, and the newest of them; then what could not be asked. */
export function listedWords({ sessions, faults }: Listed): string {
  const newest = sessions.toSorted((a, b) => b.issuedAt - a.issuedAt).slice(0, told);
  const more = sessions.length - newest.length;
  const count = `${sessions.length === 0 ? 'no' : sessions.length} active sign-in session${sessions.length === 1 ? '' : 's'} that AWS lists`;
  const each = newest.length === 0 ? '' : `: ${newest.map(sessionWords).join('; ')}${more > 0 ? `; and ${more} older` : ''}`;
  const unread = Object.keys(faults);
  return `${count}${each}${unread.length === 0 ? '' : `; not known in ${unread.join(', ')}`}`;
}
