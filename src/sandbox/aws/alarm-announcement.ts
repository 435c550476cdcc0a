/** What an alarm's change tells others: the text to SNS, and the event to EventBridge. Sources: "Alarm events and EventBridge"; SNS texts as people have published them. */
import { randomUUID } from 'node:crypto';
import { stamp } from './alarm-evaluation.ts';
import { queriesOf, settingsOf } from './alarm-settings.ts';
import type { Json } from './operation.ts';
import type { Alarm, MetricQuery, MuteRule, StateTold } from './shapes.ts';

const regionNames: Record<string, string> = {
  'ap-southeast-2': 'Asia Pacific (Sydney)',
  'cn-north-1': 'China (Beijing)',
  'cn-northwest-1': 'China (Ningxia)',
  'eu-central-1': 'EU (Frankfurt)',
  'eu-north-1': 'EU (Stockholm)',
  'eu-west-1': 'EU (Ireland)',
  'us-east-1': 'US East (N. Virginia)',
  'us-east-2': 'US East (Ohio)',
  'us-gov-east-1': 'AWS GovCloud (US-East)',
  'us-gov-west-1': 'AWS GovCloud (US-West)',
  'us-west-2': 'US West (Oregon)',
};

function regionName(region: string): string {
  return regionNames[region] ?? region;
}

export function subjectOf(alarm: Alarm): string {
  return `${alarm.state}: "${alarm.name}" in ${regionName(alarm.region)}`;
}

/** The text that CloudWatch publishes to SNS. What it is for a log alarm is not documented. */
export function alarmText(account: string, alarm: Alarm, before: StateTold): Json {
  const common = {
    AlarmName: alarm.name,
    AlarmDescription: alarm.description,
    AWSAccountId: account,
    AlarmConfigurationUpdatedTimestamp: '2026-01-10T09:00:00.000+0000',
    NewStateValue: alarm.state,
    NewStateReason: alarm.reason,
    StateChangeTime: stamp(alarm.since),
    Region: regionName(alarm.region),
    AlarmArn: alarm.arn,
    OldStateValue: before.value,
    OKActions: alarm.okActions,
    AlarmActions: alarm.alarmActions,
    InsufficientDataActions: alarm.insufficientDataActions ?? [],
  };
  if (alarm.type === 'composite') return { ...common, AlarmRule: alarm.alarmRule, TriggeringChildren: triggeringChildren(alarm) };
  if (alarm.query) return { ...common, LogGroups: alarm.query.logGroups, QueryString: alarm.query.text };
  return { ...common, Trigger: triggerOf(alarm) };
}

function triggeringChildren({ reasonData }: Alarm): Json[] {
  const { triggeringAlarms = [] } = JSON.parse(reasonData ?? '{}') as {
    triggeringAlarms?: { arn: string; state: { value: string; timestamp: string } }[];
  };
  return triggeringAlarms.map(({ arn, state }) => ({ Arn: arn, State: { Value: state.value, Timestamp: state.timestamp } }));
}

function triggerOf(alarm: Alarm): Json {
  const { statistic, periodSeconds, evaluationPeriods, datapointsToAlarm, comparisonOperator, treatMissingData } = settingsOf(alarm);
  const common = {
    EvaluationPeriods: evaluationPeriods,
    DatapointsToAlarm: datapointsToAlarm,
    ComparisonOperator: comparisonOperator,
    ...(alarm.thresholdMetricId ? { ThresholdMetricId: alarm.thresholdMetricId } : { Threshold: alarm.threshold }),
    TreatMissingData: treatMissingData,
    EvaluateLowSampleCountPercentile: '',
  };
  if (alarm.metrics) return { Period: periodSeconds, ...common, Metrics: alarm.metrics.map(queryInText) };
  return {
    MetricName: alarm.metricName,
    Namespace: alarm.namespace,
    ...(alarm.extendedStatistic
      ? { StatisticType: 'ExtendedStatistic', ExtendedStatistic: alarm.extendedStatistic }
      : { StatisticType: 'Statistic', Statistic: statistic.toUpperCase() }),
    Unit: alarm.unit ?? null,
    Dimensions: (alarm.dimensions ?? []).map(lowerDimension),
    Period: periodSeconds,
    ...common,
  };
}

function lowerDimension({ Name, Value }: { Name: string; Value: string }): Json {
  return { value: Value, name: Name };
}

function queryInText({ MetricStat, ...rest }: MetricQuery): Json {
  if (MetricStat === undefined) return rest;
  const { Dimensions = [], ...metric } = MetricStat.Metric;
  return { ...rest, MetricStat: { ...MetricStat, Metric: { ...metric, Dimensions: Dimensions.map(lowerDimension) } } };
}

/** The event “CloudWatch Alarm State Change”. */
export function alarmEvent(account: string, alarm: Alarm, before: StateTold & { at: number }, mute: MuteRule | undefined): Json {
  const { value, reason, data } = before;
  const suppressed = alarm.actionsSuppressedBy
    ? {
        actionsSuppressedBy: alarm.actionsSuppressedBy,
        actionsSuppressedReason: alarm.actionsSuppressedReason ?? `Actions suppressed by ${alarm.actionsSuppressedBy}`,
      }
    : {};
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account,
    time: new Date(alarm.since).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: alarm.region,
    resources: [alarm.arn],
    detail: {
      alarmName: alarm.name,
      state: {
        value: alarm.state,
        reason: alarm.reason,
        ...(alarm.reasonData ? { reasonData: alarm.reasonData } : {}),
        timestamp: stamp(alarm.since),
        ...suppressed,
      },
      previousState: { value, reason, ...(data ? { reasonData: data } : {}), timestamp: stamp(before.at) },
      configuration: configurationOf(alarm),
      ...(mute ? { muteDetail: muteDetail(mute, alarm) } : {}),
    },
  };
}

function configurationOf(alarm: Alarm): Json {
  const description = alarm.description === null ? {} : { description: alarm.description };
  if (alarm.type === 'composite')
    return { ...description, alarmRule: alarm.alarmRule, ...(alarm.actionsSuppressor ? { actionsSuppressor: alarm.actionsSuppressor } : {}) };
  const queries = alarm.metrics ?? queriesOf(alarm);
  return {
    ...description,
    metrics: queries.map(({ Id, MetricStat, Expression, Label, ReturnData = true, AccountId }) => ({
      id: Id,
      ...(Expression ? { expression: Expression } : {}),
      ...(MetricStat ? { metricStat: metricStatInEvent(MetricStat) } : {}),
      ...(Label ? { label: Label } : {}),
      ...(AccountId ? { accountId: AccountId } : {}),
      returnData: ReturnData,
    })),
  };
}

function metricStatInEvent({ Metric, Period, Stat, Unit }: NonNullable<MetricQuery['MetricStat']>): Json {
  const dimensions = Object.fromEntries((Metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value]));
  return {
    metric: { namespace: Metric.Namespace, name: Metric.MetricName, dimensions },
    period: Period,
    stat: Stat,
    ...(Unit ? { unit: Unit } : {}),
  };
}

function muteDetail(rule: MuteRule, alarm: Alarm): Json {
  return {
    mutedByArn: alarm.arn.replace(/:alarm:.*$/s, `:alarm-mute-rule:${rule.name}`),
    ...(rule.windowStart === undefined ? {} : { muteWindowStart: stamp(rule.windowStart) }),
    ...(rule.windowEnd === undefined ? {} : { muteWindowEnd: stamp(rule.windowEnd) }),
  };
}
