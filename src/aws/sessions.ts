/** Credentials per account. A response that changes something gets a session of its own: in its person's name, for its calls alone. */
import { AssumeRoleCommand, GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { AppError } from '../domain/error.ts';
import type { Actor } from '../domain/response/actor.ts';
import { sessionNameOf, sessionPolicyOf, sessionTagsOf } from '../domain/response/attribution.ts';
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
  const actors = actorSessions((account, actor) => assume(options, account, actor));
  const checkOwn = ownAccountCheck(options);
  return async (account, actor) => {
    if (options.known.size > 0 && !options.known.has(account)) {
      throw new AppError('refused', `Account ${account} is not in AWS_ACCOUNTS, so the responder does nothing there.`);
    }
    if (options.memberRole === undefined) {
      await checkOwn(account);
      return {};
    }
    return { credentials: actor ? await actors(account, actor) : () => reader(account) };
  };
}

async function assume(options: SessionOptions, account: string, actor: Actor | undefined): Promise<Credentials> {
  const { sts, called, memberRole, respondRole = memberRole } = options;
  const RoleArn = (actor === undefined ? memberRole : respondRole)?.replace('{account}', account);
  const who = actor === undefined ? { RoleSessionName: 'signin-responder' } : { ...namedAs(actor), Policy: policyFor(actor, account) };
  const command = new AssumeRoleCommand({ RoleArn, DurationSeconds: sessionSeconds, ...who });
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

function namedAs(actor: Actor) {
  const Tags = Object.entries(sessionTagsOf(actor)).map(([Key, Value]) => ({ Key, Value }));
  return { RoleSessionName: sessionNameOf(actor), SourceIdentity: actor.person.id, Tags };
}

function policyFor({ calls, response }: Actor, account: string): string {
  const policy = sessionPolicyOf(calls, account);
  if (policy.is === 'empty') throw new AppError('internal', `${response} calls AWS in account ${account}, which it did not say before.`);
  if (policy.is === 'too-long') {
    const message = 'This is about more at once than one session in AWS can be limited to. Nothing was changed: do it in parts.';
    throw new AppError('refused', message);
  }
  return policy.text;
}

/** One session of each response in an account, however many calls it makes; one that was not given is asked for again. */
function actorSessions(open: (account: string, actor: Actor) => Promise<Credentials>) {
  const sessions = new WeakMap<Actor, Map<string, Promise<Credentials>>>();
  return (account: string, actor: Actor): Promise<Credentials> => {
    const own = sessions.get(actor) ?? new Map<string, Promise<Credentials>>();
    sessions.set(actor, own);
    const opened = own.get(account) ?? open(account, actor);
    own.set(account, opened);
    opened.catch(() => own.delete(account));
    return opened;
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
