/** The emulated Event history, asked by the real SDK client. */
import { CloudTrailClient, LookupEventsCommand, type LookupEventsCommandInput } from '@aws-sdk/client-cloudtrail';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hubAccount } from '../../src/sandbox/aws/names.ts';
import { emulatedAws } from '../support/emulated-aws.ts';

let aws: Awaited<ReturnType<typeof emulatedAws>>;
let client: CloudTrailClient;
beforeEach(async () => {
  aws = await emulatedAws();
  client = new CloudTrailClient(aws.options);
});
afterEach(() => {
  client.destroy();
  aws.stop();
});

const ask = (input: LookupEventsCommandInput = {}) => client.send(new LookupEventsCommand(input));

it('gives what is visible, newest first, by one attribute, a page at a time', async () => {
  const now = aws.clock.now();
  const at = (secondsAgo: number): string => new Date(now - secondsAgo * 1_000).toISOString();
  for (const [eventID, secondsAgo, visibleAt] of [
    ['1', 30, 0],
    ['2', 20, 0],
    ['3', 10, now + 60_000],
  ] as const) {
    const record = { eventID, eventName: 'ConsoleLogin', eventTime: at(secondsAgo), readOnly: false };
    aws.state.accounts[hubAccount]?.trail.push({ region: 'us-east-1', visibleAt, record });
  }
  aws.clock.now = () => now;
  const first = await ask({ LookupAttributes: [{ AttributeKey: 'ReadOnly', AttributeValue: 'false' }], MaxResults: 1 });
  expect(first.Events?.map(({ EventId }) => EventId)).toEqual(['2']);
  expect((await ask({ MaxResults: 1, NextToken: first.NextToken })).Events?.map(({ EventId }) => EventId)).toEqual(['1']);
  await expect(ask()).rejects.toMatchObject({ name: 'ThrottlingException' });
});

const attribute = { AttributeKey: 'EventName', AttributeValue: 'ConsoleLogin' } as const;

it.each<[string, LookupEventsCommandInput, string]>([
  ['two attributes', { LookupAttributes: [attribute, attribute] }, 'InvalidLookupAttributesException'],
  ['51 results', { MaxResults: 51 }, 'InvalidMaxResultsException'],
  ['a token of its own', { NextToken: 'x' }, 'InvalidNextTokenException'],
  ['an end before the start', { StartTime: new Date(2_000), EndTime: new Date(1_000) }, 'InvalidTimeRangeException'],
])('refuses %s', async (_what, input, name) => {
  await expect(ask(input)).rejects.toMatchObject({ name });
});
