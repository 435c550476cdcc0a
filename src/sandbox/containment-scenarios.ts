/** Attackers who are stopped from the card: an IAM user with a key and a helper of her own making, and a role that many use. */
import { prodAccount } from './aws/names.ts';
import { ago, consoleLogin, failing, iamUser, inLog, instanceRole, inTrail, type Json, record } from './records.ts';
import { alarm, direct, type PlayedStep, type Scenario } from './scenario.ts';
import type { World } from './world.ts';

const attacker = { sourceIPAddress: '198.51.100.23' };
const aliceKey = 'AKIAALICEQQQQQQQQQQQ';

/** What alice's password is followed by: the rungs that are left. */
export const containAlice: PlayedStep = {
  title: 'Contain alice',
  action: 'contain',
  answers: { 'switch-off-keys.keys': [aliceKey], why: 'Takeover, confirmed by phone' },
};

function asAlice(world: World, eventSource: string, eventName: string, requestParameters: Json): Json {
  const userIdentity = { accountId: prodAccount, ...iamUser('alice') };
  return record(world, { eventSource, eventName, eventType: 'AwsApiCall', userIdentity, requestParameters, ...attacker, ...ago(world, 30) });
}

/** She gets in after failures, takes a role, and makes a user to come back as. */
function takeover(world: World): Json[] {
  const failures = [120, 110, 100, 90, 80].map((seconds) =>
    consoleLogin(world, failing('alice'), 'Failure', 'No', { ...attacker, ...ago(world, seconds) }),
  );
  return [
    ...failures,
    consoleLogin(world, iamUser('alice'), 'Success', 'No', { ...attacker, ...ago(world, 60) }),
    asAlice(world, 'sts.amazonaws.com', 'AssumeRole', { roleArn: `arn:aws:iam::${prodAccount}:role/data-team`, roleSessionName: 'alice' }),
    asAlice(world, 'iam.amazonaws.com', 'CreateUser', { userName: 'support-2' }),
  ];
}

/** How 30 people and two services came to the role today. */
function everydayUse(world: World): Json[] {
  const use = (userIdentity: Json, index: number): Json =>
    record(world, {
      eventSource: 'sts.amazonaws.com',
      eventName: 'AssumeRole',
      eventType: 'AwsApiCall',
      userIdentity,
      requestParameters: { roleArn: `arn:aws:iam::${prodAccount}:role/web`, roleSessionName: `s${index}` },
      responseElements: { credentials: { accessKeyId: `ASIAUSE${String(index).padStart(13, '0')}` } },
      ...ago(world, 7_200 + index * 60),
    });
  const people = Array.from({ length: 30 }, (_, index) => use({ type: 'IAMUser', userName: `person-${index + 1}`, accountId: prodAccount }, index));
  const services = ['ec2.amazonaws.com', 'lambda.amazonaws.com'].map((invokedBy, index) => use({ type: 'AWSService', invokedBy }, 30 + index));
  return [...people, ...services];
}

export const containmentScenarios: Readonly<Record<string, Scenario>> = {
  'contain-user': {
    title: 'Somebody gets in as alice, takes a role and makes a user; she is contained: password, keys, quarantine',
    trailDelaySeconds: 60,
    replies: 1,
    steps: [containAlice],
    resolution: { verdict: 'attack', note: 'Phished, confirmed by phone.', contained: 'for-now' },
    signals: async (world) => {
      const records = takeover(world);
      inLog(world, records);
      inTrail(world, records, 60);
      return alarm(world, 'ConsoleSigninFailures', 'ALARM', false);
    },
  },
  'contain-role': {
    title:
      'An instance’s role is used in the console; 30 people and two services use it too; another remediator agrees: older sessions are denied, then it is quarantined',
    // Off by default: who controls the bot and this role is administrator.
    settings: { AWS_SESSIONS_ROLE: 'arn:aws:iam::{account}:role/signin-responder-sessions' },
    steps: [
      { title: 'Deny older sessions of web', action: 'deny-older-sessions', isListed: true, answers: { why: 'A session is in somebody’s browser' } },
      { title: 'Quarantine web', action: 'quarantine', answers: { why: 'Its credentials are in somebody’s browser' } },
    ],
    resolution: { verdict: 'attack', note: 'The web servers were rebuilt under another role.', contained: 'for-good' },
    signals: async (world) => {
      inTrail(world, everydayUse(world), 0);
      return direct(world, consoleLogin(world, instanceRole, 'Success', 'No', { ...attacker, ...ago(world, 60) }));
    },
  },
};
