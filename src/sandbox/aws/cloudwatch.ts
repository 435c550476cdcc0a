/** CloudWatch. Source: its API reference; requests a second as the quotas page had them. */
import { describeAlarm } from './alarm-description.ts';
import { describeAlarmHistory, typeNames } from './alarm-history.ts';
import { childrenOf, isNamed } from './alarm-settings.ts';
import type { Alarms } from './alarms.ts';
import { AwsError } from './errors.ts';
import { muteRuleOperations } from './mute-rules.ts';
import type { Json, Operation, Operations } from './operation.ts';
import { rateOf } from './rates.ts';
import { pageOfRecords, validationError } from './record-pages.ts';
import type { Alarm, AlarmState } from './shapes.ts';
import type { AwsState } from './state.ts';

const describesPerSecond = 9;
const changesPerSecond = 3;
const mostNames = 100;
const longestReason = 1_023;
const longestReasonData = 4_000;

export function cloudWatchOperations(state: AwsState, alarms: Alarms): Operations {
  return {
    ...muteRuleOperations(state),
    DescribeAlarms: describeAlarms(state),
    DescribeAlarmHistory: describeAlarmHistory(state),
    DescribeAlarmContributors: ({ account, region }, { AlarmName }) => {
      const alarm = state.alarm(account, region, String(AlarmName));
      if (alarm === undefined) throw new AwsError('ResourceNotFoundException', 'Unknown alarm', 404);
      return {
        AlarmContributors: (alarm.contributors ?? []).map(({ id, attributes, reason, since }) => ({
          ContributorId: id,
          ContributorAttributes: attributes,
          StateReason: reason,
          StateTransitionedTimestamp: since / 1_000,
        })),
      };
    },
    SetAlarmState: setAlarmState(state, alarms),
  };
}

function describeAlarms(state: AwsState): Operation {
  const count = rateOf(state, () => describesPerSecond, 'Throttling');
  return ({ account, region }, input) => {
    count(account, region);
    const here = Object.values(state.accounts[account]?.alarms ?? {})
      .filter((alarm) => alarm.region === region)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const { ChildrenOfAlarmName: parent, ParentsOfAlarmName: child } = input;
    const asksRelatives = parent !== undefined || child !== undefined;
    const { page, next } = pageOfRecords(asksRelatives ? relativesAsked(here, input) : alarmsAsked(here, input), input);
    const of = (type: Alarm['type']): Json[] =>
      page
        .filter((alarm) => alarm.type === type)
        .map((alarm) => (asksRelatives ? shortly(describeAlarm(alarm), parent !== undefined) : describeAlarm(alarm)));
    const types = (input.AlarmTypes as string[] | undefined) ?? [];
    return { MetricAlarms: of('metric'), CompositeAlarms: of('composite'), ...(types.includes('LogAlarm') ? { LogAlarms: of('log') } : {}), ...next };
  };
}

function alarmsAsked(here: readonly Alarm[], input: Json): Alarm[] {
  const { AlarmNames: names, AlarmNamePrefix: prefix, AlarmTypes: types = ['MetricAlarm'], StateValue: value, ActionPrefix: action } = input;
  if (names !== undefined && prefix !== undefined) throw validationError('AlarmNamePrefix and AlarmNames exclude each other.');
  if (Array.isArray(names) && names.length > mostNames) throw validationError(`AlarmNames must have length less than or equal to ${mostNames}.`);
  return here
    .filter((alarm) => (types as string[]).includes(typeNames[alarm.type]))
    .filter(({ name }) => (names as string[] | undefined)?.includes(name) ?? true)
    .filter(({ name }) => prefix === undefined || name.startsWith(String(prefix)))
    .filter((alarm) => value === undefined || alarm.state === value)
    .filter((alarm) => action === undefined || [...alarm.alarmActions, ...alarm.okActions].some((arn) => arn.startsWith(String(action))));
}

/** With one of these, no other parameter but those of paging may be given. */
function relativesAsked(here: readonly Alarm[], input: Json): Alarm[] {
  const others = Object.keys(input).filter((key) => !['MaxRecords', 'NextToken'].includes(key));
  if (others.length > 1) throw validationError('ChildrenOfAlarmName and ParentsOfAlarmName exclude all other parameters.');
  const { ChildrenOfAlarmName: parent, ParentsOfAlarmName: child } = input;
  const named = here.find(({ name }) => name === (parent ?? child));
  if (named === undefined) return [];
  if (parent !== undefined) return here.filter((alarm) => childrenOf(named).some((one) => isNamed(alarm, one)));
  return here.filter((alarm) => childrenOf(alarm).some((one) => isNamed(named, one)));
}

/** Of children come name, ARN, state and its time; of parents name and ARN. */
function shortly({ AlarmName, AlarmArn, StateValue, StateUpdatedTimestamp }: Json, isChild: boolean): Json {
  return { AlarmName, AlarmArn, ...(isChild ? { StateValue, StateUpdatedTimestamp } : {}) };
}

function setAlarmState(state: AwsState, alarms: Alarms): Operation {
  const count = rateOf(state, () => changesPerSecond, 'Throttling');
  return (caller, input) => {
    count(caller.account, caller.region);
    const alarm = state.alarm(caller.account, caller.region, String(input.AlarmName));
    if (alarm === undefined) throw new AwsError('ResourceNotFound', 'Unknown alarm', 404);
    const to = String(input.StateValue) as AlarmState;
    const reason = String(input.StateReason);
    const data = input.StateReasonData === undefined ? undefined : String(input.StateReasonData);
    if (!['OK', 'ALARM', 'INSUFFICIENT_DATA'].includes(to)) throw validationError('StateValue is no state.');
    if (reason.length > longestReason) throw validationError('StateReason is too long.');
    if (data !== undefined && data.length > longestReasonData) throw validationError('StateReasonData is too long.');
    if (data !== undefined && !isJson(data)) throw new AwsError('InvalidFormat', 'StateReasonData was not syntactically valid JSON.');
    alarms.change(caller.account, alarm, { to, why: { reason, ...(data === undefined ? {} : { data }) } });
    return {};
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
