/** Responses with the real adapters on the emulated AWS: who called what, what it left, and what somebody can still do. No Slack, no HTTP of the bot's. */
import { IAMClient, ListUsersCommand } from '@aws-sdk/client-iam';
import { type Accounts, accountsOf } from '../../src/aws/accounts.ts';
import { containmentOf } from '../../src/aws/containment.ts';
import { identitiesOf } from '../../src/aws/identities.ts';
import { sessionDenialOf } from '../../src/aws/session-denial.ts';
import { signInSessionsOf } from '../../src/aws/sign-in-sessions.ts';
import { trailOf } from '../../src/aws/trail.ts';
import { rulePattern } from '../../src/domain/detection/detection.ts';
import { detectionIds, detectionOf } from '../../src/domain/detection/detections.ts';
import type { Incident } from '../../src/domain/incident/incident.ts';
import type { Entry } from '../../src/domain/incident/timeline.ts';
import type { Json } from '../../src/domain/json.ts';
import type { Ports, Settings } from '../../src/domain/ports.ts';
import type { Ended } from '../../src/domain/response/plan.ts';
import type { Response } from '../../src/domain/response/response.ts';
import type { Target } from '../../src/domain/response/target.ts';
import type { Arrival } from '../../src/domain/signal/arrival.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import { type Given, give } from '../../src/features/give-response.ts';
import { keepContained } from '../../src/features/keep-contained.ts';
import { type Asked, type Planned, type Prepared, prepare, type World } from '../../src/features/prepare-response.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import { freshAccounts } from '../../src/sandbox/aws/fresh.ts';
import { hubKey, prodAccount } from '../../src/sandbox/aws/names.ts';
import type { Account } from '../../src/sandbox/aws/shapes.ts';
import { signsIn } from '../../src/sandbox/aws/sign-in.ts';
import type { AwsCall } from '../../src/sandbox/aws/state.ts';
import { type EmulatedAws, emulatedAws } from './emulated-aws.ts';
import { eventMatches } from './event-pattern.ts';
import { settings as plain, quietLog, silentMetrics } from './ports.ts';
import { consoleLogin } from './records.ts';
import { type Replica, replica } from './replica.ts';
import { person } from './responding.ts';
import { topic } from './sandbox.ts';
import { type FreshDatabase, freshDatabase } from './stores.ts';

export const aliceKey = 'AKIAALICEQQQQQQQQQQQ';
export const alice: Target = { kind: 'iam-user', account: prodAccount, name: 'alice' };
export const web: Target = { kind: 'role', account: prodAccount, name: 'web', session: 'i-0123456789abcdef0' };

export interface Scene {
  readonly aws: EmulatedAws;
  readonly world: World;
  readonly replica: Replica;
  account(): Account;
  incident(id?: number): Promise<Incident>;
  entries(id?: number): Promise<Entry[]>;
  /** Changes that reached IAM or Sign-In since `since`. */
  changes(since?: number): AwsCall[];
  asked(response: Planned, target: Target, by?: string): Asked;
  shown(asked: Asked): Promise<Prepared>;
  /** Prepares, answers with what is asked, and carries it out. */
  press(asked: Asked, answers?: Record<string, string | string[]>): Promise<Ended | Given>;
  /** Time passes for AWS and the responder; then what stands is read, as the chore does. */
  pass(seconds: number): Promise<void>;
  readBack(id?: number): Promise<number | undefined>;
  /** What CloudTrail has since `since` comes as events, where a rule of the templates sends it; returns how many did. */
  events(since?: number): Promise<number>;
  /** Whether a call with an access key, of a user or a session, is taken. */
  works(accessKeyId: string): Promise<boolean>;
  signsIn(user: string, password: string): ReturnType<typeof signsIn>;
  close(): Promise<void>;
}

const answersFor = ({ plan }: Prepared): Record<string, string | string[]> =>
  Object.fromEntries(
    plan.questions.flatMap((question): [string, string | string[]][] => {
      if (question.kind === 'choose-several') return [[question.id, question.options.map(({ id }) => id)]];
      return question.kind === 'typed-again' ? [[question.id, question.expected]] : [];
    }),
  );

async function firstSignal(one: Replica, now: number): Promise<void> {
  const eventTime = new Date(now - 60_000).toISOString();
  const of = (userIdentity: object): Promise<void> =>
    one.receive(consoleLogin({ accountId: prodAccount, ...userIdentity }, 'Success', 'No', { eventTime, recipientAccountId: prodAccount }));
  await of({ type: 'IAMUser', arn: `arn:aws:iam::${prodAccount}:user/alice`, userName: 'alice' });
  await of({
    type: 'AssumedRole',
    principalId: 'AROAWEB:i-0123456789abcdef0',
    arn: `arn:aws:sts::${prodAccount}:assumed-role/web/i-0123456789abcdef0`,
    sessionContext: { sessionIssuer: { type: 'Role', userName: 'web' } },
  });
}

