/** FilterLogEvents. Source: its page in the CloudWatch Logs API reference, and "CloudWatch Logs quotas". */
import { AwsError } from './errors.ts';
import { readPattern } from './filter-pattern.ts';
import { logGroupNamed } from './log-groups.ts';
import type { Json, Operation } from './operation.ts';
import { invalid } from './pattern-value.ts';
import { rateOf } from './rates.ts';
import type { LogEvent, LogGroup } from './shapes.ts';
import type { AwsState } from './state.ts';

const mostEvents = 10_000;
const mostBytes = 1_048_576;
const tokenMs = 24 * 3_600_000;
const newestFirstSince = Date.UTC(2024, 0, 1);
const slowRegions = ['ap-northeast-3', 'ap-southeast-3', 'ca-west-1', 'eu-central-1', 'il-central-1'];

function perSecond(region: string): number {
  if (region === 'us-east-1') return 25;
  return slowRegions.includes(region) ? 5 : 10;
}

/** What a `nextToken` holds. */
interface Position {
  /** The direction of the first request holds for all. */
  readonly fromHead: boolean;
  /** The id of the last event that was given. */
  readonly after: string | null;
  /** Empty pages still to come before the next one with events. */
  readonly empty: number;
  readonly at: number;
}

type Numbered = LogEvent & { readonly id: string };

export function filterLogEvents(state: AwsState): Operation {
  const count = rateOf(state, perSecond);
  return ({ account, region }, input) => {
    count(account, region);
    const range = rangeOf(input);
    const pattern = readPattern(String(input.filterPattern ?? ''));
    const group = logGroupNamed(state, account, region, input);
    if (group.class === 'INFREQUENT_ACCESS') throw invalid('FilterLogEvents is not supported for log groups of the Infrequent Access class.');
    const now = state.clock.now();
    const position = positionOf(input, group, now);
    const events = numbered(group)
      .filter(({ timestamp, ingestionTime }) => ingestionTime <= now && timestamp >= range.from && timestamp <= range.until)
      .filter(({ message }) => pattern.matches(message))
      .toSorted((a, b) => (a.id < b.id === position.fromHead ? -1 : 1));
    return pageOf({ group, events, position, limit: Math.min(Number(input.limit ?? mostEvents), group.pageSize ?? mostEvents) });
  };
}

function rangeOf(input: Json): { from: number; until: number } {
  const { startTime = 0, endTime, limit = mostEvents, logStreamNames, logStreamNamePrefix, startFromHead = true, unmask = false } = input;
  if (Number(startTime) < 0 || Number(endTime ?? 0) < 0) throw invalid('startTime and endTime must be 0 or more.');
  if (!Number.isInteger(limit) || Number(limit) < 1 || Number(limit) > mostEvents) throw invalid(`limit must be between 1 and ${mostEvents}.`);
  if (logStreamNames !== undefined && logStreamNamePrefix !== undefined) throw invalid('logStreamNames and logStreamNamePrefix exclude each other.');
  if (startFromHead === false && Number(startTime) < newestFirstSince)
    throw invalid('startFromHead false is supported only when startTime is on or after Jan 1, 2024 00:00:00 UTC.');
  if (unmask === true) throw new AwsError('AccessDeniedException', 'Not authorized to perform logs:Unmask.');
  return { from: Number(startTime), until: endTime === undefined ? Number.POSITIVE_INFINITY : Number(endTime) };
}

function positionOf({ nextToken, startFromHead = true }: Json, group: LogGroup, now: number): Position {
  if (nextToken === undefined) return { fromHead: startFromHead === true, after: null, empty: group.emptyPages ?? 0, at: now };
  try {
    const read = JSON.parse(Buffer.from(String(nextToken), 'base64url').toString('utf8')) as Position;
    if (read.at > now - tokenMs) return read;
  } catch {
    // Falls through to the refusal.
  }
  throw invalid('The specified nextToken is invalid.');
}

/** Ids sort by timestamp, then by ingestion, then by the order in which they were put. */
function numbered(group: LogGroup): Numbered[] {
  const digits = (value: number, count: number): string => String(value).padStart(count, '0');
  return group.events.map((event, index) => ({
    ...event,
    id: `${digits(event.timestamp, 15)}${digits(event.ingestionTime, 15)}${digits(index, 8)}`,
  }));
}

interface Listing {
  readonly group: LogGroup;
  readonly events: readonly Numbered[];
  readonly position: Position;
  readonly limit: number;
}

function pageOf({ group, events, position, limit }: Listing): Json {
  const token = (more: Partial<Position>): string => Buffer.from(JSON.stringify({ ...position, ...more })).toString('base64url');
  if (position.empty > 0) return { events: [], searchedLogStreams: [], nextToken: token({ empty: position.empty - 1 }) };
  const start =
    position.after === null ? 0 : events.findIndex(({ id }) => id > (position.after ?? '') === position.fromHead && id !== position.after);
  const rest = start === -1 ? [] : events.slice(start, start + limit);
  const page = withinBytes(rest);
  const last = page.at(-1);
  const isEnd = last === undefined || last.id === events.at(-1)?.id;
  return {
    events: page.map(({ id, timestamp, ingestionTime, message }) => ({
      logStreamName: 'sandbox',
      timestamp,
      message: masked(message, group.masked ?? []),
      ingestionTime,
      eventId: id,
    })),
    searchedLogStreams: [],
    ...(isEnd ? {} : { nextToken: token({ after: last.id, empty: group.emptyPages ?? 0 }) }),
  };
}

/** As many from the front as a page holds, and one at least. */
function withinBytes(events: readonly Numbered[]): readonly Numbered[] {
  let bytes = 0;
  const end = events.findIndex(({ message }, index) => {
    bytes += Buffer.byteLength(message);
    return bytes > mostBytes && index > 0;
  });
  return end === -1 ? events : events.slice(0, end);
}

/** What a data protection policy covers comes as asterisks; the pattern has seen the original. */
function masked(message: string, fields: readonly string[]): string {
  if (fields.length === 0) return message;
  try {
    const line: unknown = JSON.parse(message);
    for (const field of fields) mask(line, field.split('.'));
    return JSON.stringify(line);
  } catch {
    return message;
  }
}

function mask(line: unknown, [step = '', ...rest]: readonly string[]): void {
  if (typeof line !== 'object' || line === null || !Object.hasOwn(line, step)) return;
  const holder = line as Json;
  if (rest.length > 0) mask(holder[step], rest);
  else if (holder[step] !== null) holder[step] = '*'.repeat(String(holder[step]).length);
}
