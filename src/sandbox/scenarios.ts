/** Signals as AWS would send them, one story each. */
import { prodAccount } from './aws/names.ts';
import {
  ago,
  change,
  consoleLogin,
  eventBridge,
  failing,
  hidden,
  iamUser,
  instanceRole,
  inTrail,
  type Json,
  record,
  root,
  verification,
} from './records.ts';
import type { Published } from './sns.ts';
import type { World } from './world.ts';

interface Scenario {
  readonly title: string;
  readonly signals: (world: World) => Promise<Published[]>;
  /** How late CloudTrail is in this story: the play winds the clock forward by it. */
  readonly trailDelaySeconds?: number;
  /** What the channel should show, where it is not one card and no reply before anybody responds. */
  readonly cards?: number;
  readonly replies?: number;
}

const iamEvents = 'AWS API Call via CloudTrail';
const serviceEvents = 'AWS Service Event via CloudTrail';

async function publishAll(world: World, messages: readonly Json[]): Promise<Published[]> {
  const published: Published[] = [];
  for (const message of messages) published.push(await world.publish({ message }));
  return published;
}

/** Changes the emulated alarm, whose actions publish by themselves, and waits until they have. */
async function alarm(world: World, name: string, state: 'OK' | 'ALARM', breaching: boolean): Promise<Published[]> {
  const found = world.aws.accounts[prodAccount]?.alarms[name];
  if (found === undefined) throw new Error(`There is no alarm ${name}.`);
  found.breaching = breaching;
  world.alarms.change(prodAccount, found, { to: state });
  await world.activity.quiet(100, 20_000);
  return [];
}

/** One record by the direct path, as EventBridge brings it within a minute, and minutes later in the event history. */
function direct(world: World, detail: Json, detailType?: string): Promise<Published[]> {
  inTrail(world, [detail], 300);
  return publishAll(world, [eventBridge(detail, detailType)]);
}

const attacker = { sourceIPAddress: '198.51.100.23' };
const sprayed = ['bella', 'carl', 'deploy', 'erin', 'frank'];

/** Seven names from one address in two minutes; then alice's password fits, and she has no MFA. */
function spray(world: World): Json[] {
  const failures = [...sprayed.map(failing), failing('alice'), hidden].map((identity, index) =>
    consoleLogin(world, identity, 'Failure', 'No', { ...attacker, ...ago(world, 200 - index * 15) }),
  );
  return [...failures, consoleLogin(world, iamUser('alice'), 'Success', 'No', { ...attacker, ...ago(world, 60), awsRegion: 'eu-north-1' })];
}

function asAlice(world: World): Json[] {
  const calls = ['ListUsers', 'ListBuckets', 'ListBuckets', 'GetCallerIdentity', 'CreateAccessKey'];
  return calls.map((eventName, index) =>
    record(world, {
      eventName,
      eventSource: 'iam.amazonaws.com',
      eventType: 'AwsApiCall',
      userIdentity: { accountId: prodAccount, ...iamUser('alice') },
      ...attacker,
      ...ago(world, 50 - index * 5),
    }),
  );
}

const trailDelaySeconds = 240;