/** SIN-1: alice signed in without MFA; SIN-2: the role web of an instance did. bob, carmen and frida are remediators. */
export async function scene(responses: readonly Response[], over: Partial<Settings> = {}): Promise<Scene> {
  const database: FreshDatabase = await freshDatabase('sqlite', '');
  const aws = await emulatedAws();
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: hubKey, AWS_SECRET_ACCESS_KEY: 'sandbox' });
  aws.state.accounts = freshAccounts(aws.clock.now());
  const one = await replica(database, aws.clock.now());
  const role = (name: string): string => `arn:aws:iam::{account}:role/signin-responder-${name}`;
  const known = new Map([[prodAccount, 'prod']]);
  const common = { memberRole: role('read'), known, endpoint: aws.options.endpoint, homeRegion: 'us-east-1', metrics: silentMetrics };
  const accounts = accountsOf({ ...common, respondRole: role('respond') });
  const denying = accountsOf({ ...common, respondRole: role('sessions') });
  const ports: Ports = {
    ...one.ports,
    clock: {
      now: () => aws.clock.now(),
      wait: async (ms) => aws.clock.advance(ms / 1_000),
    },
    settings: { ...plain, accounts: known, respondRoles: ['signin-responder-respond', 'signin-responder-sessions'], ...over },
    sessionDenial: over.hasSessionsRole === true ? sessionDenialOf({ reading: accounts, denying }) : undefined,
    people: {
      ...one.ports.people,
      standing: () => ({
        isOneOfUs: true,
        roles: ['responder', 'remediator'],
        unread: { responder: undefined, remediator: undefined },
        remediatorsExist: true,
      }),
    },
    ...reading(accounts),
    readAs: (reader) => reading(accounts.as(reader)),
    trail: trailOf(accounts, quietLog),
    randomInt: (below) => below - 1,
  };
  await firstSignal(one, aws.clock.now());
  return sceneOf({ aws, one, world: { ports, responses }, close: () => database.close() });
}

function reading(accounts: Accounts): Pick<Ports, 'identities' | 'containment' | 'sessions'> {
  return { identities: identitiesOf(accounts), containment: containmentOf(accounts, 'us-east-1'), sessions: signInSessionsOf(accounts) };
}

/** As EventBridge sends a CloudTrail record. */
function eventOf(detail: Json): Json {
  const source = String(detail.eventSource).replace(/^(\w+)\..*/, 'aws.$1');
  return { 'detail-type': 'AWS API Call via CloudTrail', source, account: detail.recipientAccountId, region: detail.awsRegion, detail };
}

let messages = 0;

function arrivalOf(event: Json, publishedAt: number): Arrival {
  const message = { topicArn: topic, messageId: `event-${++messages}`, subject: undefined, publishedAt, message: JSON.stringify(event) };
  return { message, signals: understand(message) };
}

interface Stage {
  readonly aws: EmulatedAws;
  readonly one: Replica;
  readonly world: World;
  readonly close: () => Promise<void>;
}

const changing = /^(Attach|Detach|Update|Deactivate|Delete|Create|Put|BatchRevoke)/;

function sceneOf({ aws, one, world, close }: Stage): Scene {
  const { store } = world.ports;
  const here: Scene = {
    aws,
    world,
    replica: one,
    account: () => aws.state.accounts[prodAccount] as Account,
    incident: async (id = 1) => (await store.incident(id)) as Incident,
    entries: async (id = 1) => (await store.entries(id, { from: 0, count: 200 })).entries.toReversed(),
    changes: (since = 0) =>
      aws.state.calls.slice(since).filter(({ service, operation }) => ['iam', 'signin'].includes(service) && changing.test(operation)),
    asked: (response, target, by = 'bob') => ({
      clicker: person(by),
      incident: target.kind === 'role' && target.name === 'web' ? 2 : 1,
      response,
      target,
    }),
    shown: async (asked) => {
      const answer = await prepare(world, asked);
      if (!answer.ok) throw new Error(answer.message);
      return answer.prepared;
    },
    press: async (asked, answers) => {
      const shown = await here.shown(asked);
      const given = await give(world, asked, { facts: shown.plan.facts, answers: answers ?? answersFor(shown), why: 'takeover', seen: shown.seen });
      if (given.is !== 'begun') return given;
      const ended = await given.finish(async () => 'shown');
      if ('later' in ended) throw new Error('AWS goes on with it.');
      return ended;
    },
    pass: async (seconds) => {
      await aws.clock.advance(seconds);
      one.now = aws.clock.now();
    },
    readBack: (id = 1) => keepContained(world.ports, id),
    events: async (since = 0) => {
      const records = here
        .account()
        .trail.slice(since)
        .map(({ record }) => record as Json);
      const sent = records.map(eventOf).filter((event) => detectionIds.some((id) => eventMatches(rulePattern(detectionOf(id)), event)));
      for (const event of sent) await receiveSignals(world.ports, [arrivalOf(event, aws.clock.now())]);
      return sent.length;
    },
    works: async (accessKeyId) => {
      const client = new IAMClient({ ...aws.options, credentials: { accessKeyId, secretAccessKey: 'sandbox' } });
      return client.send(new ListUsersCommand({})).then(
        () => true,
        () => false,
      );
    },
    signsIn: (userName, password) => signsIn(aws.state, { account: prodAccount, userName, password }),
    close: async () => {
      aws.stop();
      await close();
    },
  };
  return here;
}
