/**
 * What CloudWatch says it saw when an alarm changed its state: which periods, which values, and whether anything was counted at all. The
 * machine-readable reason comes first, then the sentence. Sources: "Alarm events and EventBridge" (CloudWatch user guide) for reasonData;
 * the sentence is not documented and was read off alarms of 2015 to 2026: `[7.0 (21/01/26 16:50:00)]` names starts of periods, day first, in
 * UTC, at most five, newest first.
 */
import { asList, asObject, asText, type Json, parseObject } from '../json.ts';
import type { AlarmRule, Comparison } from './rule.ts';

/**
 * Why the alarm changed. Only in `crossed` was something counted: `fell-below` is a value under a limit or a band, `missing-data` periods
 * without data, `created` an alarm that was just made, `set-by-hand` a SetAlarmState, `children` a composite alarm, `not-told` none of these.
 */
export type Cause = 'crossed' | 'fell-below' | 'missing-data' | 'created' | 'set-by-hand' | 'children' | 'not-told';

export interface Datapoint {
  readonly value: number;
  /** Start of its period, in milliseconds since the epoch; undefined: not told. */
  readonly at: number | undefined;
}

export interface Evaluation {
  readonly cause: Cause;
  /** Newest first. */
  readonly datapoints: readonly Datapoint[];
  /** False: there are more than these. */
  readonly areAll: boolean;
  /** ARNs of the children that made a composite alarm change. */
  readonly children: readonly string[];
  /** What a value was compared with, where the alarm's rule does not tell: events of EventBridge tell it in the reason alone. */
  readonly limit?: Limit;
}

interface Limit {
  readonly comparison: Comparison;
  readonly threshold: number;
}

export interface ToEvaluate {
  readonly state: string;
  readonly reason: string;
  /** reasonData or StateReasonData as JSON text. */
  readonly reasonData: string | undefined;
  /** When the state changed, in milliseconds since the epoch. */
  readonly at: number;
  readonly rule: AlarmRule | undefined;
  /** TriggeringChildren of a composite alarm's message. */
  readonly children: readonly string[];
}

/** Datapoints of alarms may be late by this much, beside the alarm's own periods; what is further off is not of this change. */
const farMs = 24 * 3_600_000;
const aheadMs = 10 * 60_000;

export function evaluationOf(told: ToEvaluate): Evaluation {
  const data = told.reasonData === undefined ? undefined : parseObject(told.reasonData);
  const fromData = data === undefined ? [] : datapointsOf(data);
  const fromText = datapointsIn(told.reason);
  const found = fromData.length > 0 ? fromData : fromText;
  const datapoints = found.map((one) => (one.at === undefined || fits(one.at, told) ? one : { ...one, at: undefined }));
  const children = [...new Set([...told.children, ...triggeringOf(data)])];
  const cause = causeOf(told, datapoints, children, data !== undefined);
  const evaluated = told.rule?.periods?.evaluated ?? 1;
  const areAll = fromData.length > 0 || fromText.length < 5 || evaluated <= 5;
  const limit = told.rule?.threshold === undefined || told.rule.comparison === undefined ? limitIn(told.reason, data) : undefined;
  return { cause, datapoints, areAll, children, ...(limit === undefined ? {} : { limit }) };
}

function limitIn(reason: string, data: Json | undefined): Limit | undefined {
  const [, side, orEqual, written] =
    /\b(?:was|were) (?:not )?(greater|less) than (or equal to )?the threshold \((-?[\d.]{1,40}(?:E-?\d{1,3})?)\)/.exec(reason) ?? [];
  if (side === undefined) return undefined;
  const threshold = typeof data?.threshold === 'number' ? data.threshold : Number(written);
  const comparison = `${side === 'greater' ? 'GreaterThan' : 'LessThan'}${orEqual === undefined ? '' : 'OrEqualTo'}Threshold` as const;
  return Number.isFinite(threshold) ? { comparison, threshold } : undefined;
}

/** A clock may lie: what does not lie near the change is not taken for its periods. */
function fits(at: number, { at: changed, rule }: ToEvaluate): boolean {
  const spanMs = (rule?.periods === undefined ? 300 : rule.periods.seconds * rule.periods.evaluated) * 1_000;
  return at <= changed + aheadMs && at >= changed - spanMs - farMs;
}

function datapointsOf(data: Json): Datapoint[] {
  const evaluated = asList(data.evaluatedDatapoints)
    .map(asObject)
    .flatMap(({ timestamp, value }) => (typeof value === 'number' ? [{ value, at: timeOf(timestamp) }] : []));
  return evaluated.toSorted((a, b) => (b.at ?? 0) - (a.at ?? 0));
}

function timeOf(value: unknown): number | undefined {
  const at = Date.parse(asText(value) ?? '');
  return Number.isNaN(at) ? undefined : at;
}

