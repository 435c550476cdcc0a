/** CloudTrail's event history, metric filters and the identity store. Sources: LookupEvents, DescribeMetricFilters and DescribeUser in their API references. */
import { AwsError } from './errors.ts';
import type { TrailRecord } from './shapes.ts';
import type { AwsState } from './state.ts';

type Json = Record<string, unknown>;
export type JsonOperation = (account: string, region: string, input: Json) => Json;

/** LookupEvents: 2 requests per second per account and region, for everybody together. */
const perSecond = 2;
const longestHistoryMs = 90 * 86_400_000;

export function trailOperations(state: AwsState): Record<string, JsonOperation> {
  const recent = new Map<string, number[]>();

  const throttle = (account: string, region: string): void => {
    const now = state.clock.now();
    const key = `${account} ${region}`;
    const times = (recent.get(key) ?? []).filter((at) => at > now - 1_000);
    recent.set(key, [...times, now]);
    if (times.length >= perSecond) throw new AwsError('ThrottlingException', 'Rate exceeded');
  };

  return {
    LookupEvents: (account, region, input) => {
      throttle(account, region);
      const [attribute] = (input.LookupAttributes ?? []) as { AttributeKey: string; AttributeValue: string }[];
      const now = state.clock.now();
      const from = Math.max(Number(input.StartTime ?? 0) * 1_000, now - longestHistoryMs);
      const until = Number(input.EndTime ?? now / 1_000) * 1_000;
      const found = (state.accounts[account]?.trail ?? [])
        .filter((entry) => entry.region === region && entry.visibleAt <= now)
        .filter(({ record }) => has(record as Json, attribute) && timeOf(record) >= from && timeOf(record) <= until)
        .toSorted((a, b) => timeOf(b.record) - timeOf(a.record));
      const start = Number(input.NextToken ?? 0);
      const count = Math.min(50, Number(input.MaxResults ?? 50));
      const next = start + count < found.length ? { NextToken: String(start + count) } : {};
      return { Events: found.slice(start, start + count).map(eventOf), ...next };
    },
    DescribeMetricFilters: (account, region, { metricName, metricNamespace, logGroupName }) => ({
      metricFilters: (state.accounts[account]?.filters ?? [])
        .filter((filter) => filter.region === region && (logGroupName === undefined || filter.logGroupName === logGroupName))
        .filter((filter) => metricName === undefined || (filter.metricName === metricName && filter.metricNamespace === metricNamespace))
        .map(({ metricName: name, metricNamespace: namespace, region: _region, ...filter }) => ({
          ...filter,
          metricTransformations: [{ metricName: name, metricNamespace: namespace, metricValue: '1' }],
        })),
    }),
    DescribeUser: (account, _region, { UserId, IdentityStoreId }) => {
      const UserName = state.accounts[account]?.directory[String(UserId)];
      if (UserName === undefined) throw new AwsError('ResourceNotFoundException', 'USER not found.');
      return { UserName, UserId, IdentityStoreId };
    },
  };
}

function timeOf(record: unknown): number {
  return Date.parse(String((record as Json).eventTime));
}

function has(record: Json, attribute: { AttributeKey: string; AttributeValue: string } | undefined): boolean {
  if (attribute === undefined) return true;
  const { AttributeKey: key, AttributeValue: wanted } = attribute;
  const identity = (record.userIdentity ?? {}) as Json;
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
  };
  return values[key] === wanted;
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
