/** Stories of alarms. What they count is in the log group. */
import { canaryName, hubAccount, prodAccount, trailGroup } from './aws/names.ts';
import type { Alarm } from './aws/shapes.ts';
import { ago, consoleLogin, failing, iamUser, inLog, inTrail, record } from './records.ts';
import { alarm, type Scenario } from './scenario.ts';
import type { World } from './world.ts';

/** An alarm as compliance tools make them: its name says nothing. */
const neutral = 'ops-alert-17';

function addNeutralAlarm(world: World): void {
  const account = world.aws.accounts[prodAccount];
  const like = account?.alarms.ConsoleSignInWithoutMfaAlarm;
  if (account === undefined || like === undefined || account.alarms[neutral]) return;
  const made: Alarm = {
    ...like,
    name: neutral,
    arn: like.arn.replace(/[^:]+$/, neutral),
    description: null,
    metricName: neutral,
    namespace: 'Ops',
    threshold: 1,
  };
  account.alarms[neutral] = made;
  account.filters.push({
    filterName: neutral,
    filterPattern: '{ ($.eventName = AuthorizeSecurityGroupIngress) || ($.eventName = CreateSecurityGroup) }',
    logGroupName: trailGroup,
    region: made.region,
    metricName: neutral,
    metricNamespace: 'Ops',
  });
}

/** An hour and a few minutes, in which the canary is due and does not come back. */
async function missCanary(world: World): Promise<void> {
  await world.clock.advance(3_600);
  for (let minute = 0; minute < 6; minute++) {
    await world.activity.quiet(150, 5_000);
    await world.clock.advance(60);
  }
}

export const alarmScenarios: Readonly<Record<string, Scenario>> = {
  'sign-in-failures': {
    title: 'The alarm on failed console sign-ins fires',
    signals: (world) => {
      const tries = [190, 175, 160, 145, 130, 115, 100].map((seconds) => consoleLogin(world, failing('bella'), 'Failure', 'No', ago(world, seconds)));
      inLog(world, tries);
      return alarm(world, 'ConsoleSigninFailures', 'ALARM', false);
    },
  },
  'any-alarm': {
    title: 'An alarm on security groups, with a name that says nothing; CloudTrail’s Event history is refused',
    refused: ['LookupEvents'],
    resolution: { verdict: 'expected', note: 'Planned: a test of the new network.' },
    signals: (world) => {
      addNeutralAlarm(world);
      const change = record(world, {
        eventSource: 'ec2.amazonaws.com',
        eventName: 'CreateSecurityGroup',
        eventType: 'AwsApiCall',
        userIdentity: { accountId: prodAccount, ...iamUser('deploy') },
        sourceIPAddress: '198.51.100.32',
        requestParameters: { groupName: 'temporary', groupDescription: 'temporary', vpcId: 'vpc-0a1b2c3d' },
        ...ago(world, 100),
      });
      inLog(world, [change]);
      inTrail(world, [change], 300);
      return alarm(world, neutral, 'ALARM', false);
    },
  },
  'chain-cut': {
    title: 'Somebody takes the canary’s alarm off the topic: within the hour the bot knows that alarms may not come through',
    resolution: { verdict: 'mistake', note: 'The alarm’s action was removed by a clean-up.' },
    pages: 1,
    replies: 1,
    signals: async (world) => {
      const canary = world.aws.accounts[hubAccount]?.alarms[canaryName];
      if (canary === undefined) throw new Error('There is no canary.');
      canary.alarmActions = [];
      await missCanary(world);
      return [];
    },
  },
  'flapping-alarm': {
    title: 'An alarm goes back and forth ten times',
    signals: async (world) => {
      inLog(world, [consoleLogin(world, iamUser('alice'), 'Success', 'No', ago(world, 90))]);
      for (let round = 0; round < 10; round++) {
        await alarm(world, 'ConsoleSignInWithoutMfaAlarm', 'ALARM', false);
        if (round < 9) await alarm(world, 'ConsoleSignInWithoutMfaAlarm', 'OK', false);
      }
      return [];
    },
  },
};
