/** The metric behind an alarm: what the metric filters count in the log groups, by the alarm's periods. Source: "Creating metrics from log events using filters". */

import { queriesOf, settingsOf } from './alarm-settings.ts';
import { readPattern } from './filter-pattern.ts';
import { logGroupsOf } from './log-groups.ts';
import type { Alarm, LogEvent, MetricFilter, MetricQuery, MetricTransformation } from './shapes.ts';
import type { AwsState } from './state.ts';

export interface Datapoint {
  /** Start of its period, in milliseconds. */
  readonly at: number;
  readonly sampleCount: number;
  /** Undefined: no data. */
  readonly value: number | undefined;
}

const minuteMs = 60_000;

/** The periods that an evaluation now looks at, newest first: the last one ends at the last whole minute. Metric math adds its metrics up. */
export function datapointsOf(state: AwsState, account: string, alarm: Alarm): Datapoint[] {
  const { periodSeconds, evaluationPeriods } = settingsOf(alarm);
  const periodMs = periodSeconds * 1_000;
  const end = Math.floor(state.clock.now() / minuteMs) * minuteMs;
  return Array.from({ length: evaluationPeriods }, (_, index) => {
    const at = end - (index + 1) * periodMs;
    const values = queriesOf(alarm).flatMap((query) =>
      statisticsOf(samplesOf(state, { account, region: alarm.region }, { query, from: at, until: at + periodMs }), query),
    );
    const counts = values.map(({ sampleCount }) => sampleCount);
    const known = values.flatMap(({ value }) => value ?? []);
    return { at, sampleCount: sum(counts), value: known.length === 0 ? undefined : sum(known) };
  });
}

interface Period {
  readonly query: MetricQuery;
  readonly from: number;
  /** Not belonging to it. */
  readonly until: number;
}

function samplesOf(state: AwsState, place: { account: string; region: string }, { query, from, until }: Period): number[] {
  const account = query.AccountId ?? place.account;
  const now = state.clock.now();
  return (state.accounts[account]?.filters ?? [])
    .filter(({ region }) => region === place.region)
    .flatMap((filter) => {
      const transformation = feeding(filter, query);
      if (transformation === undefined) return [];
      const events = logGroupsOf(state, account, place.region).find(({ group }) => group === filter.logGroupName)?.events ?? [];
      const inPeriod = events.filter(({ timestamp, ingestionTime }) => ingestionTime <= now && timestamp >= from && timestamp < until);
      return countedOf(filter, transformation, inPeriod.filter(fitting(transformation, query)));
    });
}

function feeding(filter: MetricFilter, { MetricStat }: MetricQuery): MetricTransformation | undefined {
  return (filter.metricTransformations ?? [filter]).find(
    ({ metricName, metricNamespace }) => metricName === MetricStat?.Metric.MetricName && metricNamespace === MetricStat.Metric.Namespace,
  );
}

/** An alarm on one value of a dimension counts only the lines that have it. */
function fitting({ dimensions = {} }: MetricTransformation, { MetricStat }: MetricQuery): (event: LogEvent) => boolean {
  const wanted = MetricStat?.Metric.Dimensions ?? [];
  return ({ message }) => wanted.every(({ Name, Value }) => dimensions[Name] !== undefined && fieldOf(dimensions[Name], message) === Value);
}

function fieldOf(selector: string, message: string): string | undefined {
  return readPattern(`{ ${selector} = * }`).extract(message)[selector];
}

function countedOf(
  { filterPattern }: MetricFilter,
  { metricValue = '1', defaultValue }: MetricTransformation,
  events: readonly LogEvent[],
): number[] {
  const pattern = readPattern(filterPattern);
  const matching = events.filter(({ message }) => pattern.matches(message));
  if (matching.length === 0) return defaultValue === undefined || events.length === 0 ? [] : [defaultValue];
  return matching.map(({ message }) => Number(metricValue.startsWith('$') ? fieldOf(metricValue, message) : metricValue)).filter(Number.isFinite);
}

function statisticsOf(samples: readonly number[], { MetricStat }: MetricQuery): { sampleCount: number; value: number | undefined }[] {
  if (samples.length === 0) return [];
  const values: Record<string, number> = {
    SampleCount: samples.length,
    Average: sum(samples) / samples.length,
    Maximum: Math.max(...samples),
    Minimum: Math.min(...samples),
  };
  return [{ sampleCount: samples.length, value: values[MetricStat?.Stat ?? 'Sum'] ?? sum(samples) }];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
