/**
 * AWS Sign-In: the sessions of `aws login` and of MCP clients. REST with JSON bodies.
 * Source: the model of service signin (2023-01-01) as of 2026-11-18: shapes, limits and errors.
 */
import { AwsError } from './errors.ts';
import type { Caller, Json, Operations } from './operation.ts';
import type { SignInSession } from './person-shapes.ts';
import type { AwsState } from './state.ts';

/** By the path of the request. */
export const signInPaths: Readonly<Record<string, string>> = {
  '/list-sessions': 'ListSessions',
  '/get-session': 'GetSession',
  '/batch-revoke-sessions': 'BatchRevokeSessions',
};

/** Takes no path in a name, and only the partition aws. */
const principalForm = /^arn:aws:iam::(\d{12}):(root|\*|(user|role|federated-user)\/[\w+=,.@-]{1,64})$/;
const mostListed = 100;
const defaultPage = 20;
const mostRevoked = 5;
const longestReason = 256;

export function signInOperations(state: AwsState): Operations {
  const sessionsIn = ({ account, region }: Caller): SignInSession[] =>
    (state.accounts[account]?.signInSessions ?? []).filter((one) => one.region === region);

  return {
    ListSessions: (caller, input) => {
      const { status, clientId, issuedAfter, issuedBefore, maxResults = defaultPage, nextToken } = input;
      const principal = principalIn(caller, input);
      if (status !== undefined && status !== 'ACTIVE' && status !== 'REVOKED') throw invalid('status must be ACTIVE or REVOKED');
      if (!Number.isInteger(maxResults) || Number(maxResults) < 1 || Number(maxResults) > mostListed)
        throw invalid('maxResults must be from 1 to 100');
      const from = nextToken === undefined ? 0 : offsetIn(nextToken);
      // An expired session is in the list of neither status.
      const found = sessionsIn(caller).filter(
        (one) =>
          isOf(one, principal) &&
          one.expiresAt > state.clock.now() &&
          (status === undefined || one.status === status) &&
          (clientId === undefined || one.clientId === clientId) &&
          (issuedAfter === undefined || one.issuedAt >= Number(issuedAfter) * 1_000) &&
          (issuedBefore === undefined || one.issuedAt <= Number(issuedBefore) * 1_000),
      );
      const end = from + Number(maxResults);
      return { items: found.slice(from, end).map(listed), ...(end < found.length ? { nextToken: tokenAt(end) } : {}) };
    },
    GetSession: (caller, input) => {
      const principal = principalIn(caller, input);
      const found = sessionsIn(caller).find((one) => one.sessionArn === input.sessionArn && isOf(one, principal));
      if (found === undefined) throw new AwsError('ResourceNotFoundException', 'The session does not exist.', 404);
      const { lastUsedAt, userAgent, originSessionArn, region } = found;
      return { ...listed(found), ...told({ lastUsedAt: lastUsedAt && lastUsedAt / 1_000, userAgent, originSessionArn }), issuedInRegion: region };
    },
    BatchRevokeSessions: (caller, input) => {
      const principal = principalIn(caller, input);
      const { sessionArns, reason } = input;
      if (!Array.isArray(sessionArns) || sessionArns.length < 1 || sessionArns.length > mostRevoked)
        throw invalid('sessionArns must hold from 1 to 5 items');
      if (reason !== undefined && String(reason).length > longestReason) throw invalid('reason must have at most 256 characters');
      const revokedSessions: Json[] = [];
      const errors: Json[] = [];
      for (const sessionArn of sessionArns.map(String)) {
        const found = sessionsIn(caller).find((one) => one.sessionArn === sessionArn && isOf(one, principal));
        const error = found === undefined ? { code: 'ResourceNotFoundException', message: 'The session does not exist.' } : found.revokeError;
        if (error !== undefined) errors.push({ sessionArn, ...error });
        else {
          // Revoked before: a success all the same.
          (found as SignInSession).status = 'REVOKED';
          revokedSessions.push({ sessionArn });
        }
      }
      return { revokedSessions, errors };
    },
  };
}

/** What a session's holder can still do: refresh it, and call with the credentials that the last refresh gave. */
export function sessionUse({ status, expiresAt, credentialsUntil }: SignInSession, now: number): { refresh: boolean; call: boolean } {
  return { refresh: status === 'ACTIVE' && expiresAt > now, call: credentialsUntil > now };
}

function principalIn({ account }: Caller, { principalArn }: Json): string {
  if (principalArn === undefined) return '';
  const [, of] = principalForm.exec(String(principalArn)) ?? [];
  if (of === undefined) throw invalid(`principalArn: ${principalArn} does not satisfy the pattern`);
  if (of !== account) throw new AwsError('AccessDeniedException', 'Not authorized for the sessions of another account.', 403);
  return String(principalArn);
}

/** Without a principal the caller's own: a role of the responder has none. */
function isOf({ principalArn }: SignInSession, principal: string): boolean {
  return principal.endsWith(':*') ? principalArn.startsWith(principal.slice(0, -1)) : principalArn === principal;
}

function listed({ sessionArn, principalArn, role, status, issuedAt, expiresAt, clientId, clientType }: SignInSession): Json {
  return { sessionArn, principalArn, status, issuedAt: issuedAt / 1_000, expiresAt: expiresAt / 1_000, ...told({ role, clientId, clientType }) };
}

function told(values: Json): Json {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function tokenAt(offset: number): string {
  return Buffer.from(`sessions:${offset}`).toString('base64url');
}

function offsetIn(token: unknown): number {
  const [, offset] = /^sessions:(\d+)$/.exec(Buffer.from(String(token), 'base64url').toString()) ?? [];
  if (offset === undefined) throw invalid('nextToken is none of this service');
  return Number(offset);
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message, 400);
}
