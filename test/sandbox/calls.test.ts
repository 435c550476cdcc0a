/** What the emulated AWS keeps of each call, and whom it turns away. */
import { CloudWatchClient, DescribeAlarmsCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { GetUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hubAccount, prodAccount } from '../../src/sandbox/aws/names.ts';
import { emulatedAws } from '../support/emulated-aws.ts';

let aws: Awaited<ReturnType<typeof emulatedAws>>;
beforeEach(async () => {
  aws = await emulatedAws();
});
afterEach(() => aws.stop());

const tags = { person: 'U03DANAFOX', incident: 'SIN-1', response: 'reset-alarm' };

async function asDana(): Promise<{ accessKeyId: string; secretAccessKey: string; sessionToken: string }> {
  const { Credentials } = await new STSClient(aws.options).send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${prodAccount}:role/signin-responder-respond`,
      RoleSessionName: 'slack-dana',
      SourceIdentity: 'U03DANAFOX',
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  return { accessKeyId: Credentials?.AccessKeyId ?? '', secretAccessKey: 'sandbox', sessionToken: Credentials?.SessionToken ?? '' };
}

it('keeps who called, with which session and tags, and tells the request’s id', async () => {
  const client = new CloudWatchClient({ ...aws.options, credentials: await asDana() });
  const change = new SetAlarmStateCommand({ AlarmName: 'ConsoleSigninFailures', StateValue: 'OK', StateReason: 'drill' });
  const { $metadata } = await client.send(change);
  expect(aws.state.calls.at(-1)).toMatchObject({
    account: prodAccount,
    region: 'us-east-1',
    service: 'cloudwatch',
    operation: 'SetAlarmState',
    sourceIdentity: 'U03DANAFOX',
    roleSessionName: 'slack-dana',
    tags,
    requestId: $metadata.requestId,
  });
});

it('puts a state that was set by hand into Event history, under the name of who did it', async () => {
  const client = new CloudWatchClient({ ...aws.options, credentials: await asDana() });
  await client.send(new SetAlarmStateCommand({ AlarmName: 'ConsoleSigninFailures', StateValue: 'ALARM', StateReason: 'drill' }));
  const [entry] = aws.state.accounts[prodAccount]?.trail ?? [];
  expect(entry?.record).toMatchObject({
    userIdentity: {
      type: 'AssumedRole',
      arn: `arn:aws:sts::${prodAccount}:assumed-role/signin-responder-respond/slack-dana`,
      sessionContext: { sourceIdentity: 'U03DANAFOX' },
    },
    requestParameters: { alarmName: 'ConsoleSigninFailures', stateValue: 'ALARM', stateReason: 'drill' },
  });
  expect(entry?.visibleAt).toBeGreaterThan(aws.clock.now());
});

it('turns away keys and accounts that it does not know', async () => {
  const stranger = new IAMClient({ ...aws.options, credentials: { accessKeyId: 'AKIANOBODY0000000000', secretAccessKey: 'x' } });
  await expect(stranger.send(new GetUserCommand({ UserName: 'alice' }))).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  delete aws.state.accounts[hubAccount];
  await expect(new IAMClient(aws.options).send(new GetUserCommand({ UserName: 'alice' }))).rejects.toMatchObject({ name: 'AccessDenied' });
});

it('names an ordered refusal as each service does', async () => {
  aws.faults.aws.push({ mode: 'denied', times: 1 }, { mode: 'throttle', times: 1 });
  await expect(new IAMClient(aws.options).send(new GetUserCommand({ UserName: 'alice' }))).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(new CloudWatchClient(aws.options).send(new DescribeAlarmsCommand({}))).rejects.toMatchObject({ name: 'Throttling' });
});

it('refuses what a scenario refuses until the next one', () => {
  aws.faults.refuseInScenario(['LookupEvents']);
  expect(aws.faults.takeAws('LookupEvents')).toMatchObject({ mode: 'denied' });
  expect(aws.faults.takeAws('DescribeAlarms')).toBeUndefined();
  aws.faults.refuseInScenario([]);
  expect(aws.faults.takeAws('LookupEvents')).toBeUndefined();
});
