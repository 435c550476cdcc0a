/** Stories of single sign-ins, as EventBridge brings them. */

import { prodAccount } from './aws/names.ts';
import { ago, change, consoleLogin, eventBridge, failing, iamUser, instanceRole, inTrail, type Json, record, root, verification } from './records.ts';
import { direct, publishAll, type Scenario } from './scenario.ts';
import type { World } from './world.ts';

const apiCalls = 'AWS API Call via CloudTrail';
const serviceEvents = 'AWS Service Event via CloudTrail';

const attacker = { sourceIPAddress: '198.51.100.23' };

/** A step of `aws login`: an API call that only reads, as AWS counts it. */
function commandLine(world: World, eventName: string, secondsAgo: number): Json {
  return record(world, {
    eventName,
    eventType: 'AwsApiCall',
    readOnly: true,
    userIdentity: { accountId: prodAccount, ...root },
    ...attacker,
    ...ago(world, secondsAgo),
    ...(eventName === 'CreateOAuth2Token' ? { userAgent: 'aws-cli/2.32.0' } : {}),
    requestParameters: { client_id: 'arn:aws:signin:::devtools/same-device' },
    additionalEventData: { success: 'true', ...(eventName === 'CreateOAuth2Token' ? { grant_type: 'authorization_code' } : {}) },
  });
}

export const signInScenarios: Readonly<Record<string, Scenario>> = {
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
  'root-sign-in': {
    title: 'Somebody signs in as root',
    signals: (world) => direct(world, consoleLogin(world, root, 'Success', 'Yes')),
  },
  'nobody-acknowledges': {
    title: 'Somebody signs in as root, and nobody responds for eleven minutes',
    unansweredSeconds: 660,
    replies: 2,
    pages: 2,
    signals: (world) => direct(world, consoleLogin(world, root, 'Success', 'Yes')),
  },
  'aws-login': {
    title: 'Root signs in on the command line (aws login)',
    signals: async (world) => {
      const records = [commandLine(world, 'AuthorizeOAuth2Access', 65), commandLine(world, 'CreateOAuth2Token', 60)];
      inTrail(world, records, 300);
      return publishAll(
        world,
        records.map((one) => eventBridge(one, apiCalls)),
      );
    },
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
      direct(world, change(world, 'iam.amazonaws.com', 'UpdateLoginProfile', { userName: 'bella', passwordResetRequired: false }), apiCalls),
  },
  'detection-switched-off': {
    title: 'Somebody deletes an alarm that watches sign-ins',
    signals: (world) => direct(world, change(world, 'monitoring.amazonaws.com', 'DeleteAlarms', { alarmNames: ['ConsoleSigninFailures'] }), apiCalls),
  },
  'identity-center-failures': {
    title: 'An Identity Center password is wrong, several times',
    signals: (world) =>
      publishAll(
        world,
        [1, 2, 3].map(() => eventBridge(verification(world, 'PASSWORD', 'Failure'), serviceEvents)),
      ),
  },
  'plain-text': {
    title: 'The Lambda function of the seeds publishes its sentence',
    signals: async (world) => [await world.publish({ subject: 'Sign-in without MFA', message: 'User signed in without MFA: alice' })],
  },
};
