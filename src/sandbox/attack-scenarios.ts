/** Attacks from end to end: the log group has the events at once, Event history is late. */
import { prodAccount } from './aws/names.ts';
import { containAlice } from './containment-scenarios.ts';
import { ago, consoleLogin, failing, hidden, iamUser, inLog, inTrail, type Json, record } from './records.ts';
import { alarm, type Scenario } from './scenario.ts';
import type { World } from './world.ts';

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
      sessionCredentialFromConsole: 'true',
      ...attacker,
      ...ago(world, 50 - index * 5),
    }),
  );
}

const trailDelaySeconds = 240;

function happened(world: World, records: readonly Json[]): void {
  inLog(world, records);
  inTrail(world, records, trailDelaySeconds);
}

export const attackScenarios: Readonly<Record<string, Scenario>> = {
  'password-spray': {
    title: 'Seven names from one address, then one of them gets in; Event history is four minutes late',
    trailDelaySeconds,
    replies: 2,
    pages: 1,
    signals: async (world) => {
      happened(world, [...spray(world), ...asAlice(world)]);
      return alarm(world, 'ConsoleSigninFailures', 'ALARM', false);
    },
  },
  'whole-attack': {
    title: 'A spray, one who gets in, and MFA fatigue of another; then it is contained',
    steps: [containAlice],
    resolution: { verdict: 'attack', note: 'Phished, confirmed by phone.', contained: 'for-now' },
    trailDelaySeconds,
    cards: 2,
    replies: 4,
    pages: 1,
    signals: async (world) => {
      const fatigue = [100, 90, 80, 70].map((seconds) =>
        consoleLogin(world, failing('bella'), 'Failure', 'Yes', { ...attacker, ...ago(world, seconds) }),
      );
      happened(world, [...spray(world), ...asAlice(world), ...fatigue]);
      await alarm(world, 'ConsoleSigninFailures', 'ALARM', false);
      return alarm(world, 'SignInFailedMFAAlarm', 'ALARM', false);
    },
  },
};
