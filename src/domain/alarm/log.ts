/**
 * The log behind an alarm: an alarm names nobody, but what it counted can be read again with the pattern that counted it.
 * Sources: FilterLogEvents and DescribeMetricFilters (CloudWatch Logs API reference), "Creating metrics from log events using filters".
 */
import { asObject, asText, type Json, lookUp, parseObject } from '../json.ts';
import type { Evaluation } from './evaluation.ts';
import type { AlarmRule, MeasuredMetric } from './rule.ts';

/** A metric filter that feeds a metric. */
export interface MetricFilter {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly group: string;
  readonly pattern: string;
  /** What it adds for a line: a number, or a selector such as `$.size`. */
  readonly value: string;
  readonly defaultValue: number | undefined;
  /** Selectors by the name of the dimension. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** It counts transformed lines, which nobody can read back. */
  readonly isTransformed: boolean;
  /** It leaves out lines by fields that the lines do not hold. */
  readonly isSelective: boolean;
}

/** One line of a log group. Times are milliseconds since the epoch. */
export interface LogLine {
  readonly at: number;
  readonly ingestedAt: number;
  readonly message: string;
}

/** When what was counted happened. Both ends are within it. */
export interface Window {
  readonly from: number;
  readonly until: number;
  /** False: CloudWatch named no periods, so it is from the time of the change. */
  readonly isExact: boolean;
}

/** Why nobody was counted, though the alarm changed. */
export type NobodyCounted = 'set-by-hand' | 'missing-data' | 'fell-below' | 'created';

/** Why a log that may name somebody was not read, or not to its end. */
export type NotRead =
  | 'transformed'
  | 'masked'
  | 'expression'
  | 'no-filter'
  | 'log-class'
  | 'no-such-group'
  | 'denied'
  | 'throttled'
  | 'unavailable'
  | 'refused'
  | 'too-large'
  | 'not-configured'
  | 'not-known';

export function nobodyCounted({ cause }: Evaluation): NobodyCounted | undefined {
  return cause === 'set-by-hand' || cause === 'missing-data' || cause === 'fell-below' || cause === 'created' ? cause : undefined;
}

/** How long after a period's end CloudWatch may evaluate it, where it names no periods. */
const lateMs = 5 * 60_000;
const defaultPeriodMs = 300_000;

/**
 * The periods that the alarm evaluated.
 * @param firedAt when the alarm changed, in milliseconds since the epoch
 * @param margin by how many periods more, at each end: for a log whose times are off
 */
export function windowOf(evaluation: Evaluation, rule: AlarmRule | undefined, { firedAt, margin }: { firedAt: number; margin: number }): Window {
  const periodMs = rule?.periods === undefined ? defaultPeriodMs : rule.periods.seconds * 1_000;
  const starts = evaluation.datapoints.flatMap(({ at }) => at ?? []);
  if (starts.length > 0 && starts.length === evaluation.datapoints.length)
    return { from: Math.min(...starts) - margin * periodMs, until: Math.max(...starts) + periodMs - 1 + margin * periodMs, isExact: margin === 0 };
  const span = periodMs * (rule?.periods?.evaluated ?? 1);
  return { from: firedAt - span - lateMs - margin * periodMs, until: firedAt + margin * periodMs, isExact: false };
}

/** Whether a line is of a period that the alarm names: between two that breached lies what it did not count. Takes what `windowOf` takes. */
export function isInPeriods(at: number, evaluation: Evaluation, { rule, margin }: { rule: AlarmRule | undefined; margin: number }): boolean {
  const periodMs = rule?.periods === undefined ? defaultPeriodMs : rule.periods.seconds * 1_000;
  const { datapoints } = evaluation;
  const isTold = datapoints.length > 0 && datapoints.every((one) => one.at !== undefined);
  return !isTold || datapoints.some(({ at: start = 0 }) => at >= start - margin * periodMs && at < start + (1 + margin) * periodMs);
}

/**
 * How many lines the alarm counted in the periods it names; undefined where its metric is no plain count: something else than a sum of a
 * constant value, or a number of samples to which nothing is added by default.
 */
