/** Stories of single sign-ins, as EventBridge brings them. */

import { prodAccount } from './aws/names.ts';
import { change, consoleLogin, eventBridge, failing, iamUser, instanceRole, record, root, verification } from './records.ts';
import { direct, publishAll, type Scenario } from './scenario.ts';

const apiCalls = 'AWS API Call via CloudTrail';
const serviceEvents = 'AWS Service Event via CloudTrail';

const attacker = { sourceIPAddress: '198.51.100.23' };

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
