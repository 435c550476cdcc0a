/** Clients per account and region. */
import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { IdentitystoreClient } from '@aws-sdk/client-identitystore';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SSOAdminClient } from '@aws-sdk/client-sso-admin';
import type { STSClient } from '@aws-sdk/client-sts';
import { AppError } from '../domain/error.ts';
import { isAccount, isRegion } from '../domain/place.ts';
import type { Metrics } from '../domain/ports.ts';
import type { Actor, Reader } from '../domain/response/actor.ts';
import { type Called, calling } from './errors.ts';
import { onFirstUse, sdk } from './sdk.ts';
import { type SessionOptions, type Sessions, sessionsOf } from './sessions.ts';

export interface AwsOptions extends Pick<SessionOptions, 'memberRole' | 'respondRole' | 'known'> {
  /** Set in the sandbox only. */
  readonly endpoint: string | undefined;
  /** The region of STS and of global services. */
  readonly homeRegion: string;
  readonly metrics: Metrics;
}

type SigningCredentials = Awaited<ReturnType<IAMClient['config']['credentials']>>;

export interface Accounts {
  /** With an actor: for one change, made once. */
  iam(account: string, actor?: Actor): Promise<IAMClient>;
  cloudWatch(account: string, region: string, actor?: Actor): Promise<CloudWatchClient>;
  /** With the responder's own credentials, tried once. */
  ownCloudWatch(region: string): CloudWatchClient;
  logs(account: string, region: string): Promise<CloudWatchLogsClient>;
  /** Tries once: each try counts against what the account and region allow. */
  cloudTrail(account: string, region: string): Promise<CloudTrailClient>;
  events(account: string, region: string): Promise<EventBridgeClient>;
  identityStore(account: string, region: string, actor?: Actor): Promise<IdentitystoreClient>;
  ssoAdmin(account: string, region: string, actor?: Actor): Promise<SSOAdminClient>;
  sts(account: string, region: string, actor?: Actor): Promise<STSClient>;
  /** With credentials that were given for one task. */
  iamWith(credentials: SigningCredentials, actor?: Actor): IAMClient;
  /** With the responder's own credentials: a topic's policy names them. @param tries how often a call is made at most */
  sns(region: string, tries?: number): SNSClient;
  /** The same for queues beside the topic. */
  ownSqs(region: string): SQSClient;
  sqs(account: string, region: string): Promise<SQSClient>;
  /** Of the session that a client of this account has: to sign what the SDK has no client for. */
  credentials(account: string, actor?: Actor): Promise<SigningCredentials>;
  /** ARN of what the responder runs as. */
  caller(): Promise<string>;
  /** ARN of the role that changes in an account, or of what the responder runs as where it assumes none. */
  acting(account: string): Promise<string>;
  /** The same, reading in a person's name. */
  as(reader: Reader): Accounts;
  /** @throws AppError why the role that reads cannot be assumed in a person's name */
  tryReadingAs(account: string, reader: Reader): Promise<void>;
  readonly called: Called;
  /** Set in the sandbox only. */
  readonly endpoint: string | undefined;
}

/** Without the last, the handler only warns when the time is up. */
const requestHandler = { connectionTimeout: 2_000, requestTimeout: 8_000, throwOnRequestTimeout: true };

export function accountsOf(options: AwsOptions): Accounts {
  const base = { requestHandler, ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }) };
  const sts = onFirstUse(() => new sdk.sts.STSClient({ ...base, region: options.homeRegion, maxAttempts: 2 }));
  const called = calling(options.metrics);
  const sessions = sessionsOf({ sts, called, memberRole: options.memberRole, respondRole: options.respondRole, known: options.known });
  return accountsFor({ sts, called, sessions, base, homeRegion: options.homeRegion, endpoint: options.endpoint }, undefined);
}

interface Shared {
  readonly sts: () => STSClient;
  readonly called: Called;
  readonly sessions: Sessions;
  /** Of every client. */
  readonly base: object;
  readonly homeRegion: string;
  readonly endpoint: string | undefined;
}