export function expectedCount(evaluation: Evaluation, rule: AlarmRule | undefined, filters: readonly MetricFilter[]): number | undefined {
  const [metric, another] = rule?.metrics ?? [];
  const value = constantValue(filters);
  if (metric === undefined || another !== undefined || rule?.expression !== undefined || evaluation.datapoints.length === 0) return undefined;
  if (filters.some(({ isSelective }) => isSelective)) return undefined;
  const total = evaluation.datapoints.reduce((sum, datapoint) => sum + datapoint.value, 0);
  const hasDefault = filters.some(({ defaultValue }) => defaultValue !== undefined);
  if (metric.statistic === 'SampleCount') return hasDefault ? undefined : total;
  const isPlain = metric.statistic === 'Sum' && value !== undefined && filters.every(({ defaultValue = 0 }) => defaultValue === 0);
  const count = isPlain ? total / value : undefined;
  return count !== undefined && Number.isInteger(count) ? count : undefined;
}

function constantValue(filters: readonly MetricFilter[]): number | undefined {
  const [first] = filters;
  const value = Number(first?.value);
  return first !== undefined && value > 0 && filters.every((filter) => Number(filter.value) === value) ? value : undefined;
}

/** The filters that feed the very time series that an alarm looks at: its dimensions are those that the filter spreads by. */
export function feeding(filters: readonly MetricFilter[], metric: MeasuredMetric): MetricFilter[] {
  const wanted = Object.keys(metric.dimensions).filter((name) => !name.startsWith('@'));
  return filters.filter(({ dimensions }) => {
    const spread = Object.keys(dimensions);
    return spread.length === wanted.length && wanted.every((name) => spread.includes(name));
  });
}

/** Whether a record is of the time series that an alarm looks at. */
export function isOfSeries(record: Json, filter: MetricFilter, metric: MeasuredMetric): boolean {
  return Object.entries(filter.dimensions).every(([name, selector]) => String(valueAt(record, selector)) === lookUp(metric.dimensions, name));
}

function valueAt(record: Json, selector: string): unknown {
  const keys = selector.replace(/^\$\./, '').split('.');
  const last = keys.pop() ?? '';
  const value = lookUp(
    keys.reduce<Json>((inner, key) => asObject(lookUp(inner, key)), record),
    last,
  );
  return typeof value === 'object' ? undefined : value;
}

/** The CloudTrail record that a line holds; undefined: the line is something else. */
export function recordIn(line: string): Json | undefined {
  const record = parseObject(line);
  const isRecord = record !== undefined && asText(record.eventName) !== undefined && typeof record.userIdentity === 'object';
  return isRecord ? record : undefined;
}

/** Whether a data protection policy has put asterisks into who it was: then nobody is named by what is left. */
export function isMasked(record: Json): boolean {
  return Object.values(asObject(record.userIdentity)).some(hasAsterisks) || hasAsterisks(record.sourceIPAddress);
}

function hasAsterisks(value: unknown): boolean {
  if (typeof value === 'string') return /^\*{3,}$/.test(value) || /\*{4,}/.test(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasAsterisks);
}

/** Expressions that read metrics by search or query, or no metric at all: which filters feed them is not known. */
export function isOpaque(rule: AlarmRule): boolean {
  return (
    rule.expression?.of === 'math' &&
    (/^\s*SELECT\b/i.test(rule.expression.text) || /\b(SEARCH|INSIGHT_RULE_METRIC)\s*\(/i.test(rule.expression.text))
  );
}

/** How much of what was counted was found. */
export type Extent =
  | { readonly is: 'all'; readonly of: number; readonly later: number }
  | { readonly is: 'so-far'; readonly found: number; readonly of: number }
  /** More lines fit than were counted, and not because they came later. */
  | { readonly is: 'more'; readonly found: number; readonly of: number }
  /** The metric is no plain count. */
  | { readonly is: 'found'; readonly found: number };

/**
 * @param lines what matched in the periods
 * @param expected what the alarm counted, where that is known
 * @param firedAt when the alarm changed: lines that were ingested after it came later
 */
export function extentOf(lines: readonly LogLine[], expected: number | undefined, firedAt: number): Extent {
  const found = lines.length;
  if (expected === undefined) return { is: 'found', found };
  if (found < expected) return { is: 'so-far', found, of: expected };
  const late = lines.filter(({ ingestedAt }) => ingestedAt > firedAt).length;
  const later = found - expected;
  return later <= late ? { is: 'all', of: expected, later } : { is: 'more', found, of: expected };
}

/** FilterLogEvents may be called so often per second in a region; the responder leaves half of it to others. Source: CloudWatch Logs quotas. */
export function callsPerSecond(region: string): number {
  if (region === 'us-east-1') return 25;
  return ['ap-northeast-3', 'ap-southeast-3', 'ca-west-1', 'eu-central-1', 'il-central-1'].includes(region) ? 5 : 10;
}

/** How the last question about an alarm's log ended. */
export type LogMemory = 'read' | 'slow' | 'refused' | 'nothing';
