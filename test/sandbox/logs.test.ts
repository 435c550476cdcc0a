/** The emulated CloudWatch Logs, asked by the real SDK client. */
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeMetricFiltersCommand,
  type FilteredLogEvent,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  TestMetricFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { putLogEvents } from '../../src/sandbox/aws/log-groups.ts';
import { hubAccount, prodAccount } from '../../src/sandbox/aws/names.ts';
import type { LogGroup } from '../../src/sandbox/aws/shapes.ts';
import { emulatedAws } from '../support/emulated-aws.ts';

let aws: Awaited<ReturnType<typeof emulatedAws>>;
let client: CloudWatchLogsClient;
beforeEach(async () => {
  aws = await emulatedAws();
  client = new CloudWatchLogsClient(aws.options);
});
afterEach(() => {
  client.destroy();
  aws.stop();
});

const group = 'trail';
const start = Date.UTC(2026, 0, 21, 16, 50);

/** One event a minute from the start. */
function given(count: number, more: Partial<LogGroup> = {}, account = hubAccount): void {
  const events = Array.from({ length: count }, (_, index) => ({
    timestamp: start + index * 60_000,
    ingestionTime: start + index * 60_000 + 5_000,
    message: JSON.stringify({ eventName: index % 2 === 0 ? 'ConsoleLogin' : 'SwitchRole', userIdentity: { userName: `user-${index}` } }),
  }));
  Object.assign(putLogEvents(aws.state, { account, region: 'us-east-1', group }, events), more);
}

const ask = (input: Partial<FilterLogEventsCommandInput> = {}) => client.send(new FilterLogEventsCommand({ logGroupName: group, ...input }));
const namesOf = (events: readonly FilteredLogEvent[] = []): string[] =>
  events.map(({ message }) => (JSON.parse(message ?? '{}') as { userIdentity: { userName: string } }).userIdentity.userName);

