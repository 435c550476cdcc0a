/** Clients per account and region. A change is made with a session of its own that carries the Slack user as SourceIdentity. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { IAMClient } from '@aws-sdk/client-iam';
import { SNSClient } from '@aws-sdk/client-sns';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { AppError } from '../domain/error.ts';
import type { Actor, Metrics } from '../domain/ports.ts';
import { awsError } from './errors.ts';

export interface AwsOptions {
  /** `arn:aws:iam::{account}:role/…`; undefined: the responder's own credentials and account. */
  readonly memberRole: string | undefined;
  /** Accounts that may be reached; empty: any. An account in an event is only what somebody wrote. */
  readonly known: ReadonlyMap<string, string>;
  /** Set in the sandbox only. */
  readonly endpoint: string | undefined;
  /** The region of STS and of global services. */
  readonly homeRegion: string;
  readonly metrics: Metrics;
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration?: Date;
}

export interface Accounts {
  iam(account: string, actor?: Actor): Promise<IAMClient>;
  cloudWatch(account: string, region: string, actor?: Actor): Promise<CloudWatchClient>;
  /** With the responder's own credentials: a topic's policy names them. */
  sns(region: string): SNSClient;
  /** Counts a call, and turns what it throws into an AppError. */
  called<T>(operation: string, isChange: boolean, call: () => Promise<T>): Promise<T>;
}

/** Without the last, the handler only warns when the time is up. */
const requestHandler = { connectionTimeout: 2_000, requestTimeout: 8_000, throwOnRequestTimeout: true };
const sessionSeconds = 900;
/** A read session is renewed this long before it ends. */
const marginMs = 60_000;

export function accountsOf(options: AwsOptions): Accounts {
  const base = { requestHandler, ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }) };
  const sts = new STSClient({ ...base, region: options.homeRegion, maxAttempts: 2 });
  const readers = new Map<string, Promise<Credentials>>();
  const reads = new Map<string, IAMClient | CloudWatchClient>();
  let ownAccount: Promise<string> | undefined;

  const called = async <T>(operation: string, isChange: boolean, call: () => Promise<T>): Promise<T> => {
    try {
      const result = await call();
      options.metrics.count('aws_calls', `${operation} ok`);
      return result;
    } catch (thrown) {
      const error = awsError(thrown, operation, isChange);
      options.metrics.count('aws_calls', `${operation} ${error.reason}`);
      throw error;
    }
  };

  const assume = async (account: string, actor: Actor | undefined): Promise<Credentials> => {
    const role = options.memberRole?.replace('{account}', account);
    const who = actor === undefined ? {} : { SourceIdentity: actor.person.id, Tags: [{ Key: 'incident', Value: `SIN-${actor.incident}` }] };
    const RoleSessionName = actor === undefined ? 'signin-responder' : `slack-${actor.person.id}`;
    const answer = await called('AssumeRole', false, () =>
      sts.send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName, DurationSeconds: sessionSeconds, ...who })),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken) throw new AppError('unavailable', 'AWS gave no credentials for the member role.');
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      ...(Expiration ? { expiration: Expiration } : {}),
    };
  };

  /** Without a member role the responder reaches its own account only. */
  const checkOwn = async (account: string): Promise<void> => {
    ownAccount ??= called('GetCallerIdentity', false, () => sts.send(new GetCallerIdentityCommand({}))).then((answer) => answer.Account ?? '');
    ownAccount.catch(() => {
      ownAccount = undefined;
    });
    const own = await ownAccount;
    if (own !== account)
      throw new AppError('denied', `Account ${account} cannot be reached: AWS_MEMBER_ROLE is not set and the responder's own account is ${own}.`);
  };

  const credentialsFor = async (account: string, actor: Actor | undefined): Promise<{ credentials?: Credentials | (() => Promise<Credentials>) }> => {
    if (options.known.size > 0 && !options.known.has(account)) {
      throw new AppError('refused', `Account ${account} is not in AWS_ACCOUNTS, so the responder does nothing there.`);
    }
    if (options.memberRole === undefined) {
      await checkOwn(account);
      return {};
    }
    if (actor) return { credentials: await assume(account, actor) };
    const reader = async (): Promise<Credentials> => {
      const known = readers.get(account);
      const ready = known && (await known.catch(() => undefined));
      if (known && ready && (ready.expiration?.getTime() ?? 0) - Date.now() > marginMs) return ready;
      const fresh = assume(account, undefined);
      readers.set(account, fresh);
      fresh.catch(() => readers.get(account) === fresh && readers.delete(account));
      return fresh;
    };
    return { credentials: reader };
  };

  const client = async <C extends IAMClient | CloudWatchClient>(
    name: string,
    account: string,
    region: string,
    actor: Actor | undefined,
    make: (config: object) => C,
  ): Promise<C> => {
    const key = `${name}:${account}:${region}`;
    const known = actor ? undefined : (reads.get(key) as C | undefined);
    if (known) return known;
    // A change is tried once: the SDK's own retry turns a done change into an error about its result.
    const made = make({ ...base, region, maxAttempts: actor ? 1 : 3, ...(await credentialsFor(account, actor)) });
    if (!actor) reads.set(key, made);
    return made;
  };

  return {
    iam: (account, actor) => client('iam', account, options.homeRegion, actor, (config) => new IAMClient(config)),
    cloudWatch: (account, region, actor) => client('cloudwatch', account, region, actor, (config) => new CloudWatchClient(config)),
    sns: (region) => new SNSClient({ ...base, region, maxAttempts: 3 }),
    called,
  };
}
