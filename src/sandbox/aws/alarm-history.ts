/** DescribeAlarmHistory: state changes only, as CloudWatch writes them. Source: its page, and its example in the AWS CLI's reference. */
import type { Json, Operation } from './operation.ts';
import { rateOf } from './rates.ts';
import { pageOfRecords, validationError } from './record-pages.ts';
import type { Alarm, AlarmChange, StateTold } from './shapes.ts';
import type { AwsState } from './state.ts';

const perSecond = 3;

/** How the API names the kinds of alarms. */
export const typeNames: Readonly<Record<Alarm['type'], string>> = { metric: 'MetricAlarm', composite: 'CompositeAlarm', log: 'LogAlarm' };

export function describeAlarmHistory(state: AwsState): Operation {
  const count = rateOf(state, () => perSecond, 'Throttling');
  return ({ account, region }, input) => {
    count(account, region);
    const { AlarmName, AlarmTypes = ['MetricAlarm'], HistoryItemType = 'StateUpdate', ScanBy = 'TimestampDescending' } = input;
    const from = Number(input.StartDate ?? 0) * 1_000;
    const until = Number(input.EndDate ?? Number.POSITIVE_INFINITY) * 1_000;
    if (from > until) throw validationError('StartDate must be before EndDate.');
    const found = (state.accounts[account]?.alarmHistory ?? [])
      .filter((change) => change.region === region && (AlarmName === undefined || change.alarmName === AlarmName))
      .filter(({ alarmType }) => (AlarmTypes as string[]).includes(typeNames[alarmType]))
      .filter(({ at }) => HistoryItemType === 'StateUpdate' && at >= from && at <= until);
    const { page, next } = pageOfRecords(ScanBy === 'TimestampAscending' ? found : found.toReversed(), input);
    return { AlarmHistoryItems: page.map(itemOf), ...next };
  };
}

function itemOf({ alarmName, alarmType, at, from, to }: AlarmChange): Json {
  return {
    AlarmName: alarmName,
    AlarmType: typeNames[alarmType],
    Timestamp: at / 1_000,
    HistoryItemType: 'StateUpdate',
    HistorySummary: `Alarm updated from ${from.value} to ${to.value}`,
    HistoryData: JSON.stringify({ version: '1.0', oldState: sideOf(from), newState: sideOf(to) }),
  };
}

function sideOf({ value, reason, data }: StateTold): Json {
  return { stateValue: value, stateReason: reason, ...(data === undefined ? {} : { stateReasonData: JSON.parse(data) as Json }) };
}
