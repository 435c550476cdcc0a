/** Credentials per account. A change gets a session of its own, which carries the Slack user as SourceIdentity and in its name. */
import { AssumeRoleCommand, GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { AppError } from '../domain/error.ts';
import type { Actor } from '../domain/ports.ts';
import type { Called } from './errors.ts';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration?: Date;
}

export interface SessionOptions {
  readonly sts: STSClient;
  readonly called: Called;
  /** `arn:aws:iam::{account}:role/…`; undefined: the responder's own credentials and account. */
  readonly memberRole: string | undefined;
  /** The same for changes; undefined: `memberRole` does both. */
  readonly respondRole: string | undefined;
  /** Accounts that may be reached; empty: any. An account in an event is only what somebody wrote. */
  readonly known: ReadonlyMap<string, string>;
}

/** Empty: the SDK's own credentials. */
export type Sessions = (account: string, actor: Actor | undefined) => Promise<{ credentials?: Credentials | (() => Promise<Credentials>) }>;

const sessionSeconds = 900;
/** A read session is renewed this long before it ends. */
const marginMs = 60_000;

/** Throws AppError `refused` or `denied` for an account that may not or cannot be reached. */
export function sessionsOf(options: SessionOptions): Sessions {
  const reader = readerSessions((account) => assume(options, account, undefined));
  const checkOwn = ownAccountCheck(options);
  return async (account, actor) => {
    if (options.known.size > 0 && !options.known.has(account)) {
      throw new AppError('refused', `Account ${account} is not in AWS_ACCOUNTS, so the responder does nothing there.`);
    }
    if (options.memberRole === undefined) {
      await checkOwn(account);
      return {};
    }
    return { credentials: actor ? await assume(options, account, actor) : () => reader(account) };
  };
}

async function assume(options: SessionOptions, account: string, actor: Actor | undefined): Promise<Credentials> {
  const { sts, called, memberRole, respondRole = memberRole } = options;
  const RoleArn = (actor === undefined ? memberRole : respondRole)?.replace('{account}', account);
  const who = actor === undefined ? {} : { SourceIdentity: actor.person.id, Tags: [{ Key: 'incident', Value: `SIN-${actor.incident}` }] };
  const RoleSessionName = actor === undefined ? 'signin-responder' : `slack-${actor.person.id}`;
  const command = new AssumeRoleCommand({ RoleArn, RoleSessionName, DurationSeconds: sessionSeconds, ...who });
  const answer = await called('AssumeRole', false, () => sts.send(command));
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken) throw new AppError('unavailable', 'AWS gave no credentials for the member role.');
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    ...(Expiration ? { expiration: Expiration } : {}),
  };
}

/** One session per account for reading, shared and renewed. */
function readerSessions(open: (account: string) => Promise<Credentials>): (account: string) => Promise<Credentials> {
  const sessions = new Map<string, Promise<Credentials>>();
  return async (account) => {
    const known = sessions.get(account);
    const ready = known && (await known.catch(() => undefined));
    if (ready && (ready.expiration?.getTime() ?? 0) - Date.now() > marginMs) return ready;
    const fresh = open(account);
    sessions.set(account, fresh);
    fresh.catch(() => {
      if (sessions.get(account) === fresh) sessions.delete(account);
    });
    return fresh;
  };
}

/** Without a member role the responder reaches its own account only. */
function ownAccountCheck({ sts, called }: SessionOptions): (account: string) => Promise<void> {
  let own: Promise<string> | undefined;
  return async (account) => {
    own ??= called('GetCallerIdentity', false, () => sts.send(new GetCallerIdentityCommand({}))).then((answer) => answer.Account ?? '');
    own.catch(() => {
      own = undefined;
    });
    const found = await own;
    if (found === account) return;
    throw new AppError('denied', `Account ${account} cannot be reached: AWS_MEMBER_ROLE is not set and the responder's own account is ${found}.`);
  };
}
