/**
 * Why an alarm is in its state, in CloudWatch's words and as StateReasonData. Sources: "Alarm events and EventBridge" and "Configuring how
 * alarms treat missing data" (CloudWatch user guide); the sentences are those of alarms as people have published them.
 */
import { type Datapoint, datapointsOf } from './alarm-datapoints.ts';
import { childrenOf, isNamed, settingsOf } from './alarm-settings.ts';
import type { Alarm, AlarmState } from './shapes.ts';
import type { AwsState } from './state.ts';

export interface Why {
  readonly reason: string;
  /** JSON text. */
  readonly data?: string;
}

/** As many datapoints a sentence names. */
const mostNamed = 5;

/** What an evaluation now says of that state: from what the log groups hold or, where that does not lead there, from made-up values. */
export function whyOf(state: AwsState, account: string, alarm: Alarm, to: AlarmState): Why {
  if (alarm.type === 'composite') return whyComposite(state, account, alarm, to);
  const now = state.clock.now();
  const found = datapointsOf(state, account, alarm);
  if (to === 'INSUFFICIENT_DATA') {
    const reason = `Insufficient Data: ${plural(found.length, 'datapoint')} ${were(found.length)} unknown.`;
    return { reason, data: dataOf(alarm, found.map(withoutValue), now) };
  }
  const { treatMissingData } = settingsOf(alarm);
  const isEmpty = found.every(({ value }) => value === undefined);
  if (isEmpty && treatMissingData === (to === 'ALARM' ? 'breaching' : 'notBreaching')) {
    const missing = `${plural(found.length, 'missing datapoint')} ${were(found.length)} treated as [${to === 'ALARM' ? 'Breaching' : 'NonBreaching'}]`;
    return {
      reason: `Threshold Crossed: no datapoints were received for ${plural(found.length, 'period')} and ${missing}.`,
      data: dataOf(alarm, found, now),
    };
  }
  const leading = leadingTo(alarm, found, to);
  return { reason: crossed(alarm, leading, to), data: dataOf(alarm, leading, now) };
}

/** Whether what the log groups hold now puts the alarm into ALARM. */
export function isBreaching(state: AwsState, account: string, alarm: Alarm): boolean {
  return alarm.type === 'metric' && breachingOf(alarm, datapointsOf(state, account, alarm)) >= settingsOf(alarm).datapointsToAlarm;
}

function breachingOf(alarm: Alarm, datapoints: readonly Datapoint[]): number {
  return datapoints.filter(({ value }) => breaches(alarm, value)).length;
}

/** The datapoints where they lead to that state; else as many made up as the alarm asks for. */
function leadingTo(alarm: Alarm, found: readonly Datapoint[], to: AlarmState): readonly Datapoint[] {
  const { datapointsToAlarm, comparisonOperator } = settingsOf(alarm);
  const hasData = found.some(({ value }) => value !== undefined);
  const breaching = breachingOf(alarm, found);
  if (to === 'ALARM' ? breaching >= datapointsToAlarm : hasData && breaching < datapointsToAlarm) return found;
  const isLow = comparisonOperator.startsWith('LessThan');
  const limit = alarm.band ? (isLow ? alarm.band.lower : alarm.band.upper) : alarm.threshold;
  const beyond = isLow ? limit - 1 : limit + 2;
  const within = isLow ? limit + 1 : Math.min(0, limit - 1);
  const value = to === 'ALARM' ? beyond : within;
  return found.map((one, index) => (index < datapointsToAlarm ? { ...one, value, sampleCount: Math.max(1, Math.abs(value)) } : one));
}

function breaches(alarm: Alarm, value: number | undefined): boolean {
  if (value === undefined) return false;
  const { lower, upper } = alarm.band ?? { lower: alarm.threshold, upper: alarm.threshold };
  const tests: Record<string, boolean> = {
    GreaterThanOrEqualToThreshold: value >= alarm.threshold,
    GreaterThanThreshold: value > alarm.threshold,
    LessThanOrEqualToThreshold: value <= alarm.threshold,
    LessThanThreshold: value < alarm.threshold,
    GreaterThanUpperThreshold: value > upper,
    LessThanLowerThreshold: value < lower,
    LessThanLowerOrGreaterThanUpperThreshold: value < lower || value > upper,
  };
  return tests[settingsOf(alarm).comparisonOperator] ?? false;
}

