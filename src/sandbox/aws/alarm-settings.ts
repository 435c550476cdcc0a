/** What an alarm is set to, with the defaults filled in: the state holds only what differs. */
import type { Alarm, MetricQuery } from './shapes.ts';

export interface AlarmSettings {
  readonly statistic: string;
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  /** M of "M of N". */
  readonly datapointsToAlarm: number;
  readonly comparisonOperator: string;
  readonly treatMissingData: string;
}

export function settingsOf(alarm: Alarm): AlarmSettings {
  const evaluationPeriods = alarm.evaluationPeriods ?? 1;
  const first = alarm.metrics?.find(({ MetricStat }) => MetricStat)?.MetricStat;
  return {
    statistic: alarm.extendedStatistic ?? alarm.statistic ?? first?.Stat ?? 'Sum',
    periodSeconds: alarm.period ?? first?.Period ?? alarm.metrics?.find(({ Period }) => Period)?.Period ?? 300,
    evaluationPeriods,
    datapointsToAlarm: alarm.datapointsToAlarm ?? evaluationPeriods,
    comparisonOperator: alarm.comparisonOperator ?? 'GreaterThanOrEqualToThreshold',
    treatMissingData: alarm.treatMissingData ?? 'notBreaching',
  };
}

/** The metrics that an alarm reads, each a query; expressions are left out. */
export function queriesOf(alarm: Alarm): readonly MetricQuery[] {
  if (alarm.metrics) return alarm.metrics.filter(({ MetricStat }) => MetricStat);
  if (alarm.type !== 'metric') return [];
  const { metricName: MetricName, namespace: Namespace, dimensions } = alarm;
  const { periodSeconds: Period, statistic: Stat } = settingsOf(alarm);
  const Metric = { Namespace, MetricName, ...(dimensions ? { Dimensions: dimensions } : {}) };
  return [{ Id: 'm1', MetricStat: { Metric, Period, Stat, ...(alarm.unit ? { Unit: alarm.unit } : {}) }, ReturnData: true }];
}

/** Names or ARNs of the alarms that a composite alarm's rule speaks of. */
export function childrenOf({ alarmRule }: Alarm): readonly string[] {
  return [...(alarmRule ?? '').matchAll(/\b(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*(?:"([^"]*)"|([^)\s]*))\s*\)/g)].map(
    ([, quoted, bare]) => quoted ?? bare ?? '',
  );
}

export function isNamed(alarm: Alarm, nameOrArn: string): boolean {
  return alarm.name === nameOrArn || alarm.arn === nameOrArn;
}
