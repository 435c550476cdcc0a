/** Alarms: what DescribeAlarms and SetAlarmState do, and what a state change publishes. Source: CloudWatch API reference. */
import type { Publish } from '../sns.ts';
import { AwsError } from './errors.ts';
import type { Alarm } from './shapes.ts';
import type { AwsState } from './state.ts';

/** "Metric alarms return to their actual state quickly, often within seconds." */
const evaluationMs = 10_000;

type Json = Record<string, unknown>;

export class CloudWatch {
  readonly #state: AwsState;
  readonly #publish: Publish;

  constructor(state: AwsState, publish: Publish) {
    this.#state = state;
    this.#publish = publish;
  }

  describe(account: string, region: string, input: Json): Json {
    const names = input.AlarmNames as string[] | undefined;
    const types = (input.AlarmTypes as string[] | undefined) ?? ['MetricAlarm'];
    const alarms = Object.values(this.#state.accounts[account]?.alarms ?? {}).filter(
      (alarm) => alarm.region === region && (names === undefined || names.includes(alarm.name)),
    );
    const of = (type: Alarm['type'], wanted: string): Json[] =>
      types.includes(wanted) ? alarms.filter((alarm) => alarm.type === type).map(describe) : [];
    return { MetricAlarms: of('metric', 'MetricAlarm'), CompositeAlarms: of('composite', 'CompositeAlarm') };
  }

  setState(account: string, region: string, input: Json): Json {
    const alarm = this.#state.alarm(account, region, String(input.AlarmName));
    if (alarm === undefined) throw new AwsError('ResourceNotFound', 'Unknown alarm', 404);
    const value = String(input.StateValue) as Alarm['state'];
    if (!['OK', 'ALARM', 'INSUFFICIENT_DATA'].includes(value)) throw new AwsError('InvalidFormat', 'Unknown state');
    if (String(input.StateReason).length > 1_023) throw new AwsError('ValidationError', 'StateReason is too long');
    this.change(account, alarm, value, String(input.StateReason));
    return {};
  }

  /** Changes an alarm's state, tells its targets, and lets a metric alarm that still breaches return to ALARM. */
  change(account: string, alarm: Alarm, state: Alarm['state'], reason: string): void {
    const before = alarm.state;
    if (before === state) return;
    alarm.state = state;
    alarm.since = this.#state.clock.now();
    alarm.reason = reason;
    const targets = state === 'OK' ? alarm.okActions : state === 'ALARM' ? alarm.alarmActions : [];
    if (alarm.actionsEnabled) for (const target of targets) void this.#publish(target, subjectOf(alarm), alarmText(account, alarm, before));
    const returns = state === 'OK' && alarm.breaching && alarm.type === 'metric';
    if (!returns) return;
    this.#state.clock.after(evaluationMs, () => {
      if (alarm.state === 'OK' && alarm.breaching) this.change(account, alarm, 'ALARM', reasonOf(alarm));
    });
  }
}

export function reasonOf(alarm: Alarm): string {
  return `Threshold Crossed: 1 datapoint [${alarm.threshold + 2}.0] was greater than or equal to the threshold (${alarm.threshold}.0).`;
}

function subjectOf(alarm: Alarm): string {
  return `${alarm.state}: "${alarm.name}" in US East (N. Virginia)`;
}

function describe(alarm: Alarm): Json {
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: alarm.okActions,
    AlarmActions: alarm.alarmActions,
    StateValue: alarm.state,
    StateReason: alarm.reason,
    StateUpdatedTimestamp: alarm.since / 1_000,
    StateTransitionedTimestamp: alarm.since / 1_000,
    ...(alarm.type === 'composite'
      ? { AlarmRule: alarm.alarmRule }
      : { MetricName: alarm.metricName, Namespace: alarm.namespace, Threshold: alarm.threshold, Period: 300, EvaluationPeriods: 1 }),
  };
}

/** The text that CloudWatch publishes to SNS. */
function alarmText(account: string, alarm: Alarm, before: string): Json {
  const common = {
    AlarmName: alarm.name,
    AlarmDescription: alarm.description,
    AWSAccountId: account,
    AlarmConfigurationUpdatedTimestamp: '2026-01-10T09:00:00.000+0000',
    NewStateValue: alarm.state,
    NewStateReason: alarm.reason,
    StateChangeTime: new Date(alarm.since).toISOString().replace('Z', '+0000'),
    Region: 'US East (N. Virginia)',
    AlarmArn: alarm.arn,
    OldStateValue: before,
    OKActions: alarm.okActions,
    AlarmActions: alarm.alarmActions,
    InsufficientDataActions: [],
  };
  if (alarm.type === 'composite') return { ...common, AlarmRule: alarm.alarmRule, TriggeringChildren: [] };
  const trigger = {
    MetricName: alarm.metricName,
    Namespace: alarm.namespace,
    StatisticType: 'Statistic',
    Statistic: 'SUM',
    Unit: null,
    Dimensions: [],
    Period: 300,
    EvaluationPeriods: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    Threshold: alarm.threshold,
    TreatMissingData: 'notBreaching',
    EvaluateLowSampleCountPercentile: '',
  };
  return { ...common, Trigger: trigger };
}