function crossed(alarm: Alarm, datapoints: readonly Datapoint[], to: AlarmState): string {
  const { datapointsToAlarm, evaluationPeriods } = settingsOf(alarm);
  const meant = datapoints.filter(({ value }) => value !== undefined && breaches(alarm, value) === (to === 'ALARM'));
  const named = meant.slice(0, mostNamed).map(({ value, at }) => `${decimal(value ?? 0)} (${dayFirst(at)})`);
  const change = to === 'ALARM' ? 'OK -> ALARM' : 'ALARM -> OK';
  const least = to === 'ALARM' ? datapointsToAlarm : evaluationPeriods - datapointsToAlarm + 1;
  return [
    `Threshold${alarm.thresholdMetricId ? 's' : ''} Crossed: ${meant.length} out of the last ${evaluationPeriods} datapoints [${named.join(', ')}]`,
    `${were(meant.length)} ${limitWords(alarm, to === 'ALARM' ? '' : 'not ')} (minimum ${plural(least, 'datapoint')} for ${change} transition).`,
  ].join(' ');
}

function limitWords(alarm: Alarm, not: string): string {
  const threshold = `the threshold (${decimal(alarm.threshold)})`;
  const { lower, upper } = alarm.band ?? { lower: 0, upper: 0 };
  const [below, above] = [`${not}less than the lower thresholds [${lower}]`, `${not}greater than the upper thresholds [${upper}]`];
  const words: Record<string, string> = {
    GreaterThanThreshold: `${not}greater than ${threshold}`,
    LessThanThreshold: `${not}less than ${threshold}`,
    LessThanOrEqualToThreshold: `${not}less than or equal to ${threshold}`,
    GreaterThanUpperThreshold: above,
    LessThanLowerThreshold: below,
    LessThanLowerOrGreaterThanUpperThreshold: `${below} or ${above}`,
  };
  return words[settingsOf(alarm).comparisonOperator] ?? `${not}greater than or equal to ${threshold}`;
}

function dataOf(alarm: Alarm, datapoints: readonly Datapoint[], now: number): string {
  const { statistic, periodSeconds } = settingsOf(alarm);
  const known = datapoints.filter(({ value }) => value !== undefined).toReversed();
  const [oldest] = known;
  return JSON.stringify({
    version: '1.0',
    queryDate: stamp(now),
    ...(oldest ? { startDate: stamp(oldest.at) } : {}),
    ...(alarm.unit ? { unit: alarm.unit } : {}),
    ...(alarm.metrics ? {} : { statistic }),
    period: periodSeconds,
    recentDatapoints: known.map(({ value }) => value),
    ...(alarm.band
      ? { recentLowerThresholds: known.map(() => alarm.band?.lower), recentUpperThresholds: known.map(() => alarm.band?.upper) }
      : { threshold: alarm.threshold }),
    evaluatedDatapoints: datapoints.map(({ at, sampleCount, value }) =>
      value === undefined ? { timestamp: stamp(at) } : { timestamp: stamp(at), sampleCount, value },
    ),
  });
}

/** A composite alarm says which child changed last, of those that its rule speaks of. */
function whyComposite(state: AwsState, account: string, alarm: Alarm, to: AlarmState): Why {
  const all = Object.values(state.accounts[account]?.alarms ?? {}).filter(({ region }) => region === alarm.region);
  const children = childrenOf(alarm).flatMap((child) => all.find((one) => isNamed(one, child)) ?? []);
  const triggering = children.filter((child) => child.state === to).toSorted((a, b) => b.since - a.since);
  const [last] = triggering;
  if (last === undefined) return { reason: `${alarm.arn} was created and its alarm rule evaluates to ${to}` };
  const triggeringAlarms = triggering.map((child) => ({ arn: child.arn, state: { value: child.state, timestamp: stamp(child.since) } }));
  return { reason: `${last.arn} transitioned to ${to} at ${longDate(last.since)}`, data: JSON.stringify({ triggeringAlarms }) };
}

function withoutValue({ at }: Datapoint): Datapoint {
  return { at, sampleCount: 0, value: undefined };
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function were(count: number): string {
  return count === 1 ? 'was' : 'were';
}

function decimal(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** `21/01/26 16:50:00`, UTC. */
function dayFirst(at: number): string {
  const [date = '', time = ''] = new Date(at).toISOString().split('T');
  return `${date.slice(8)}/${date.slice(5, 7)}/${date.slice(2, 4)} ${time.slice(0, 8)}`;
}

/** `Friday 22 July, 2022 15:57:45 UTC` */
function longDate(at: number): string {
  const part = (options: Intl.DateTimeFormatOptions): string => new Date(at).toLocaleString('en-US', { ...options, timeZone: 'UTC' });
  const day = `${part({ weekday: 'long' })} ${part({ day: '2-digit' })} ${part({ month: 'long' })}, ${part({ year: 'numeric' })}`;
  return `${day} ${new Date(at).toISOString().slice(11, 19)} UTC`;
}

/** As CloudWatch writes times in JSON: `2026-01-21T16:55:46.266+0000`. */
export function stamp(at: number): string {
  return new Date(at).toISOString().replace('Z', '+0000');
}