function triggeringOf(data: Json | undefined): string[] {
  return asList(data?.triggeringAlarms)
    .map(asObject)
    .flatMap(({ arn }) => asText(arn) ?? []);
}

const oneDatapoint = /(-?\d+(?:\.\d+)?(?:E-?\d+)?)(?: \((\d\d)\/(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d)\))?/g;

/** The values in the first brackets of a reason. */
function datapointsIn(reason: string): Datapoint[] {
  const list = /datapoints?(?: which crossed the threshold:)? \[([^\]]{1,500})\]/i.exec(reason)?.[1];
  if (list === undefined) return [];
  return [...list.matchAll(oneDatapoint)].map(([, value, day, month, year, hour, minute, second]) => ({
    value: Number(value),
    at: day === undefined ? undefined : Date.UTC(2000 + Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)),
  }));
}

/** What CloudWatch itself writes begins in one of these ways; anything else was written by whoever called SetAlarmState. */
const ownReasons =
  /^(Thresholds? Crossed: |Insufficient Data: |Unchecked: |arn:[^: ]+:cloudwatch:[^: ]*:\d*:alarm:.{1,255} (transitioned to|was created|was updated)|Alarm rule )/;

function causeOf(told: ToEvaluate, datapoints: readonly Datapoint[], children: readonly string[], hasData: boolean): Cause {
  const { reason, rule } = told;
  if (/^Unchecked: Initial alarm creation/.test(reason)) return 'created';
  if (rule?.expression?.of === 'composite' && (children.length > 0 || ownReasons.test(reason))) return 'children';
  if (!ownReasons.test(reason) && !hasData) return rule?.expression?.of === 'query' ? 'not-told' : 'set-by-hand';
  if (/missing datapoints? (was|were) treated as \[?Breaching/i.test(reason) && datapoints.length === 0) return 'missing-data';
  if (/^Thresholds? Crossed: no datapoints were received/i.test(reason)) return told.state === 'ALARM' ? 'missing-data' : 'not-told';
  if (fellBelow(told)) return 'fell-below';
  return /^Thresholds? Crossed/.test(reason) || datapoints.length > 0 ? 'crossed' : 'not-told';
}

function fellBelow(told: ToEvaluate): boolean {
  const { reason, rule } = told;
  if (rule?.comparison === 'LessThanThreshold' || rule?.comparison === 'LessThanOrEqualToThreshold' || rule?.comparison === 'LessThanLowerThreshold')
    return true;
  if (rule?.comparison === 'LessThanLowerOrGreaterThanUpperThreshold' || twoSided.test(reason)) {
    const values = bandedOf(told);
    return values.some(({ value, lower }) => value < lower) && !values.some(({ value, upper }) => value > upper);
  }
  return /\b(was|were) (not )?less than/.test(reason) && !/\bnot less than/.test(reason);
}

/** One sentence for both sides of a band: which of them it was, only the numbers tell. */
const twoSided = /less than the lower thresholds? \[([^\]]{1,500})\] or (?:not )?greater than the upper thresholds? \[([^\]]{1,500})\]/i;

interface Banded {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** The values with the limits of their periods, as far as both are told. */
function bandedOf({ reason, reasonData }: ToEvaluate): Banded[] {
  const { recentDatapoints, recentLowerThresholds, recentUpperThresholds } = parseObject(reasonData ?? '') ?? {};
  const fromData = banded(asList(recentDatapoints), asList(recentLowerThresholds), asList(recentUpperThresholds));
  if (fromData.length > 0) return fromData;
  const [lowers = [], uppers = []] = (twoSided.exec(reason) ?? []).slice(1).map((listed) => listed.split(',').map(Number));
  const values = datapointsIn(reason).map(({ value }) => value);
  return banded(values, lowers, uppers);
}

function banded(values: readonly unknown[], lowers: readonly unknown[], uppers: readonly unknown[]): Banded[] {
  return values.flatMap((value, index) => {
    const [lower, upper] = [lowers[index], uppers[index]];
    return typeof value === 'number' && typeof lower === 'number' && typeof upper === 'number' ? [{ value, lower, upper }] : [];
  });
}

/** The values that breach, of those that are told: all where the limit is a band, whose height at that time is not told. */
export function breachingOf({ datapoints, limit }: Evaluation, rule: AlarmRule | undefined): readonly Datapoint[] {
  const { comparison = limit?.comparison, threshold = limit?.threshold } = rule ?? {};
  if (threshold === undefined) return datapoints;
  const breaches: Partial<Record<NonNullable<typeof comparison>, (value: number) => boolean>> = {
    GreaterThanOrEqualToThreshold: (value) => value >= threshold,
    GreaterThanThreshold: (value) => value > threshold,
    LessThanOrEqualToThreshold: (value) => value <= threshold,
    LessThanThreshold: (value) => value < threshold,
  };
  const test = comparison === undefined ? undefined : breaches[comparison];
  return test === undefined ? datapoints : datapoints.filter(({ value }) => test(value));
}