async function pages(input: Partial<FilterLogEventsCommandInput>): Promise<string[][]> {
  const found: string[][] = [];
  let nextToken: string | undefined;
  do {
    const page = await ask({ ...input, nextToken });
    found.push(namesOf(page.events));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found;
}

describe('FilterLogEvents', () => {
  it('gives the oldest first, and the newest first where that is asked', async () => {
    given(3);
    expect(namesOf((await ask()).events)).toEqual(['user-0', 'user-1', 'user-2']);
    expect(namesOf((await ask({ startFromHead: false, startTime: start })).events)).toEqual(['user-2', 'user-1', 'user-0']);
  });

  it('takes start and end as belonging to it, and the pattern', async () => {
    given(5);
    const { events } = await ask({ startTime: start + 60_000, endTime: start + 180_000, filterPattern: '{ $.eventName = SwitchRole }' });
    expect(namesOf(events)).toEqual(['user-1', 'user-3']);
    expect(events?.[0]).toMatchObject({ timestamp: start + 60_000, ingestionTime: start + 65_000, eventId: expect.stringMatching(/^\d+$/) });
  });

  it('gives pages in the direction of the first request, with empty ones before each', async () => {
    given(5, { pageSize: 2, emptyPages: 1 });
    expect(await pages({ startFromHead: false, startTime: start })).toEqual([[], ['user-4', 'user-3'], [], ['user-2', 'user-1'], [], ['user-0']]);
    expect(await pages({ filterPattern: '{ $.eventName = Nothing }' })).toEqual([[], []]);
  });

  it('ends a page at 1 MB', async () => {
    const message = JSON.stringify({ userIdentity: { userName: 'long' }, padding: 'x'.repeat(400_000) });
    putLogEvents(
      aws.state,
      { account: hubAccount, region: 'us-east-1', group },
      [1, 2, 3].map((timestamp) => ({ timestamp, ingestionTime: 1, message })),
    );
    expect(await pages({})).toEqual([['long', 'long'], ['long']]);
  });

  it('loses and repeats nothing when events come in between pages', async () => {
    given(3, { pageSize: 2 });
    const first = await ask({ startFromHead: false, startTime: start });
    putLogEvents(aws.state, { account: hubAccount, region: 'us-east-1', group }, [
      { timestamp: start + 600_000, ingestionTime: start, message: JSON.stringify({ userIdentity: { userName: 'late' } }) },
    ]);
    expect(namesOf((await ask({ startTime: start, nextToken: first.nextToken })).events)).toEqual(['user-0']);
  });

  it('has an event only once it is ingested', async () => {
    putLogEvents(aws.state, { account: hubAccount, region: 'us-east-1', group }, [
      { timestamp: aws.clock.now(), ingestionTime: aws.clock.now() + 60_000, message: JSON.stringify({ userIdentity: { userName: 'soon' } }) },
    ]);
    expect((await ask()).events).toEqual([]);
    await aws.clock.advance(61);
    expect(namesOf((await ask()).events)).toEqual(['soon']);
  });

  it('shows masked fields as asterisks, though the pattern sees them', async () => {
    given(2, { masked: ['userIdentity.userName'] });
    const { events } = await ask({ filterPattern: '{ $.userIdentity.userName = "user-1" }' });
    expect(namesOf(events)).toEqual(['******']);
    await expect(ask({ unmask: true })).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('reads a group of another account by its ARN', async () => {
    given(1, {}, prodAccount);
    await expect(ask()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    const logGroupIdentifier = `arn:aws:logs:us-east-1:${prodAccount}:log-group:${group}`;
    const { events } = await client.send(new FilterLogEventsCommand({ logGroupIdentifier }));
    expect(namesOf(events)).toEqual(['user-0']);
    await expect(client.send(new FilterLogEventsCommand({ logGroupIdentifier: `${logGroupIdentifier}:*` }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it.each([
    ['both name and identifier', { logGroupIdentifier: group }],
    ['a limit of 0', { limit: 0 }],
    ['a limit over 10,000', { limit: 10_001 }],
    ['newest first from before 2024', { startFromHead: false, startTime: Date.UTC(2023, 11, 31) }],
    ['newest first from no time at all', { startFromHead: false }],
    ['a pattern that nobody can read', { filterPattern: '{ $.a = }' }],
    ['a token of its own', { nextToken: 'x' }],
    ['names and prefix of streams', { logStreamNames: ['a'], logStreamNamePrefix: 'a' }],
  ])('refuses %s', async (_what, input) => {
    given(1);
    await expect(ask(input)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('refuses a group of the Infrequent Access class', async () => {
    given(1, { class: 'INFREQUENT_ACCESS' });
    await expect(ask()).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('knows a group that only a metric filter names: it is empty', async () => {
    aws.state.accounts[hubAccount]?.filters.push({
      filterName: 'f',
      filterPattern: '',
      logGroupName: group,
      region: 'us-east-1',
      metricName: 'm',
      metricNamespace: 'n',
    });
    expect((await ask()).events).toEqual([]);
  });

  it('takes 25 a second in us-east-1 and 5 in eu-central-1, by the clock of the sandbox', async () => {
    for (const [region, most] of [
      ['us-east-1', 25],
      ['eu-central-1', 5],
    ] as const) {
      const there = new CloudWatchLogsClient({ ...aws.options, region });
      putLogEvents(aws.state, { account: hubAccount, region, group }, []);
      const asked = () => there.send(new FilterLogEventsCommand({ logGroupName: group }));
      let now = aws.clock.now();
      aws.clock.now = () => now;
      for (let count = 0; count < most; count++) expect((await asked()).events).toEqual([]);
      await expect(asked()).rejects.toMatchObject({ name: 'ThrottlingException' });
      now += 1_000;
      expect((await asked()).events).toEqual([]);
      there.destroy();
    }
  });

  it('is refused where a fault says so', async () => {
    given(1);
    aws.faults.aws.push({ operation: 'FilterLogEvents', mode: 'denied', times: 1 });
    await expect(ask()).rejects.toMatchObject({ name: expect.stringContaining('AccessDenied') });
    expect((await ask()).events).toHaveLength(1);
  });
});

describe('DescribeLogGroups', () => {
  it('tells class, protection and both ARNs, by prefix, by identifier and by class', async () => {
    given(1, { masked: ['userIdentity.userName'] });
    putLogEvents(aws.state, { account: hubAccount, region: 'us-east-1', group: 'rare' }, []).class = 'INFREQUENT_ACCESS';
    const { logGroups } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: 'tr' }));
    const arn = `arn:aws:logs:us-east-1:${hubAccount}:log-group:${group}`;
    expect(logGroups).toEqual([
      expect.objectContaining({
        logGroupName: group,
        arn: `${arn}:*`,
        logGroupArn: arn,
        logGroupClass: 'STANDARD',
        dataProtectionStatus: 'ACTIVATED',
      }),
    ]);
    const rare = await client.send(new DescribeLogGroupsCommand({ logGroupClass: 'INFREQUENT_ACCESS' }));
    expect(rare.logGroups?.map(({ logGroupName }) => logGroupName)).toEqual(['rare']);
    const named = await client.send(new DescribeLogGroupsCommand({ logGroupIdentifiers: [arn] }));
    expect(named.logGroups).toHaveLength(1);
    await expect(client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: 'a', logGroupNamePattern: 'a' }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});

describe('DescribeMetricFilters', () => {
  const filter = (filterName: string, more: object = {}) => ({
    filterName,
    filterPattern: '{ $.eventName = * }',
    logGroupName: group,
    region: 'us-east-1',
    metricName: 'm',
    metricNamespace: 'n',
    ...more,
  });

  it('gives them by group and name, a page at a time, with all that they say', async () => {
    const filters = Array.from({ length: 60 }, (_, index) => filter(`f${String(59 - index).padStart(2, '0')}`));
    aws.state.accounts[hubAccount]?.filters.push(...filters, filter('a', { defaultValue: 0, unit: 'Count', applyOnTransformedLogs: true }));
    const first = await client.send(new DescribeMetricFiltersCommand({ metricName: 'm', metricNamespace: 'n' }));
    expect(first.metricFilters).toHaveLength(50);
    expect(first.metricFilters?.[0]).toMatchObject({
      filterName: 'a',
      applyOnTransformedLogs: true,
      metricTransformations: [{ metricName: 'm', metricNamespace: 'n', metricValue: '1', defaultValue: 0, unit: 'Count' }],
    });
    const second = await client.send(new DescribeMetricFiltersCommand({ metricName: 'm', metricNamespace: 'n', nextToken: first.nextToken }));
    expect(second.metricFilters?.map(({ filterName }) => filterName).at(-1)).toBe('f59');
    expect(second.nextToken).toBeUndefined();
  });

  it('takes metric name and namespace together only', async () => {
    await expect(client.send(new DescribeMetricFiltersCommand({ metricName: 'm' }))).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('takes 5 a second, of which a reset leaves nothing', async () => {
    const asked = () => client.send(new DescribeMetricFiltersCommand({}));
    const now = aws.clock.now();
    aws.clock.now = () => now;
    for (let round = 0; round < 2; round++) {
      for (let count = 0; count < 5; count++) await asked();
      await expect(asked()).rejects.toMatchObject({ name: 'ThrottlingException' });
      aws.state.reset();
    }
  });
});

describe('TestMetricFilter', () => {
  it('runs a pattern over lines', async () => {
    const logEventMessages = ['{"eventName":"ConsoleLogin"}', '{"eventName":"SwitchRole"}', 'no JSON'];
    const { matches } = await client.send(new TestMetricFilterCommand({ filterPattern: '{ $.eventName = SwitchRole }', logEventMessages }));
    expect(matches).toEqual([{ eventNumber: 2, eventMessage: logEventMessages[1], extractedValues: { '$.eventName': 'SwitchRole' } }]);
  });

  it('takes 50 lines at most', async () => {
    const logEventMessages = Array.from({ length: 51 }, () => 'x');
    await expect(client.send(new TestMetricFilterCommand({ filterPattern: '', logEventMessages }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});
