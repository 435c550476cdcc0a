/**
 * One state change of a CloudWatch alarm.
 * Source: "Notifying users on alarm changes" and "Alarm events and EventBridge" in the CloudWatch user guide. AWS adds keys from year to
 * year, so unknown ones are kept in `extra` and a missing one never drops the message.
 */

import { asList, asObject, asText, type Json } from '../json.ts';
import { alarmArn, isAccount, isRegion, placeOf } from '../place.ts';
import { type Evaluation, evaluationOf } from './evaluation.ts';
import { isLineKey, type Kept, keptOf } from './kept.ts';
import { type AlarmRule, ruleOf } from './rule.ts';

export type AlarmState = 'ALARM' | 'OK' | 'INSUFFICIENT_DATA';
export type AlarmShape = 'metric' | 'metric-math' | 'composite' | 'log' | 'unknown';

/** How CloudWatch told of a change: in its text to SNS, in its event, in the alarm's history, or as the state it is in. */
export type ToldBy = 'text' | 'event' | 'history' | 'state';

export interface AlarmChange {
  readonly kind: 'alarm-change';
  readonly toldBy: ToldBy;
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
  /** What it measures and when it fires; undefined: the message does not tell. */
  readonly measures: AlarmRule | undefined;
  /** What CloudWatch says it saw. */
  readonly evaluation: Evaluation;
  readonly kept: Kept;
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

const eventKeys = new Set(['alarmName', 'state', 'previousState', 'configuration', 'muteDetail', 'alarmContributor']);

/** The alarm change in the text that CloudWatch itself publishes to SNS; undefined when the JSON is something else. */
export function alarmFromSnsText(body: Json, context: MessageContext): AlarmChange | undefined {
  const name = asText(body.AlarmName);
  const state = asText(body.NewStateValue);
  if (name === undefined || state === undefined || !states.includes(state)) return undefined;
  const place = placeOf(asText(body.AlarmArn) ?? context.topicArn);
  const account = asText(body.AWSAccountId) ?? place.account;
  // CloudWatch says one account in both places.
  if (body.AlarmArn !== undefined && place.account !== account) return undefined;
  const changedAt = Date.parse(String(body.StateChangeTime));
  const at = Number.isNaN(changedAt) ? context.publishedAt : changedAt;
  const reason = asText(body.NewStateReason) ?? '';
  const measures = ruleOf(asObject(body.Trigger), body);
  const children = asList(body.TriggeringChildren).flatMap((child) => asText(asObject(child).Arn) ?? []);
  return {
    kind: 'alarm-change',
    toldBy: 'text',
    arn: asText(body.AlarmArn) ?? alarmArn({ region: place.region, account }, name),
    name,
    account,
    region: place.region,
    shape: shapeOf(body),
    contributor: contributorOf(body),
    state: state as AlarmState,
    previousState: asText(body.OldStateValue),
    at,
    reason,
    description: asText(body.AlarmDescription),
    measures,
    evaluation: evaluationOf({ state, reason, reasonData: asText(body.StateReasonData), at, rule: measures, children }),
    kept: keptOf(body, asObject(body.Trigger)),
    extra: Object.fromEntries(Object.entries(body).filter(([key]) => !snsKeys.has(key) && !isLineKey(key))),
  };
}

/**
 * The alarm change in an EventBridge "CloudWatch Alarm State Change" (or contributor) event; undefined when it is another event, or one that
 * CloudWatch did not put: whoever may put events chooses all of it but a source that begins with `aws.`, and an account that is not his.
 */
export function alarmFromEvent(event: Json): AlarmChange | undefined {
  if (!/^CloudWatch Alarm (Contributor )?State Change$/.test(String(event['detail-type'])) || !isOfCloudWatch(event)) return undefined;
  const detail = asObject(event.detail);
  const state = asObject(detail.state);
  const name = asText(detail.alarmName);
  const value = asText(state.value);
  if (name === undefined || value === undefined || !states.includes(value)) return undefined;
  const told = placeOf(asText(asList(event.resources)[0]) ?? '');
  const account = isAccount(event.account) ? event.account : told.account;
  const region = isRegion(event.region) ? event.region : told.region;
  // CloudWatch always says where an alarm is.
  if (account === '' || region === '') return undefined;
  const arn = asText(asList(event.resources)[0]) ?? alarmArn({ region, account }, name);
  const configuration = asObject(detail.configuration);
  const time = Date.parse(String(state.timestamp ?? event.time));
  const at = Number.isNaN(time) ? 0 : time;
  const reason = asText(state.reason) ?? '';
  const measures = ruleOf(configuration);
  return {
    kind: 'alarm-change',
    toldBy: 'event',
    arn,
    name,
    account,
    region,
    shape: eventShapeOf(configuration),
    contributor: contributorOf(detail),
    state: value as AlarmState,
    previousState: asText(asObject(detail.previousState).value),
    at,
    reason,
    description: asText(configuration.description),
    measures,
    evaluation: evaluationOf({ state: value, reason, reasonData: asText(state.reasonData), at, rule: measures, children: [] }),
    kept: keptOf(detail, state, configuration, event),
    extra: Object.fromEntries(Object.entries(detail).filter(([key]) => !eventKeys.has(key) && !isLineKey(key))),
  };
}

function isOfCloudWatch({ source, account, resources }: Json): boolean {
  const [arn] = asList(resources);
  return source === 'aws.cloudwatch' && (typeof arn !== 'string' || account === undefined || placeOf(arn).account === account);
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
