import { type CloudWatchClient, DescribeAlarmHistoryCommand } from '@aws-sdk/client-cloudwatch';
import { asObject, asText, parseObject } from '../domain/json.ts';
import type { Accounts } from './accounts.ts';

/** AWS's own times of one change differ by milliseconds, clocks by more. */
const aroundMs = 2 * 60_000;

/** The change to ALARM that is nearest to a time. Source: DescribeAlarmHistory; what HistoryData holds was read off real items. */
export async function notedIn(accounts: Accounts, client: CloudWatchClient, name: string, at: number) {
  const input = {
    AlarmName: name,
    HistoryItemType: 'StateUpdate' as const,
    StartDate: new Date(at - aroundMs),
    EndDate: new Date(at + aroundMs),
    MaxRecords: 20,
  };
  const { AlarmHistoryItems = [] } = await accounts.called('DescribeAlarmHistory', false, () => client.send(new DescribeAlarmHistoryCommand(input)));
  const changes = AlarmHistoryItems.flatMap(({ HistoryData = '', Timestamp }) => {
    const state = asObject(parseObject(HistoryData)?.newState);
    const data = state.stateReasonData;
    if (state.stateValue !== 'ALARM' || Timestamp === undefined) return [];
    const reasonData = typeof data === 'object' && data !== null ? JSON.stringify(data) : asText(data);
    return [{ reason: asText(state.stateReason) ?? '', reasonData, at: Timestamp.getTime() }];
  });
  return changes.toSorted((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at))[0];
}
