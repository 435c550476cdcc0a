/** Signals as AWS would send them, one story each. Accounts, names and addresses are made up (documentation ranges). */
import { randomUUID } from 'node:crypto';
import { prodAccount } from './aws/state.ts';
import type { Published } from './sns.ts';
import type { World } from './world.ts';

type Json = Record<string, unknown>;

interface Scenario {
  readonly title: string;
  readonly signals: (world: World) => Promise<Published[]>;
}

const browser = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36';

function record(world: World, more: Json): Json {
  return {
    eventVersion: '1.08',
    eventTime: new Date(world.clock.now() - 60_000).toISOString().replace(/\.\d+Z$/, 'Z'),
    eventSource: 'signin.amazonaws.com',
    eventName: 'ConsoleLogin',
    awsRegion: 'us-east-1',
    sourceIPAddress: '203.0.113.7',
    userAgent: browser,
    requestParameters: null,
    eventID: randomUUID(),
    readOnly: false,
    eventType: 'AwsConsoleSignIn',
    managementEvent: true,
    recipientAccountId: prodAccount,
    ...more,
  };
}

function consoleLogin(world: World, userIdentity: Json, outcome: 'Success' | 'Failure', mfaUsed: 'Yes' | 'No'): Json {
  return record(world, {
    userIdentity: { accountId: prodAccount, ...userIdentity },
    ...(outcome === 'Failure' ? { errorMessage: 'Failed authentication' } : {}),
    responseElements: { ConsoleLogin: outcome },
    additionalEventData: { LoginTo: 'https://console.aws.amazon.com/console/home', MobileVersion: 'No', MFAUsed: mfaUsed },
  });
}

/** A record as EventBridge hands it to SNS. */
function eventBridge(detail: Json, detailType = 'AWS Console Sign In via CloudTrail'): Json {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': detailType,
    source: 'aws.signin',
    account: prodAccount,
    time: detail.eventTime,
    region: detail.awsRegion,
    resources: [],
    detail,
  };
}

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
  const reason =
    state === 'ALARM'
      ? `Threshold Crossed: 1 datapoint [7.0] was greater than or equal to the threshold (${found.threshold}.0).`
      : 'Threshold Crossed: no datapoints were received.';
  world.cloudWatch.change(prodAccount, found, state, reason);
  await world.activity.quiet(100, 20_000);
  return [];
}

const identityCenter = {
  type: 'IdentityCenterUser',
  accountId: prodAccount,
  onBehalfOf: { userId: '90676e4a-1111-2222-3333-444455556666', identityStoreArn: 'arn:aws:identitystore::111122223333:identitystore/d-9067642ac7' },
  credentialId: 'VKL...',
};

const scenarios: Record<string, Scenario> = {
  'sign-in-failures': {
    title: 'The alarm on failed console sign-ins fires',
    signals: (world) => alarm(world, 'ConsoleSigninFailures', 'ALARM', true),
  },
  'sign-in-without-mfa': {
    title: 'An IAM user signs in without MFA',
    signals: (world) =>
      publishAll(world, [
        eventBridge(consoleLogin(world, { type: 'IAMUser', arn: `arn:aws:iam::${prodAccount}:user/alice`, userName: 'alice' }, 'Success', 'No')),
      ]),
  },
  'mfa-failures': {
    title: 'An IAM user fails at the MFA step, three times',
    signals: (world) =>
      publishAll(
        world,
        [1, 2, 3].map(() => eventBridge(consoleLogin(world, { type: 'IAMUser', userName: 'bella', accessKeyId: '' }, 'Failure', 'Yes'))),
      ),
  },
  'identity-center-mfa-failures': {
    title: 'An Identity Center user gives a wrong MFA code',
    signals: (world) =>
      publishAll(world, [
        eventBridge(
          record(world, {
            eventName: 'CredentialVerification',
            eventType: 'AwsServiceEvent',
            userIdentity: identityCenter,
            additionalEventData: { AuthWorkflowID: randomUUID(), CredentialType: 'TOTP', UserName: 'dora@example.com' },
            serviceEventDetails: { CredentialVerification: 'Failure' },
          }),
          'AWS Service Event via CloudTrail',
        ),
      ]),
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
    title: 'A Lambda function publishes a plain sentence',
    signals: async (world) => [await world.publish({ subject: 'Sign-in without MFA', message: 'User signed in without MFA: alice' })],
  },
};

export const scenarioNames: readonly string[] = Object.keys(scenarios);

export function titleOfScenario(name: string): string {
  return scenarios[name]?.title ?? name;
}

export async function playSignals(world: World, name: string): Promise<Published[]> {
  return (await scenarios[name]?.signals(world)) ?? [];
}
