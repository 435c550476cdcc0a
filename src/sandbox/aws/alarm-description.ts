/** Alarms as DescribeAlarms gives them. Source: MetricAlarm, CompositeAlarm and LogAlarm in the CloudWatch API reference. */
import { settingsOf } from './alarm-settings.ts';
import type { Json } from './operation.ts';
import type { Alarm } from './shapes.ts';

const made = '2026-01-10T09:00:00Z';

export function describeAlarm(alarm: Alarm): Json {
  return { ...common(alarm), ...(alarm.type === 'composite' ? composite(alarm) : alarm.type === 'log' ? log(alarm) : metric(alarm)) };
}

function common(alarm: Alarm): Json {
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    ...(alarm.description === null ? {} : { AlarmDescription: alarm.description }),
    AlarmConfigurationUpdatedTimestamp: Date.parse(made) / 1_000,
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: alarm.okActions,
    AlarmActions: alarm.alarmActions,
    InsufficientDataActions: alarm.insufficientDataActions ?? [],
    StateValue: alarm.state,
    StateReason: alarm.reason,
    ...(alarm.reasonData === undefined ? {} : { StateReasonData: alarm.reasonData }),
    StateUpdatedTimestamp: alarm.since / 1_000,
    StateTransitionedTimestamp: alarm.since / 1_000,
  };
}

function composite({ alarmRule, actionsSuppressor, actionsSuppressedBy, actionsSuppressedReason }: Alarm): Json {
  return defined({
    AlarmRule: alarmRule,
    ActionsSuppressor: actionsSuppressor,
    ActionsSuppressedBy: actionsSuppressedBy,
    ActionsSuppressedReason: actionsSuppressedBy ? (actionsSuppressedReason ?? `Actions suppressed by ${actionsSuppressedBy}`) : undefined,
  });
}

function metric(alarm: Alarm): Json {
  const { statistic, periodSeconds, evaluationPeriods, comparisonOperator, treatMissingData } = settingsOf(alarm);
  const measured = alarm.metrics
    ? { Metrics: alarm.metrics }
    : {
        MetricName: alarm.metricName,
        Namespace: alarm.namespace,
        ...(alarm.extendedStatistic ? { ExtendedStatistic: alarm.extendedStatistic } : { Statistic: statistic }),
        Dimensions: alarm.dimensions ?? [],
        Period: periodSeconds,
        Unit: alarm.unit,
      };
  return defined({
    ...measured,
    EvaluationPeriods: evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    ...(alarm.thresholdMetricId ? { ThresholdMetricId: alarm.thresholdMetricId } : { Threshold: alarm.threshold }),
    ComparisonOperator: comparisonOperator,
    TreatMissingData: treatMissingData,
    EvaluationState: alarm.evaluationState,
  });
}

function log(alarm: Alarm): Json {
  const { evaluationPeriods, datapointsToAlarm, comparisonOperator, treatMissingData, periodSeconds } = settingsOf(alarm);
  return defined({
    ScheduledQueryConfiguration: {
      QueryString: alarm.query?.text,
      LogGroupIdentifiers: alarm.query?.logGroups,
      ScheduledQueryRoleARN: alarm.arn.replace(/^(arn:[\w-]+):cloudwatch:[\w-]+:(\d{12}):.*$/s, '$1:iam::$2:role/log-alarms'),
      ScheduleConfiguration: { ScheduleExpression: `rate(${Math.max(1, Math.round(periodSeconds / 60))} minutes)`, StartTimeOffset: periodSeconds },
      AggregationExpression: alarm.query?.aggregation,
    },
    QueryResultsToEvaluate: evaluationPeriods,
    QueryResultsToAlarm: datapointsToAlarm,
    Threshold: alarm.threshold,
    ComparisonOperator: comparisonOperator,
    TreatMissingData: treatMissingData,
    EvaluationState: alarm.evaluationState,
  });
}

function defined(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
