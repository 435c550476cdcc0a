/**
 * One state change of a CloudWatch alarm.
 * Source: "Notifying users on alarm changes" and "Alarm events and EventBridge" in the CloudWatch user guide. AWS adds keys from year to
 * year, so unknown ones are kept in `extra` and a missing one never drops the message.
 */

import { asList, asObject, asText, type Json } from '../json.ts';

export type AlarmState = 'ALARM' | 'OK' | 'INSUFFICIENT_DATA';
export type AlarmShape = 'metric' | 'metric-math' | 'composite' | 'log' | 'unknown';

export interface AlarmChange {
  readonly kind: 'alarm-change';
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly shape: AlarmShape;
  /** Id of the contributor whose own state changed, for alarms with several time series. */
  readonly contributor: string | undefined;
  readonly state: AlarmState;
  readonly previousState: string | undefined;
  /** Milliseconds since the epoch, from StateChangeTime. */
  readonly at: number;
  readonly reason: string;
  readonly description: string | undefined;
  /** For example "Sum of ConsoleSigninFailureCount >= 5 over 300 s". */
  readonly rule: string | undefined;
  /** The limit, and over how many seconds it is measured. */
  readonly measure: { readonly threshold: number; readonly seconds: number } | undefined;
  readonly extra: Readonly<Record<string, unknown>>;
}

export interface MessageContext {
  readonly topicArn: string;
  /** Milliseconds since the epoch: when SNS published the message. */
  readonly publishedAt: number;
}

const states: readonly string[] = ['ALARM', 'OK', 'INSUFFICIENT_DATA'];
const snsKeys = new Set([
  'AlarmName',
  'AlarmDescription',
  'AWSAccountId',
  'NewStateValue',
  'NewStateReason',
  'StateChangeTime',
  'Region',
  'AlarmArn',
  'OldStateValue',
  'Trigger',
  'AlarmRule',
  'TriggeringChildren',
  'OKActions',
  'AlarmActions',
  'InsufficientDataActions',
  'AlarmConfigurationUpdatedTimestamp',
]);

/** Region and account as the ARN of a topic or an alarm carries them: `arn:aws:sns:us-east-1:123456789012:name`. */
export function placeOf(arn: string): { region: string; account: string } {
  const parts = arn.split(':');
  return { region: parts[3] ?? '', account: parts[4] ?? '' };
}

/** The alarm change in the text that CloudWatch itself publishes to SNS; undefined when the JSON is something else. */
export function alarmFromSnsText(body: Json, context: MessageContext): AlarmChange | undefined {
  const name = asText(body.AlarmName);
  const state = asText(body.NewStateValue);
  if (name === undefined || state === undefined || !states.includes(state)) return undefined;
  const place = placeOf(asText(body.AlarmArn) ?? context.topicArn);
  const account = asText(body.AWSAccountId) ?? place.account;
  const changedAt = Date.parse(String(body.StateChangeTime));
  return {
    kind: 'alarm-change',
    arn: asText(body.AlarmArn) ?? `arn:aws:cloudwatch:${place.region}:${account}:alarm:${name}`,
    name,
    account,
    region: place.region,
    shape: shapeOf(body),
    contributor: contributorOf(body),
    state: state as AlarmState,
    previousState: asText(body.OldStateValue),
    at: Number.isNaN(changedAt) ? context.publishedAt : changedAt,
    reason: asText(body.NewStateReason) ?? '',
    description: asText(body.AlarmDescription),
    rule: ruleOf(body),
    measure: measureOf(asObject(body.Trigger)),
    extra: Object.fromEntries(Object.entries(body).filter(([key]) => !snsKeys.has(key))),
  };
}

/** The alarm change in an EventBridge "CloudWatch Alarm State Change" (or contributor) event; undefined when it is another event. */
export function alarmFromEvent(event: Json): AlarmChange | undefined {
  if (!/^CloudWatch Alarm (Contributor )?State Change$/.test(String(event['detail-type']))) return undefined;
  const detail = asObject(event.detail);
  const state = asObject(detail.state);
  const name = asText(detail.alarmName);
  const value = asText(state.value);
  if (name === undefined || value === undefined || !states.includes(value)) return undefined;
  const arn = asText(asList(event.resources)[0]) ?? `arn:aws:cloudwatch:${String(event.region)}:${String(event.account)}:alarm:${name}`;
  const configuration = asObject(detail.configuration);
  const at = Date.parse(String(state.timestamp ?? event.time));
  return {
    kind: 'alarm-change',
    arn,
    name,
    account: asText(event.account) ?? placeOf(arn).account,
    region: asText(event.region) ?? placeOf(arn).region,
    shape: eventShapeOf(configuration),
    contributor: contributorOf(detail),
    state: value as AlarmState,
    previousState: asText(asObject(detail.previousState).value),
    at: Number.isNaN(at) ? 0 : at,
    reason: asText(state.reason) ?? '',
    description: asText(configuration.description),
    rule: asText(configuration.alarmRule),
    measure: undefined,
    extra: {},
  };
}

function shapeOf(body: Json): AlarmShape {
  const trigger = asObject(body.Trigger);
  if (body.AlarmRule !== undefined) return 'composite';
  if (Array.isArray(trigger.Metrics)) return 'metric-math';
  if (trigger.MetricName !== undefined) return 'metric';
  return body.QueryString !== undefined || body.LogGroups !== undefined || body.LogGroupNames !== undefined ? 'log' : 'unknown';
}

function eventShapeOf(configuration: Json): AlarmShape {
  if (configuration.alarmRule !== undefined) return 'composite';
  const metrics = asList(configuration.metrics);
  if (metrics.length > 1) return 'metric-math';
  return metrics.length === 1 ? 'metric' : 'unknown';
}

/** AWS has not published the key that carries the contributor; any key that says so by name is taken. */
function contributorOf(body: Json): string | undefined {
  for (const [key, value] of Object.entries(body)) {
    if (!/contributor/i.test(key)) continue;
    const inner = asObject(value);
    const id = asText(value) ?? asText(inner.ContributorId) ?? asText(inner.id) ?? asText(inner.contributorId);
    if (id !== undefined) return id;
  }
  return undefined;
}

const comparisons: Record<string, string> = {
  GreaterThanOrEqualToThreshold: '>=',
  GreaterThanThreshold: '>',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '<=',
};

function measureOf({ Threshold, Period, EvaluationPeriods }: Json): AlarmChange['measure'] {
  if (typeof Threshold !== 'number' || typeof Period !== 'number') return undefined;
  return { threshold: Threshold, seconds: Period * Number(EvaluationPeriods ?? 1) };
}

function ruleOf(body: Json): string | undefined {
  if (body.AlarmRule !== undefined) return asText(body.AlarmRule);
  const trigger = asObject(body.Trigger);
  const metrics = Array.isArray(trigger.Metrics) ? trigger.Metrics.map(asObject) : [];
  const returned = metrics.find((metric) => metric.ReturnData === true) ?? metrics[0];
  const metric = asText(trigger.MetricName) ?? asText(returned?.Expression) ?? asText(returned?.Label);
  if (metric === undefined) return asText(body.QueryString);
  const comparison = comparisons[String(trigger.ComparisonOperator)] ?? asText(trigger.ComparisonOperator) ?? '';
  const seconds = typeof trigger.Period === 'number' ? trigger.Period * Number(trigger.EvaluationPeriods ?? 1) : undefined;
  const limit = trigger.Threshold === undefined ? '' : ` ${comparison} ${String(trigger.Threshold)}`;
  return `${metric}${limit}${seconds === undefined ? '' : ` over ${seconds} s`}`;
}
