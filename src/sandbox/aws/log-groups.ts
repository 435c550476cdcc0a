/** Log groups of the emulated accounts, and how they are named. */
import { AwsError } from './errors.ts';
import type { Json } from './operation.ts';
import { invalid } from './pattern-value.ts';
import type { LogEvent, LogGroup } from './shapes.ts';
import type { AwsState } from './state.ts';

export function logGroupArn(account: string, region: string, group: string): string {
  const partition = region.startsWith('cn-')
    ? 'aws-cn'
    : region.startsWith('us-gov-')
      ? 'aws-us-gov'
      : region.startsWith('eusc-')
        ? 'aws-eusc'
        : 'aws';
  return `arn:${partition}:logs:${region}:${account}:log-group:${group}`;
}

/** All groups of an account and region, by name. A group that a metric filter names is there, be it empty. */
export function logGroupsOf(state: AwsState, account: string, region: string): LogGroup[] {
  const found = state.accounts[account];
  const groups = (found?.logs ?? []).filter((group) => group.region === region);
  const known = new Set(groups.map(({ group }) => group));
  const named = (found?.filters ?? []).filter((filter) => filter.region === region && !known.has(filter.logGroupName));
  const empty = [...new Set(named.map(({ logGroupName }) => logGroupName))].map((group) => ({ group, region, events: [] }));
  return [...groups, ...empty].toSorted((a, b) => (a.group < b.group ? -1 : 1));
}

/**
 * The group that `logGroupName` or `logGroupIdentifier` names: a name, or an ARN without `:*`, also of another account.
 * @throws AwsError as the service does
 */
export function logGroupNamed(state: AwsState, account: string, region: string, input: Json): LogGroup {
  const { logGroupName: name, logGroupIdentifier: identifier } = input;
  if ((name === undefined) === (identifier === undefined)) throw invalid('Exactly one of logGroupName and logGroupIdentifier must be given.');
  if (name !== undefined && !/^[.\-_/#A-Za-z0-9]{1,512}$/.test(String(name))) throw invalid("Value at 'logGroupName' failed to satisfy constraint");
  if (identifier !== undefined && !/^[\w#+=/:,.@-]{1,2048}$/.test(String(identifier)))
    throw invalid("Value at 'logGroupIdentifier' failed to satisfy constraint");
  const [, arnRegion, arnAccount, arnName] = /^arn:[\w-]+:logs:([\w-]+):(\d{12}):log-group:(.+)$/.exec(String(identifier)) ?? [];
  if (arnRegion !== undefined && arnRegion !== region) throw invalid('The log group is in another region.');
  const wanted = arnName ?? String(name ?? identifier);
  const found = logGroupsOf(state, arnAccount ?? account, region).find(({ group }) => group === wanted);
  if (found === undefined) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
  return found;
}

/** Adds events to a group, which is made where there is none. */
export function putLogEvents(state: AwsState, where: { account: string; region: string; group: string }, events: readonly LogEvent[]): LogGroup {
  const { account, region, group } = where;
  const logs = state.accounts[account]?.logs ?? [];
  const found = logs.find((one) => one.group === group && one.region === region) ?? { group, region, events: [] };
  if (!logs.includes(found)) logs.push(found);
  found.events.push(...events);
  return found;
}

/**
 * Records as a trail writes them into its log group, one line each.
 * @param records CloudTrail records, with the event's `timestamp` and `ingestionTime` (ms) beside their fields where they matter; or lines
 * @param delaySeconds how long after now they can be read, where `ingestionTime` does not say
 */
export function logEvents(records: readonly (Json | string)[], now: number, delaySeconds: number): LogEvent[] {
  const ingested = now + delaySeconds * 1_000;
  return records.map((record) => {
    if (typeof record === 'string') return { timestamp: now, ingestionTime: ingested, message: record };
    const { timestamp = Date.parse(String(record.eventTime)), ingestionTime = ingested, ...fields } = record;
    return { timestamp: Number.isNaN(timestamp) ? now : Number(timestamp), ingestionTime: Number(ingestionTime), message: JSON.stringify(fields) };
  });
}
