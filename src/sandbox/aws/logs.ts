/** CloudWatch Logs. Sources: DescribeLogGroups, DescribeMetricFilters and TestMetricFilter in the API reference, and "CloudWatch Logs quotas". */
import { AwsError } from './errors.ts';
import { readPattern } from './filter-pattern.ts';
import { filterLogEvents } from './log-events.ts';
import { logGroupArn, logGroupsOf } from './log-groups.ts';
import type { Json, Operation, Operations } from './operation.ts';
import { invalid } from './pattern-value.ts';
import { rateOf } from './rates.ts';
import type { LogGroup, MetricFilter } from './shapes.ts';
import type { AwsState } from './state.ts';

const filterReadsPerSecond = 5;
const groupReadsPerSecond = 10;
const mostListed = 50;
const mostMessages = 50;

export function logsOperations(state: AwsState): Operations {
  return {
    FilterLogEvents: filterLogEvents(state),
    DescribeLogGroups: describeLogGroups(state),
    DescribeMetricFilters: describeMetricFilters(state),
    TestMetricFilter: testMetricFilter(state),
  };
}

function describeLogGroups(state: AwsState): Operation {
  const count = rateOf(state, () => groupReadsPerSecond);
  return ({ account, region }, input) => {
    count(account, region);
    const { page, next } = paged(logGroupsAsked(state, account, region, input), input);
    const creationTime = state.clock.now() - 400 * 86_400_000;
    const filters = state.accounts[account]?.filters ?? [];
    const logGroups = page.map((group) => {
      const logGroupArnOf = logGroupArn(account, region, group.group);
      const short = { logGroupName: group.group, creationTime, arn: `${logGroupArnOf}:*` };
      if (input.logGroupNamePattern !== undefined) return short;
      const metricFilterCount = filters.filter(({ logGroupName, region: at }) => logGroupName === group.group && at === region).length;
      return { ...short, ...describe(group), metricFilterCount, logGroupArn: logGroupArnOf };
    });
    return { logGroups, ...next };
  };
}

function describeMetricFilters(state: AwsState): Operation {
  const count = rateOf(state, () => filterReadsPerSecond);
  return ({ account, region }, input) => {
    count(account, region);
    const { metricName, metricNamespace, logGroupName, filterNamePrefix } = input;
    if ((metricName === undefined) !== (metricNamespace === undefined)) throw invalid('metricName and metricNamespace must be given together.');
    if (logGroupName !== undefined && !logGroupsOf(state, account, region).some(({ group }) => group === logGroupName))
      throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
    const isPrefixed = logGroupName !== undefined && filterNamePrefix !== undefined;
    const isOfMetric = (one: Json): boolean => one.metricName === metricName && one.metricNamespace === metricNamespace;
    const found = (state.accounts[account]?.filters ?? [])
      .filter((filter) => filter.region === region && (logGroupName === undefined || filter.logGroupName === logGroupName))
      .filter((filter) => !isPrefixed || filter.filterName.startsWith(String(filterNamePrefix)))
      .map(describeFilter)
      .filter(({ metricTransformations }) => metricName === undefined || metricTransformations.some(isOfMetric))
      .toSorted((a, b) => (`${a.logGroupName}\n${a.filterName}` < `${b.logGroupName}\n${b.filterName}` ? -1 : 1));
    const { page, next } = paged(found, input);
    return { metricFilters: page, ...next };
  };
}

function testMetricFilter(state: AwsState): Operation {
  const count = rateOf(state, () => filterReadsPerSecond);
  return ({ account, region }, { filterPattern, logEventMessages }) => {
    count(account, region);
    const messages = Array.isArray(logEventMessages) ? logEventMessages.map(String) : [];
    if (messages.length < 1 || messages.length > mostMessages) throw invalid(`logEventMessages must have between 1 and ${mostMessages} members.`);
    if (messages.includes(''))
      throw invalid("Value at 'logEventMessages' failed to satisfy constraint: Member must have length greater than or equal to 1");
    if (typeof filterPattern !== 'string') throw invalid('filterPattern must be given.');
    const pattern = readPattern(filterPattern);
    const matches = messages
      .map((eventMessage, index) => ({ eventNumber: index + 1, eventMessage, extractedValues: pattern.extract(eventMessage) }))
      .filter(({ eventMessage }) => pattern.matches(eventMessage));
    return { matches };
  };
}

function logGroupsAsked(state: AwsState, account: string, region: string, input: Json): LogGroup[] {
  const { logGroupNamePrefix: prefix, logGroupNamePattern: part, logGroupClass: wanted, logGroupIdentifiers: identifiers } = input;
  if (prefix !== undefined && part !== undefined) throw invalid('logGroupNamePrefix and logGroupNamePattern exclude each other.');
  if (identifiers !== undefined && [prefix, part, wanted].some((one) => one !== undefined))
    throw invalid('With logGroupIdentifiers, only includeLinkedAccounts may be given.');
  const names = Array.isArray(identifiers) ? identifiers.map((one) => String(one).replace(/^arn:.*:log-group:/, '')) : undefined;
  return logGroupsOf(state, account, region)
    .filter(({ group }) => names === undefined || names.includes(group))
    .filter(({ group }) => prefix === undefined || group.startsWith(String(prefix)))
    .filter(({ group }) => part === undefined || group.includes(String(part)))
    .filter((group) => wanted === undefined || (group.class ?? 'STANDARD') === wanted);
}

function describe(group: LogGroup): Json {
  return {
    storedBytes: group.events.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0),
    logGroupClass: group.class ?? 'STANDARD',
    ...(group.masked === undefined || group.masked.length === 0 ? {} : { dataProtectionStatus: 'ACTIVATED' }),
  };
}

function describeFilter(filter: MetricFilter): { filterName: string; logGroupName: string; metricTransformations: Json[] } & Json {
  const { metricName, metricNamespace, metricValue = '1', defaultValue, unit, dimensions, metricTransformations, region: _region, ...rest } = filter;
  const own = { metricName, metricNamespace, metricValue, defaultValue, unit, dimensions };
  return { ...rest, metricTransformations: (metricTransformations ?? [own]).map((one) => ({ ...one })) };
}

function paged<T>(list: readonly T[], { nextToken = '0', limit = mostListed }: Json): { page: readonly T[]; next: { nextToken?: string } } {
  if (!Number.isInteger(limit) || Number(limit) < 1 || Number(limit) > mostListed) throw invalid(`limit must be between 1 and ${mostListed}.`);
  if (!/^\d+$/.test(String(nextToken))) throw invalid('The specified nextToken is invalid.');
  const end = Number(nextToken) + Number(limit);
  return { page: list.slice(Number(nextToken), end), next: end < list.length ? { nextToken: String(end) } : {} };
}
