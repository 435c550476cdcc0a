/**
 * What an alarm measures and when it fires, in one shape for the three ways in which AWS writes it: the `Trigger` of an SNS message, the
 * `configuration` of an EventBridge event, and DescribeAlarms. Threshold and datapoints are per period, M of N.
 * Sources: PutMetricAlarm (CloudWatch API reference), "Alarm events and EventBridge" (CloudWatch user guide).
 */
import { asList, asObject, asText, type Json } from '../json.ts';

export const comparisons = {
  GreaterThanOrEqualToThreshold: '≥',
  GreaterThanThreshold: '>',
  LessThanOrEqualToThreshold: '≤',
  LessThanThreshold: '<',
  GreaterThanUpperThreshold: 'above the expected range',
  LessThanLowerThreshold: 'below the expected range',
  LessThanLowerOrGreaterThanUpperThreshold: 'outside the expected range',
} as const;
export type Comparison = keyof typeof comparisons;

/** One metric that goes into what an alarm compares. */
export interface MeasuredMetric {
  /** Its name in metric math; undefined where it is measured alone. */
  readonly id: string | undefined;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** The account it is in; undefined: the alarm's own. */
  readonly account: string | undefined;
  /** `Sum`, `SampleCount`, `Average`, `p99` …; undefined: not told. */
  readonly statistic: string | undefined;
}

export interface AlarmRule {
  readonly metrics: readonly MeasuredMetric[];
  /** The expression that is compared (metric math, SQL, SEARCH), or a composite alarm's rule, or a log alarm's query. */
  readonly expression: { readonly of: 'math' | 'composite' | 'query'; readonly text: string } | undefined;
  readonly comparison: Comparison | undefined;
  readonly threshold: number | undefined;
  /** The band of expected values that it is compared with, as AWS writes it. */
  readonly band: string | undefined;
  readonly unit: string | undefined;
  /** Length of a period in seconds, how many are looked at, and how many of them must breach; undefined: not told. */
  readonly periods: { readonly seconds: number; readonly evaluated: number; readonly needed: number } | undefined;
  readonly missingData: 'breaching' | 'notBreaching' | 'ignore' | 'missing' | undefined;
}

/** A key in the spelling of SNS and DescribeAlarms (`MetricName`), or of EventBridge (`metricName`). */
function at(body: Json, key: string): unknown {
  return body[key] ?? body[key.charAt(0).toLowerCase() + key.slice(1)];
}

/**
 * @param trigger an SNS message's Trigger, an EventBridge event's configuration, or an alarm of DescribeAlarms
 * @param whole where a composite alarm's or a log alarm's rule stands, when not in `trigger`
 */
export function ruleOf(trigger: Json, whole: Json = trigger): AlarmRule | undefined {
  const queries = asList(at(trigger, 'Metrics')).map(asObject);
  const single = metricFrom(trigger, at(trigger, 'Statistic') ?? at(trigger, 'ExtendedStatistic'), undefined);
  const metrics = single === undefined ? queries.flatMap(queriedMetric) : [single];
  const expression = expressionOf(queries, whole, asText(at(trigger, 'ThresholdMetricId')));
  if (metrics.length === 0 && expression === undefined) return undefined;
  const comparison = asText(at(trigger, 'ComparisonOperator'));
  const bandId = asText(at(trigger, 'ThresholdMetricId'));
  return {
    metrics,
    expression,
    comparison: comparison !== undefined && Object.hasOwn(comparisons, comparison) ? (comparison as Comparison) : undefined,
    threshold: numberIn(at(trigger, 'Threshold')),
    band: queries.flatMap((query) => (at(query, 'Id') === bandId ? (asText(at(query, 'Expression')) ?? []) : []))[0],
    unit:
      asText(at(trigger, 'Unit')) ?? queries.map((query) => asText(at(asObject(at(query, 'MetricStat')), 'Unit'))).find((unit) => unit !== undefined),
    periods: periodsOf(trigger, queries),
    missingData: missingDataOf(at(trigger, 'TreatMissingData')),
  };
}

function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function metricFrom(body: Json, statistic: unknown, id: string | undefined, account?: string): MeasuredMetric | undefined {
  const name = asText(at(body, 'MetricName')) ?? asText(body.name);
  const namespace = asText(at(body, 'Namespace'));
  if (name === undefined || namespace === undefined) return undefined;
  return { id, namespace, name, dimensions: dimensionsOf(at(body, 'Dimensions')), account, statistic: statisticOf(statistic) };
}

/** SNS writes `SUM` and `SAMPLE_COUNT`, everything else `Sum` and `SampleCount`. */
function statisticOf(value: unknown): string | undefined {
  const text = asText(value);
  const known = ['Sum', 'SampleCount', 'Average', 'Minimum', 'Maximum'].find((one) => one.toLowerCase() === text?.replaceAll('_', '').toLowerCase());
  return known ?? text;
}

function dimensionsOf(value: unknown): Record<string, string> {
  const listed = asList(value)
    .map(asObject)
    .flatMap((one) => {
      const name = asText(at(one, 'Name'));
      const of = asText(at(one, 'Value'));
      return name === undefined || of === undefined ? [] : [[name, of] as const];
    });
  const keyed = Object.entries(asObject(value)).flatMap(([name, of]) => (typeof of === 'string' ? [[name, of] as const] : []));
  return Object.fromEntries([...listed, ...keyed]);
}