/** @param reader in whose name AWS is read; undefined: in nobody's */
function accountsFor(shared: Shared, reader: Reader | undefined): Accounts {
  const { sts, called, sessions, base, homeRegion } = shared;
  const readers = new Map<string, unknown>();

  const client = async <C extends Watched>(
    Client: new (config: object) => C,
    account: string,
    region: string,
    actor?: Actor,
    tries = 3,
  ): Promise<C> => {
    if (!isAccount(account) || !isRegion(region) || region === 'global')
      throw new AppError('refused', 'The account or region of this event is none that the responder knows, so AWS was not asked.');
    const key = `${Client.name}:${account}:${region}`;
    const known = actor ? undefined : (readers.get(key) as C | undefined);
    if (known) return known;
    // A change is tried once: the SDK's own retry turns a done change into an error about its result.
    const credentials = await (actor ? sessions.changing(account, actor) : sessions.reading(account, reader));
    const made = new Client({ ...base, region, maxAttempts: actor ? 1 : tries, ...credentials });
    if (actor) return watched(made, actor);
    const renew = async (): Promise<void> => {
      sessions.drop(account, reader);
      await made.config.credentials({ forceRefresh: true });
    };
    made.middlewareStack.add(askingAgain(renew), { step: 'initialize', name: 'askAgain' });
    readers.set(key, made);
    return made;
  };

  const caller = async (): Promise<string> =>
    (await called('GetCallerIdentity', false, () => sts().send(new sdk.sts.GetCallerIdentityCommand({})))).Arn ?? '';
  return {
    iam: (account, actor) => client(sdk.iam.IAMClient, account, homeRegion, actor),
    cloudWatch: (account, region, actor) => client(sdk.cloudWatch.CloudWatchClient, account, region, actor),
    ownCloudWatch: (region) => new sdk.cloudWatch.CloudWatchClient({ ...base, region, maxAttempts: 1 }),
    logs: (account, region) => client(sdk.logs.CloudWatchLogsClient, account, region),
    cloudTrail: (account, region) => client(sdk.cloudTrail.CloudTrailClient, account, region, undefined, 1),
    events: (account, region) => client(sdk.events.EventBridgeClient, account, region),
    caller,
    acting: async (account) => sessions.acting(account) ?? principalOf(await caller()),
    identityStore: (account, region, actor) => client(sdk.identityStore.IdentitystoreClient, account, region, actor),
    ssoAdmin: (account, region, actor) => client(sdk.ssoAdmin.SSOAdminClient, account, region, actor),
    sts: (account, region, actor) => client(sdk.sts.STSClient, account, region, actor),
    iamWith: (credentials, actor) => watched(new sdk.iam.IAMClient({ ...base, region: homeRegion, maxAttempts: actor ? 1 : 3, credentials }), actor),
    sns: (region, tries = 3) => new sdk.sns.SNSClient({ ...base, region, maxAttempts: tries }),
    ownSqs: (region) => new sdk.sqs.SQSClient({ ...base, region, maxAttempts: 3 }),
    sqs: (account, region) => client(sdk.sqs.SQSClient, account, region),
    as: (other) => accountsFor(shared, other),
    tryReadingAs: sessions.tryReadingAs,
    credentials: async (account, actor) => (await client(sdk.iam.IAMClient, account, homeRegion, actor)).config.credentials(),
    called,
    endpoint: shared.endpoint,
  };
}

/** Of a session, the role behind it: a path of the role's is not told. */
function principalOf(arn: string): string {
  return arn.replace(/:sts::(\d+):assumed-role\/([^/]+)\/.*$/, ':iam::$1:role/$2');
}

interface Answered {
  readonly output: { readonly $metadata: { readonly requestId?: string } };
}
type Middleware = <A, R extends Answered>(next: (args: A) => Promise<R>, context: { readonly commandName?: string }) => (args: A) => Promise<R>;
interface Watched {
  readonly config: { credentials(options?: { forceRefresh: boolean }): Promise<unknown> };
  readonly middlewareStack: { add(middleware: Middleware, options: { step: 'initialize'; name: string }): void };
}

function watched<C extends Watched>(client: C, actor: Actor | undefined): C {
  if (actor) client.middlewareStack.add(noting(actor), { step: 'initialize', name: 'noteRequestId' });
  return client;
}

/** Whichever command it is: what was sent in somebody's name is told with its request id. */
function noting({ sent }: Actor): Middleware {
  return (next, { commandName = '' }) => {
    const note = (metadata: Answered['output']['$metadata'] | undefined): void => sent(commandName.replace(/Command$/, ''), metadata?.requestId);
    return async (args) => {
      try {
        const answer = await next(args);
        note(answer.output.$metadata);
        return answer;
      } catch (thrown) {
        note((thrown as Partial<Answered['output']>).$metadata);
        throw thrown;
      }
    };
  };
}

/** AWS may end a session sooner than the clock here has it: what is read is asked for once more, in another one. */
function askingAgain(renew: () => Promise<void>): Middleware {
  return (next) => async (args) => {
    try {
      return await next(args);
    } catch (thrown) {
      if (!/^ExpiredToken(Exception)?$/.test(String((thrown as { name?: unknown }).name))) throw thrown;
      await renew();
      return next(args);
    }
  };
}
