/** Alarms that change: what a change does to the alarm, its history and its targets. Source: "Using Amazon CloudWatch alarms" (CloudWatch user guide). */
import type { Publish } from '../sns.ts';
import { alarmEvent, alarmText, subjectOf } from './alarm-announcement.ts';
import { isBreaching, type Why, whyOf } from './alarm-evaluation.ts';
import { rulesFor } from './event-rules.ts';
import type { Json } from './operation.ts';
import type { Account, Alarm, AlarmState, MuteRule, Rule } from './shapes.ts';
import { putLetter, queueNamed } from './sqs.ts';
import type { AwsState } from './state.ts';

/** "Metric alarms return to their actual state quickly, often within seconds." */
const evaluationMs = 10_000;

export interface Alarms {
  /**
   * Changes an alarm's state, tells its targets, and lets a metric alarm that still breaches return to ALARM.
   * @param why by default what an evaluation now says
   */
  change(account: string, alarm: Alarm, change: { readonly to: AlarmState; readonly why?: Why | undefined }): void;
}

export function alarmsOf(state: AwsState, publish: Publish): Alarms {
  const change: Alarms['change'] = (account, alarm, { to, why = whyOf(state, account, alarm, to) }) => {
    const before = { value: alarm.state, reason: alarm.reason, ...(alarm.reasonData ? { data: alarm.reasonData } : {}), at: alarm.since };
    if (before.value === to) return;
    alarm.state = to;
    alarm.since = state.clock.now();
    alarm.reason = why.reason;
    if (why.data === undefined) delete alarm.reasonData;
    else alarm.reasonData = why.data;
    const found = state.accounts[account] as Account;
    const { at: _at, ...from } = before;
    const { name: alarmName, type: alarmType, region, since: at } = alarm;
    found.alarmHistory.push({ alarmName, alarmType, region, at, from, to: { value: to, ...why } });
    const mute = muteOf(found, alarm);
    if (alarm.actionsEnabled && mute === undefined && alarm.actionsSuppressedBy === undefined)
      for (const target of actionsOf(alarm)) void publish(target, subjectOf(alarm), alarmText(account, alarm, before));
    const event = alarmEvent(account, alarm, before, mute);
    for (const rule of rulesFor(found, region, event)) for (const target of rule.targets ?? []) invoke(state, publish, { rule, target, event });
    if (to !== 'OK' || alarm.type !== 'metric') return;
    state.clock.after(evaluationMs, () => {
      if (alarm.state === 'OK' && (alarm.breaching || isBreaching(state, account, alarm))) change(account, alarm, { to: 'ALARM' });
    });
  };
  return { change };
}

interface Invocation {
  readonly rule: Rule;
  readonly target: string;
  readonly event: Json;
}

/** A target that refuses is not tried again: the rule's queue takes the event as it is. */
function invoke(state: AwsState, publish: Publish, { rule, target, event }: Invocation): void {
  const isRefused = Object.values(state.accounts).some(({ topics }) => topics[target]?.refusesEvents);
  if (!isRefused) void publish(target, undefined, event);
  else if (rule.deadLetters !== undefined) putLetter(state, queueNamed(rule.deadLetters), JSON.stringify(event));
}

function actionsOf(alarm: Alarm): readonly string[] {
  if (alarm.state === 'OK') return alarm.okActions;
  return alarm.state === 'ALARM' ? alarm.alarmActions : (alarm.insufficientDataActions ?? []);
}

/** The rule that keeps the alarm's actions back now. */
function muteOf({ muteRules }: Account, { name, region }: Alarm): MuteRule | undefined {
  return muteRules.find((rule) => rule.status === 'ACTIVE' && rule.region === region && rule.alarmNames.includes(name));
}