const scenarios: Record<string, Scenario> = {
  'sign-in-failures': {
    title: 'The alarm on failed console sign-ins fires',
    signals: (world) => alarm(world, 'ConsoleSigninFailures', 'ALARM', true),
  },
  'sign-in-without-mfa': {
    title: 'An IAM user signs in without MFA',
    signals: (world) => direct(world, consoleLogin(world, iamUser('alice'), 'Success', 'No')),
  },
  'mfa-failures': {
    title: 'An IAM user fails at the MFA step, three times',
    replies: 1,
    signals: (world) =>
      publishAll(
        world,
        [1, 2, 3].map(() => eventBridge(consoleLogin(world, failing('bella'), 'Failure', 'Yes'))),
      ),
  },
  'identity-center-mfa-failures': {
    title: 'An Identity Center user gives a wrong MFA code',
    signals: (world) => direct(world, verification(world, 'TOTP', 'Failure'), serviceEvents),
  },
  'federated-without-mfa': {
    title: 'A federated user signs in; AWS cannot see whether MFA was asked for',
    signals: (world) =>
      publishAll(world, [
        eventBridge(consoleLogin(world, { type: 'FederatedUser', arn: `arn:aws:sts::${prodAccount}:federated-user/frank` }, 'Success', 'No')),
      ]),
  },
  'flapping-alarm': {
    title: 'An alarm goes back and forth ten times',
    signals: async (world) => {
      for (let round = 0; round < 10; round++) {
        await alarm(world, 'ConsoleSignInWithoutMfaAlarm', 'ALARM', false);
        if (round < 9) await alarm(world, 'ConsoleSignInWithoutMfaAlarm', 'OK', false);
      }
      return [];
    },
  },
  'plain-text': {
    title: 'The Lambda function of the seeds publishes its sentence',
    signals: async (world) => [await world.publish({ subject: 'Sign-in without MFA', message: 'User signed in without MFA: alice' })],
  },
  'root-sign-in': {
    title: 'Somebody signs in as root',
    signals: (world) => direct(world, consoleLogin(world, root, 'Success', 'Yes')),
  },
  'root-sign-in-failures': {
    title: 'Somebody fails to sign in as root, three times',
    signals: (world) =>
      publishAll(
        world,
        [1, 2, 3].map(() => eventBridge(consoleLogin(world, root, 'Failure', 'No'))),
      ),
  },
  'root-password-recovery': {
    title: 'Somebody asks for a new root password',
    signals: (world) =>
      direct(
        world,
        record(world, {
          eventName: 'PasswordRecoveryRequested',
          userIdentity: { accountId: prodAccount, ...root },
          responseElements: { PasswordRecoveryRequested: 'Success' },
        }),
      ),
  },
  'instance-role-console-sign-in': {
    title: 'Credentials of an EC2 instance are used in the console',
    signals: (world) => direct(world, consoleLogin(world, instanceRole, 'Success', 'No', attacker)),
  },
  'sign-in-credentials-changed': {
    title: 'Somebody else than the bot changes a console password',
    signals: (world) =>
      direct(world, change(world, 'iam.amazonaws.com', 'UpdateLoginProfile', { userName: 'bella', passwordResetRequired: false }), iamEvents),
  },
  'detection-switched-off': {
    title: 'Somebody deletes an alarm that watches sign-ins',
    signals: (world) =>
      direct(world, change(world, 'monitoring.amazonaws.com', 'DeleteAlarms', { alarmNames: ['ConsoleSigninFailures'] }), iamEvents),
  },
  'identity-center-failures': {
    title: 'An Identity Center password is wrong, several times',
    signals: (world) =>
      publishAll(
        world,
        [1, 2, 3].map(() => eventBridge(verification(world, 'PASSWORD', 'Failure'), serviceEvents)),
      ),
  },
  'password-spray': {
    title: 'Seven names from one address, then one of them gets in; CloudTrail is four minutes late',
    trailDelaySeconds,
    replies: 1,
    signals: async (world) => {
      inTrail(world, [...spray(world), ...asAlice(world)], trailDelaySeconds);
      return alarm(world, 'ConsoleSigninFailures', 'ALARM', true);
    },
  },
  'whole-attack': {
    title: 'A spray, one who gets in, and MFA fatigue of another; then it is contained',
    trailDelaySeconds,
    cards: 2,
    replies: 2,
    signals: async (world) => {
      const fatigue = [40, 30, 20, 10].map((seconds) =>
        consoleLogin(world, failing('bella'), 'Failure', 'Yes', { ...attacker, ...ago(world, seconds) }),
      );
      inTrail(world, [...spray(world), ...asAlice(world), ...fatigue], trailDelaySeconds);
      await alarm(world, 'ConsoleSigninFailures', 'ALARM', true);
      return alarm(world, 'SignInFailedMFAAlarm', 'ALARM', false);
    },
  },
};

export function scenarioOf(name: string): Scenario | undefined {
  return scenarios[name];
}

export const scenarioNames: readonly string[] = Object.keys(scenarios);

export function titleOfScenario(name: string): string {
  return scenarios[name]?.title ?? name;
}

export async function playSignals(world: World, name: string): Promise<Published[]> {
  return (await scenarios[name]?.signals(world)) ?? [];
}