function queriedMetric(query: Json): MeasuredMetric[] {
  const stat = asObject(at(query, 'MetricStat'));
  const metric = metricFrom(asObject(at(stat, 'Metric')), at(stat, 'Stat'), asText(at(query, 'Id')), asText(at(query, 'AccountId')));
  return metric === undefined ? [] : [metric];
}

/** The expression that is compared: the one that returns data, not the band it is compared with. */
function expressionOf(queries: readonly Json[], whole: Json, bandId: string | undefined): AlarmRule['expression'] {
  const composite = asText(at(whole, 'AlarmRule'));
  if (composite !== undefined) return { of: 'composite', text: composite };
  const written = queries.filter((query) => at(query, 'Id') !== bandId && asText(at(query, 'Expression')) !== undefined);
  const compared = written.find((query) => at(query, 'ReturnData') === true) ?? written.at(-1);
  if (compared !== undefined) return { of: 'math', text: asText(at(compared, 'Expression')) ?? '' };
  const query = asText(at(whole, 'QueryString')) ?? asText(asObject(at(whole, 'ScheduledQueryConfiguration')).QueryString);
  return query === undefined ? undefined : { of: 'query', text: query };
}

function periodsOf(trigger: Json, queries: readonly Json[]): AlarmRule['periods'] {
  const inner = queries.map((query) => numberIn(at(asObject(at(query, 'MetricStat')), 'Period')) ?? numberIn(at(query, 'Period')));
  const seconds = numberIn(at(trigger, 'Period')) ?? inner.find((one) => one !== undefined);
  if (seconds === undefined) return undefined;
  const evaluated = numberIn(at(trigger, 'EvaluationPeriods')) ?? 1;
  return { seconds, evaluated, needed: numberIn(at(trigger, 'DatapointsToAlarm')) ?? evaluated };
}

/** Older messages write `- TreatMissingData:                    missing`, or nothing. */
function missingDataOf(value: unknown): AlarmRule['missingData'] {
  const text = asText(value)?.replace(/^.*TreatMissingData:\s*/i, '') ?? '';
  const known = { breaching: 'breaching', notbreaching: 'notBreaching', nonbreaching: 'notBreaching', ignore: 'ignore', missing: 'missing' } as const;
  return known[text.toLowerCase() as keyof typeof known];
}

/** `5 min`, `90 s`, `1 h`: a period, in words. @param seconds its length */
export function periodWords(seconds: number): string {
  if (seconds % 3_600 === 0) return `${seconds / 3_600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

/** How many periods must breach, in words; empty where it is one of one. */
function periodsNeeded({ evaluated, needed }: NonNullable<AlarmRule['periods']>): string {
  if (evaluated === 1) return '';
  return needed === evaluated ? `in each of ${evaluated} periods` : `in ${needed} of ${evaluated} periods`;
}

/** The whole rule as one line for people: `Sum of Failures (Namespace) ≥ 5 in 5 min, in 2 of 3 periods`. */
export function ruleWords(rule: AlarmRule): string {
  const { comparison, threshold, periods, unit, band } = rule;
  const isBand = comparison !== undefined && /Upper|Lower/.test(comparison);
  const limit = isBand ? `${comparisons[comparison]}${band === undefined ? '' : ` ${band}`}` : limitWords(comparison, threshold, unit);
  const often = periods === undefined ? '' : periodsNeeded(periods);
  const of = periods === undefined ? '' : ` in ${periodWords(periods.seconds)}${often === '' ? '' : `, ${often}`}`;
  return [`${measuredWords(rule)}${limit === '' ? '' : ` ${limit}`}${of}`, missingWords(rule)].filter((part) => part !== '').join('; ');
}

function limitWords(comparison: Comparison | undefined, threshold: number | undefined, unit: string | undefined): string {
  if (threshold === undefined) return '';
  return `${comparison === undefined ? 'against' : comparisons[comparison]} ${threshold}${unit === undefined || unit === 'None' || unit === 'Count' ? '' : ` ${unit}`}`;
}

/** What is measured, without the limit. */
export function measuredWords({ metrics, expression }: AlarmRule): string {
  const named = metrics
    .map((metric) => `${metric.id === undefined || expression?.of !== 'math' ? '' : `${metric.id}: `}${metricWords(metric)}`)
    .join(', ');
  if (expression === undefined) return named;
  return named === '' ? expression.text : `${expression.text} (${named})`;
}

function metricWords({ statistic, name, namespace, dimensions, account }: MeasuredMetric): string {
  const where = Object.entries(dimensions).map(([key, value]) => `${key} ${value}`);
  const extra = [namespace, ...where, ...(account === undefined ? [] : [`account ${account}`])].join(', ');
  return `${statistic === undefined ? '' : `${statistic} of `}${name} (${extra})`;
}

function missingWords({ missingData }: AlarmRule): string {
  return missingData === 'breaching' ? 'missing data counts as breaching' : '';
}
