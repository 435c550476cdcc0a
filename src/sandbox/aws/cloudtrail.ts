/** CloudTrail: Event history, and the trails that a doctor asks about. Sources: LookupEvents, DescribeTrails, GetTrailStatus and GetEventSelectors in its API reference. */
import { AwsError } from './errors.ts';
import type { Json, Operation, Operations } from './operation.ts';
import { rateOf } from './rates.ts';
import type { Trail, TrailRecord } from './shapes.ts';
import type { AwsState } from './state.ts';

/** LookupEvents: 2 requests per second per account and region, for everybody together. */
const perSecond = 2;
const mostResults = 50;
const attributeKeys: readonly string[] = [
  'AccessKeyId',
  'EventId',
  'EventName',
  'EventSource',
  'ReadOnly',
  'ResourceName',
  'ResourceType',
  'Username',
];
const longestHistoryMs = 90 * 86_400_000;

interface Attribute {
  readonly AttributeKey: string;
  readonly AttributeValue: string;
}

export function cloudTrailOperations(state: AwsState): Operations {
  const trailOf = (account: string, name: unknown): Trail => {
    const found = state.accounts[account]?.trails.find((trail) => arnOf(account, trail) === name || trail.name === name);
    if (found === undefined) throw new AwsError('TrailNotFoundException', `Unknown trail: ${String(name)}`);
    return found;
  };
  return {
    LookupEvents: lookUpEvents(state),
    DescribeTrails: ({ account, region }) => ({
      trailList: (state.accounts[account]?.trails ?? [])
        .filter((trail) => trail.isMultiRegion || trail.region === region)
        .map((trail) => ({
          Name: trail.name,
          TrailARN: arnOf(account, trail),
          HomeRegion: trail.region,
          IsMultiRegionTrail: trail.isMultiRegion,
          ...(trail.logGroupArn === null ? {} : { CloudWatchLogsLogGroupArn: trail.logGroupArn }),
        })),
    }),
    GetTrailStatus: ({ account }, { Name }) => {
      const { isLogging, deliveryError } = trailOf(account, Name);
      return { IsLogging: isLogging, ...(deliveryError === null ? {} : { LatestCloudWatchLogsDeliveryError: deliveryError }) };
    },
    GetEventSelectors: ({ account }, { TrailName }) => ({
      EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: trailOf(account, TrailName).managementEvents, DataResources: [] }],
    }),
  };
}

function lookUpEvents(state: AwsState): Operation {
  const count = rateOf(state, () => perSecond);
  return ({ account, region }, input) => {
    count(account, region);
    refuseLookup(input);
    const [attribute] = (input.LookupAttributes ?? []) as Attribute[];
    const now = state.clock.now();
    const from = Math.max(Number(input.StartTime ?? 0) * 1_000, now - longestHistoryMs);
    const until = Number(input.EndTime ?? now / 1_000) * 1_000;
    const found = (state.accounts[account]?.trail ?? [])
      .filter((entry) => entry.region === region && entry.visibleAt <= now)
      .filter(({ record }) => has(record as Json, attribute) && timeOf(record) >= from && timeOf(record) <= until)
      .toSorted((a, b) => timeOf(b.record) - timeOf(a.record));
    const start = Number(input.NextToken ?? 0);
    const size = Number(input.MaxResults ?? mostResults);
    const next = start + size < found.length ? { NextToken: String(start + size) } : {};
    return { Events: found.slice(start, start + size).map(eventOf), ...next };
  };
}

function refuseLookup({ LookupAttributes = [], MaxResults = mostResults, NextToken = '0', StartTime, EndTime }: Json): void {
  const attributes = LookupAttributes as Attribute[];
  if (attributes.length > 1 || attributes.some(({ AttributeKey }) => !attributeKeys.includes(AttributeKey)))
    throw new AwsError('InvalidLookupAttributesException', 'You can only specify one valid attribute key.');
  if (Number(MaxResults) < 1 || Number(MaxResults) > mostResults)
    throw new AwsError('InvalidMaxResultsException', `MaxResults must be between 1 and ${mostResults}.`);
  if (!/^\d+$/.test(String(NextToken))) throw new AwsError('InvalidNextTokenException', 'The next token is invalid.');
  if (StartTime !== undefined && EndTime !== undefined && Number(StartTime) > Number(EndTime))
    throw new AwsError('InvalidTimeRangeException', 'The start time is after the end time.');
}

function arnOf(account: string, { region, name }: Trail): string {
  return `arn:aws:cloudtrail:${region}:${account}:trail/${name}`;
}

function timeOf(record: unknown): number {
  return Date.parse(String((record as Json).eventTime));
}

function has(record: Json, attribute: Attribute | undefined): boolean {
  if (attribute === undefined) return true;
  const { AttributeKey: key, AttributeValue: wanted } = attribute;
  const identity = (record.userIdentity ?? {}) as Json;
  if (key === 'ResourceName') return resourcesOf(record).includes(wanted);
  const values: Json = {
    EventName: record.eventName,
    EventSource: record.eventSource,
    EventId: record.eventID,
    Username:
      identity.userName ??
      String(identity.arn ?? '')
        .split('/')
        .at(-1),
    AccessKeyId: identity.accessKeyId,
    ReadOnly: String(record.readOnly ?? false),
  };
  return values[key] === wanted;
}

/** What a record says that it is about, and the role that was assumed. */
function resourcesOf({ resources, requestParameters }: Json): unknown[] {
  const named = Array.isArray(resources) ? resources.map((one) => (one as Json).ARN) : [];
  return [...named, ((requestParameters ?? {}) as Json).roleArn];
}

function eventOf({ record }: TrailRecord): Json {
  const event = record as Json;
  return {
    EventId: event.eventID,
    EventName: event.eventName,
    EventTime: timeOf(event) / 1_000,
    EventSource: event.eventSource,
    CloudTrailEvent: JSON.stringify(event),
  };
}
