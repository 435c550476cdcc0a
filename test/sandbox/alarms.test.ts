/** The emulated CloudWatch, asked by the real SDK client. */
import {
  CloudWatchClient,
  DescribeAlarmContributorsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  GetAlarmMuteRuleCommand,
  ListAlarmMuteRulesCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { putLogEvents } from '../../src/sandbox/aws/log-groups.ts';
import { hubAccount, prodAccount, topicArn } from '../../src/sandbox/aws/names.ts';
import type { Account, Alarm } from '../../src/sandbox/aws/shapes.ts';
import { emulatedAws } from '../support/emulated-aws.ts';

let aws: Awaited<ReturnType<typeof emulatedAws>>;
let client: CloudWatchClient;
let account: Account;
beforeEach(async () => {
  aws = await emulatedAws();
  client = new CloudWatchClient(aws.options);
  account = aws.state.accounts[hubAccount] as Account;
});
afterEach(() => {
  client.destroy();
  aws.stop();
});

function given(name: string, more: Partial<Alarm> = {}): Alarm {
  const like = aws.state.accounts[prodAccount]?.alarms.ConsoleSigninFailures as Alarm;
  const arn = `arn:aws:cloudwatch:us-east-1:${hubAccount}:alarm:${name}`;
  const alarm: Alarm = { ...like, name, arn, metricName: name, namespace: 'Own', threshold: 1, okActions: [], ...more };
  account.alarms[name] = alarm;
  account.filters.push({
    filterName: name,
    filterPattern: '{ $.eventName = CreateSecurityGroup }',
    logGroupName: 'trail',
    region: 'us-east-1',
    metricName: name,
    metricNamespace: 'Own',
  });
  return alarm;
}

/** Lines that the filter counts, so many seconds before the last whole minute. */
function logged(...secondsBefore: number[]): number {
  const end = Math.floor(aws.clock.now() / 60_000) * 60_000;
  const events = secondsBefore.map((seconds) => ({
    timestamp: end - seconds * 1_000,
    ingestionTime: 0,
    message: '{"eventName":"CreateSecurityGroup"}',
  }));
  putLogEvents(aws.state, { account: hubAccount, region: 'us-east-1', group: 'trail' }, events);
  return end;
}

const ask = (input: DescribeAlarmsCommandInput = {}) => client.send(new DescribeAlarmsCommand(input));
const fire = (alarm: Alarm, to: Alarm['state'] = 'ALARM') => aws.alarms.change(hubAccount, alarm, { to });

describe('DescribeAlarms', () => {
  it('gives metric alarms only, unless other kinds are asked for', async () => {
    given('m', { dimensions: [{ Name: 'User', Value: 'alice' }], unit: 'Count', evaluationPeriods: 3, datapointsToAlarm: 2, period: 60 });
    given('c', { type: 'composite', alarmRule: 'ALARM("m")', actionsSuppressor: 's', actionsSuppressedBy: 'WaitPeriod' });
    given('l', { type: 'log', query: { text: 'filter x', logGroups: ['trail'], aggregation: 'count(*)' } });
    const named = { AlarmNames: ['m', 'c', 'l'] };
    const { MetricAlarms, CompositeAlarms, LogAlarms } = await ask(named);
    expect(MetricAlarms).toEqual([
      expect.objectContaining({
        AlarmName: 'm',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 3,
        DatapointsToAlarm: 2,
        Dimensions: [{ Name: 'User', Value: 'alice' }],
        Unit: 'Count',
        TreatMissingData: 'notBreaching',
      }),
    ]);
    expect([CompositeAlarms, LogAlarms]).toEqual([[], undefined]);
    const all = await ask({ ...named, AlarmTypes: ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'] });
    expect(all.CompositeAlarms).toEqual([
      expect.objectContaining({ AlarmRule: 'ALARM("m")', ActionsSuppressor: 's', ActionsSuppressedBy: 'WaitPeriod' }),
    ]);
    expect(all.LogAlarms?.[0]?.ScheduledQueryConfiguration).toMatchObject({ QueryString: 'filter x', LogGroupIdentifiers: ['trail'] });
  });

  it('gives metric math as it stands, a band by its query', async () => {
    const metrics = [
      { Id: 'e1', Expression: 'm1+m2', ReturnData: true },
      {
        Id: 'm1',
        MetricStat: { Metric: { Namespace: 'Own', MetricName: 'a' }, Period: 300, Stat: 'Sum' },
        ReturnData: false,
        AccountId: prodAccount,
      },
    ];
    given('math', { metrics });
    given('band', { metrics, thresholdMetricId: 'ad1', comparisonOperator: 'GreaterThanUpperThreshold', band: { lower: 0, upper: 2 } });
    const { MetricAlarms } = await ask();
    const [band, math] = MetricAlarms ?? [];
    expect(math).toMatchObject({ Metrics: metrics, Threshold: 1 });
    expect(math?.MetricName).toBeUndefined();
    expect(band).toMatchObject({ ThresholdMetricId: 'ad1' });
    expect(band?.Threshold).toBeUndefined();
  });

  it('knows two alarms of one name in two regions apart, whatever their keys', async () => {
    const first = given('twin');
    account.alarms.second = { ...first, region: 'eu-west-1', state: 'ALARM' };
    const there = new CloudWatchClient({ ...aws.options, region: 'eu-west-1' });
    const { MetricAlarms } = await there.send(new DescribeAlarmsCommand({ AlarmNames: ['twin'] }));
    expect(MetricAlarms?.map(({ StateValue }) => StateValue)).toEqual(['ALARM']);
    await there.send(new SetAlarmStateCommand({ AlarmName: 'twin', StateValue: 'INSUFFICIENT_DATA', StateReason: 'r' }));
    expect([first.state, account.alarms.second.state]).toEqual(['OK', 'INSUFFICIENT_DATA']);
    there.destroy();
  });

  it('gives children and parents of an alarm, shortly', async () => {
    const child = given('child');
    given('parent', { type: 'composite', alarmRule: `ALARM(child) OR ALARM("${child.arn}-not")` });
    expect((await ask({ ChildrenOfAlarmName: 'parent' })).MetricAlarms).toEqual([
      { AlarmName: 'child', AlarmArn: child.arn, StateValue: 'OK', StateUpdatedTimestamp: expect.any(Date) },
    ]);
    expect((await ask({ ParentsOfAlarmName: 'child' })).CompositeAlarms).toEqual([{ AlarmName: 'parent', AlarmArn: expect.any(String) }]);
  });

  it('gives pages, by prefix and by state', async () => {
    for (const name of ['b-1', 'a-2', 'a-1']) given(name);
    given('a-3', { state: 'ALARM' });
    const first = await ask({ AlarmNamePrefix: 'a-', StateValue: 'OK', MaxRecords: 1 });
    expect(first.MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(['a-1']);
    const second = await ask({ AlarmNamePrefix: 'a-', StateValue: 'OK', MaxRecords: 1, NextToken: first.NextToken });
    expect([second.MetricAlarms?.map(({ AlarmName }) => AlarmName), second.NextToken]).toEqual([['a-2'], undefined]);
  });

  it.each<[string, DescribeAlarmsCommandInput]>([
    ['names and a prefix', { AlarmNames: ['a'], AlarmNamePrefix: 'a' }],
    ['101 names', { AlarmNames: Array.from({ length: 101 }, (_, index) => `a${index}`) }],
    ['101 records', { MaxRecords: 101 }],
    ['children with another parameter', { ChildrenOfAlarmName: 'a', StateValue: 'OK' }],
    ['children and parents', { ChildrenOfAlarmName: 'a', ParentsOfAlarmName: 'a' }],
  ])('refuses %s', async (_what, input) => {
    await expect(ask(input)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('refuses a token of its own', async () => {
    await expect(ask({ NextToken: 'x' })).rejects.toMatchObject({ name: 'InvalidNextToken' });
  });
});

describe('a change of state', () => {
  it('says what the log group has, in AWS’s words and as data, and keeps it in the history', async () => {
    const end = logged(10, 20, 30, 400);
    const alarm = given('sg', { alarmActions: [topicArn] });
    fire(alarm);
    const { MetricAlarms } = await ask();
    const at = new Date(end - 300_000).toISOString();
    const day = `${at.slice(8, 10)}/${at.slice(5, 7)}/${at.slice(2, 4)} ${at.slice(11, 19)}`;
    expect(MetricAlarms?.[0]?.StateReason).toBe(
      `Threshold Crossed: 1 out of the last 1 datapoints [3.0 (${day})] was greater than or equal to the threshold (1.0) (minimum 1 datapoint for OK -> ALARM transition).`,
    );
    expect(JSON.parse(MetricAlarms?.[0]?.StateReasonData ?? '')).toMatchObject({
      version: '1.0',
      startDate: at.replace('Z', '+0000'),
      statistic: 'Sum',
      period: 300,
      recentDatapoints: [3],
      threshold: 1,
      evaluatedDatapoints: [{ timestamp: at.replace('Z', '+0000'), sampleCount: 3, value: 3 }],
    });
    expect(aws.published).toEqual([
      {
        target: topicArn,
        subject: 'ALARM: "sg" in US East (N. Virginia)',
        message: expect.objectContaining({ NewStateReason: alarm.reason, OldStateValue: 'OK' }),
      },
    ]);
    const { AlarmHistoryItems } = await client.send(new DescribeAlarmHistoryCommand({ AlarmName: 'sg', HistoryItemType: 'StateUpdate' }));
    expect(AlarmHistoryItems).toEqual([
      expect.objectContaining({
        AlarmName: 'sg',
        AlarmType: 'MetricAlarm',
        HistorySummary: 'Alarm updated from OK to ALARM',
        HistoryItemType: 'StateUpdate',
      }),
    ]);
    expect(JSON.parse(AlarmHistoryItems?.[0]?.HistoryData ?? '')).toMatchObject({
      version: '1.0',
      oldState: { stateValue: 'OK' },
      newState: { stateValue: 'ALARM', stateReason: alarm.reason, stateReasonData: { recentDatapoints: [3] } },
    });
  });

  it.each<[string, Partial<Alarm>, string]>([
    ['M of N', { evaluationPeriods: 3, datapointsToAlarm: 2, period: 60 }, '2 out of the last 3 datapoints [1.0 ('],
    ['made-up values where the log group has none', { period: 10, threshold: 5 }, '1 out of the last 1 datapoints [7.0 ('],
    ['a value below', { comparisonOperator: 'LessThanThreshold', threshold: 1, period: 10 }, 'was less than the threshold (1.0)'],
    [
      'missing data',
      { treatMissingData: 'breaching', period: 10, evaluationPeriods: 2 },
      'no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].',
    ],
    [
      'a band',
      { thresholdMetricId: 'ad1', band: { lower: 0, upper: 0.5 }, comparisonOperator: 'LessThanLowerOrGreaterThanUpperThreshold' },
      'Thresholds Crossed: 1 out of the last 1 datapoints [2.0',
    ],
    ['order of many', { evaluationPeriods: 7, period: 60, datapointsToAlarm: 1, threshold: 1 }, '2 out of the last 7 datapoints'],
  ])('tells %s', (_what, more, expected) => {
    logged(90, 150);
    const alarm = given('a', more);
    fire(alarm);
    expect(alarm.reason).toContain(expected);
  });

  it('tells quiet as OK and as no data', () => {
    const alarm = given('a', { state: 'ALARM' });
    fire(alarm, 'OK');
    expect(alarm.reason).toBe('Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].');
    fire(alarm, 'INSUFFICIENT_DATA');
    expect(alarm.reason).toBe('Insufficient Data: 1 datapoint was unknown.');
  });

  it('counts by dimension, by value and over metrics of another account', () => {
    const end = Math.floor(aws.clock.now() / 60_000) * 60_000;
    const lines = ['alice', 'alice', 'bella'].map((user) => ({
      timestamp: end - 5_000,
      ingestionTime: 0,
      message: JSON.stringify({ user, bytes: 10 }),
    }));
    putLogEvents(aws.state, { account: prodAccount, region: 'us-east-1', group: 'trail' }, lines);
    aws.state.accounts[prodAccount]?.filters.push({
      filterName: 'f',
      filterPattern: '{ $.user = * }',
      logGroupName: 'trail',
      region: 'us-east-1',
      metricName: 'bytes',
      metricNamespace: 'Own',
      metricValue: '$.bytes',
      dimensions: { User: '$.user' },
    });
    const metric = { Namespace: 'Own', MetricName: 'bytes', Dimensions: [{ Name: 'User', Value: 'alice' }] };
    const metrics = [{ Id: 'm1', MetricStat: { Metric: metric, Period: 300, Stat: 'Sum' }, AccountId: prodAccount }];
    const alarm = given('a', { metrics });
    fire(alarm);
    expect(alarm.reason).toContain('[20.0 (');
  });

  it('of a composite alarm names the child', () => {
    const child = given('child');
    const parent = given('parent', { type: 'composite', alarmRule: 'ALARM(child)', alarmActions: [topicArn] });
    fire(child);
    aws.published.length = 0;
    fire(parent);
    expect(parent.reason).toMatch(/:alarm:child transitioned to ALARM at \w+ \d\d \w+, \d{4} \d\d:\d\d:\d\d UTC$/);
    expect(aws.published[0]?.message).toMatchObject({
      AlarmRule: 'ALARM(child)',
      TriggeringChildren: [{ Arn: child.arn, State: { Value: 'ALARM' } }],
    });
  });

  it('goes to EventBridge where a rule has a target for it', () => {
    const alarm = given('a', { alarmActions: [] });
    const pattern = JSON.stringify({
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      detail: { state: { value: ['ALARM'] } },
    });
    account.rules.push({ name: 'alarms', region: 'us-east-1', bus: null, pattern, state: 'ENABLED', targets: [topicArn] });
    fire(alarm);
    expect(aws.published).toEqual([
      { target: topicArn, subject: undefined, message: expect.objectContaining({ source: 'aws.cloudwatch', resources: [alarm.arn] }) },
    ]);
    expect(aws.published[0]?.message).toMatchObject({
      detail: {
        alarmName: 'a',
        state: { value: 'ALARM', reason: alarm.reason, reasonData: alarm.reasonData },
        previousState: { value: 'OK' },
        configuration: { metrics: [{ metricStat: { metric: { name: 'a', namespace: 'Own' }, period: 300, stat: 'Sum' }, returnData: true }] },
      },
    });
    fire(alarm, 'OK');
    expect(aws.published).toHaveLength(1);
  });

  it('is told nobody while a rule mutes it or another alarm suppresses it', async () => {
    const alarm = given('a', { alarmActions: [topicArn] });
    account.muteRules.push({ name: 'night', region: 'us-east-1', alarmNames: ['a'], status: 'ACTIVE' });
    fire(alarm);
    fire(given('c', { type: 'composite', alarmRule: 'ALARM(a)', alarmActions: [topicArn], actionsSuppressedBy: 'Alarm' }));
    expect(aws.published).toEqual([]);
    const { AlarmMuteRuleSummaries } = await client.send(new ListAlarmMuteRulesCommand({ AlarmName: 'a', Statuses: ['ACTIVE'] }));
    expect(AlarmMuteRuleSummaries).toEqual([
      expect.objectContaining({ AlarmMuteRuleArn: expect.stringMatching(/:alarm-mute-rule:night$/), Status: 'ACTIVE' }),
    ]);
    expect((await client.send(new ListAlarmMuteRulesCommand({ AlarmName: 'b' }))).AlarmMuteRuleSummaries).toEqual([]);
    const rule = await client.send(new GetAlarmMuteRuleCommand({ AlarmMuteRuleName: 'night' }));
    expect(rule.MuteTargets?.AlarmNames).toEqual(['a']);
  });

  it('by hand has the words of who did it, and is in Event history', async () => {
    given('a');
    await client.send(new SetAlarmStateCommand({ AlarmName: 'a', StateValue: 'ALARM', StateReason: 'testing' }));
    expect((await ask()).MetricAlarms?.[0]).toMatchObject({ StateReason: 'testing' });
    expect(account.trail.map(({ record }) => record)).toEqual([
      expect.objectContaining({
        eventName: 'SetAlarmState',
        eventSource: 'monitoring.amazonaws.com',
        userIdentity: expect.objectContaining({ userName: 'responder' }),
        requestParameters: { alarmName: 'a', stateValue: 'ALARM', stateReason: 'testing' },
      }),
    ]);
  });
});

describe('DescribeAlarmHistory', () => {
  it('gives the newest first, or the oldest, of one time and one kind', async () => {
    const alarm = given('a');
    fire(alarm);
    await aws.clock.advance(60);
    fire(alarm, 'OK');
    const summaries = async (input: object = {}) =>
      (await client.send(new DescribeAlarmHistoryCommand({ AlarmName: 'a', ...input }))).AlarmHistoryItems?.map(
        ({ HistorySummary }) => HistorySummary,
      );
    expect(await summaries()).toEqual(['Alarm updated from ALARM to OK', 'Alarm updated from OK to ALARM']);
    expect(await summaries({ ScanBy: 'TimestampAscending', MaxRecords: 1 })).toEqual(['Alarm updated from OK to ALARM']);
    expect(await summaries({ StartDate: new Date(aws.clock.now() - 30_000) })).toEqual(['Alarm updated from ALARM to OK']);
    await aws.clock.advance(2);
    expect(await summaries({ AlarmTypes: ['CompositeAlarm'] })).toEqual([]);
  });

  it('takes three a second', async () => {
    const now = aws.clock.now();
    aws.clock.now = () => now;
    for (let count = 0; count < 3; count++) await client.send(new DescribeAlarmHistoryCommand({}));
    await expect(client.send(new DescribeAlarmHistoryCommand({}))).rejects.toMatchObject({ name: 'Throttling' });
  });
});

describe('DescribeAlarmContributors', () => {
  it('gives who contributes', async () => {
    given('a', { contributors: [{ id: 'c1', attributes: { user: 'alice' }, reason: 'r', since: aws.clock.now() }] });
    const { AlarmContributors } = await client.send(new DescribeAlarmContributorsCommand({ AlarmName: 'a' }));
    expect(AlarmContributors).toEqual([expect.objectContaining({ ContributorId: 'c1', ContributorAttributes: { user: 'alice' } })]);
    await expect(client.send(new DescribeAlarmContributorsCommand({ AlarmName: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
