/** The SignInSessions port over AWS Sign-In, which keeps sessions by region. */
import { AppError, asAppError } from '../domain/error.ts';
import { asList, asObject, asText, type Json } from '../domain/json.ts';
import type { Revoked, SessionOwner, SignInSessions } from '../domain/response/sign-in-session.ts';
import type { SignInSession } from '../domain/sign-in/session-list.ts';
import type { Accounts } from './accounts.ts';
import { type SignInClient, signInClient } from './sign-in-client.ts';

const perPage = 100;
const mostPages = 10;
/** When a session was last used is one call more for each. */
const mostAsked = 10;
/** An account that does not have the statement is not asked at once again, for each card. */
const deniedMs = 10 * 60_000;

export function signInSessionsOf(accounts: Accounts): SignInSessions {
  const client = signInClient(accounts);
  const denied = new Map<string, { readonly until: number; readonly error: AppError }>();

  return {
    active: async (owner, regions) => {
      const known = denied.get(owner.account);
      if (known !== undefined && known.until > Date.now()) throw known.error;
      const lists = await Promise.all([...new Set(regions)].map((region) => listedIn(client, owner, region)));
      const faults = lists.filter((one) => one.fault !== undefined);
      const [first] = faults;
      if (first?.fault !== undefined && faults.length === lists.length) {
        if (first.fault.code === 'denied') denied.set(owner.account, { until: Date.now() + deniedMs, error: first.fault });
        throw first.fault;
      }
      const sessions = lists.flatMap((one) => one.sessions).toSorted((a, b) => a.issuedAt - b.issuedAt);
      const told = Object.fromEntries(faults.map(({ region, fault }) => [region, fault?.message ?? '']));
      return { sessions: await withLastUse(client, owner, sessions), faults: told };
    },
    revoke: async ({ account, arn }, { region, arns, reason }, actor) => {
      const input = { sessionArns: [...arns], principalArn: arn, reason };
      const answer = await client({ account, region, operation: 'BatchRevokeSessions', input, actor });
      return revokedIn(answer, arns);
    },
  };
}

interface ListedIn {
  readonly region: string;
  readonly sessions: readonly SignInSession[];
  readonly fault: AppError | undefined;
}

async function listedIn(client: SignInClient, { account, arn }: SessionOwner, region: string): Promise<ListedIn> {
  const sessions: SignInSession[] = [];
  let nextToken: string | undefined;
  try {
    for (let page = 0; page < mostPages; page++) {
      const input = { principalArn: arn, status: 'ACTIVE', maxResults: perPage, ...(nextToken === undefined ? {} : { nextToken }) };
      const answer = await client({ account, region, operation: 'ListSessions', input });
      sessions.push(...asList(answer.items).flatMap((item) => sessionIn(asObject(item), region)));
      nextToken = asText(answer.nextToken);
      if (nextToken === undefined) return { region, sessions, fault: undefined };
    }
    return { region, sessions, fault: new AppError('refused', `There are more than ${sessions.length}; the others were not read.`) };
  } catch (thrown) {
    return { region, sessions, fault: asAppError(thrown) };
  }
}

/** Without an ARN it could not be revoked, and is none. */
function sessionIn(item: Json, region: string): SignInSession[] {
  const arn = asText(item.sessionArn);
  if (arn === undefined) return [];
  return [
    { arn, region, issuedAt: msIn(item.issuedAt) ?? 0, expiresAt: msIn(item.expiresAt) ?? 0, client: asText(item.clientType), lastUsedAt: undefined },
  ];
}

/** Epoch seconds. */
function msIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? Math.round(value * 1_000) : undefined;
}

/** Of the newest; what is not told changes nothing of the rest. */
async function withLastUse(client: SignInClient, { account, arn }: SessionOwner, sessions: readonly SignInSession[]): Promise<SignInSession[]> {
  const asked = new Set(sessions.slice(-mostAsked));
  return Promise.all(
    sessions.map(async (session) => {
      if (!asked.has(session)) return session;
      const { region } = session;
      const input = { sessionArn: session.arn, principalArn: arn };
      const answer = await client({ account, region, operation: 'GetSession', input }).catch((): Json => ({}));
      return { ...session, lastUsedAt: msIn(answer.lastUsedAt) };
    }),
  );
}

/** What AWS names neither as revoked nor as refused is refused. */
function revokedIn(answer: Json, arns: readonly string[]): Revoked {
  const revoked = asList(answer.revokedSessions).flatMap((one) => asText(asObject(one).sessionArn) ?? []);
  const told = new Map(
    asList(answer.errors).map((one) => {
      const { sessionArn, code, message } = asObject(one);
      return [asText(sessionArn), [asText(code), asText(message)].filter((part) => part !== undefined).join(': ')] as const;
    }),
  );
  const refused = arns.filter((arn) => !revoked.includes(arn)).map((arn) => [arn, told.get(arn) || 'AWS did not say what became of it']);
  return { revoked: arns.filter((arn) => revoked.includes(arn)), refused: Object.fromEntries(refused) };
}
