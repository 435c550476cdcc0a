/** What alarms' histories say. Source: DescribeAlarmHistory; what HistoryData holds was read off real items. */
import type { AlarmHistoryItem, CloudWatchClient, HistoryItemType } from '@aws-sdk/client-cloudwatch';
import type { AlarmState } from '../domain/alarm/alarm.ts';
import type { History, HistoryAsked, HistoryItem } from '../domain/alarm/history.ts';
import { asObject, asText, parseObject } from '../domain/json.ts';
import type { AlarmFacts } from '../domain/ports.ts';
import type { Accounts } from './accounts.ts';
import { sdk } from './sdk.ts';

/** AWS's own times of one change differ by milliseconds, clocks by more. */
const aroundMs = 2 * 60_000;
/** Left out, AWS tells of metric alarms only. */
const AlarmTypes = ['MetricAlarm' as const, 'CompositeAlarm' as const, 'LogAlarm' as const];
const mostRecords = 100;
/** An alarm that goes back and forth for days has no end of changes: the newest are read first, the oldest of too many are not. */
const mostPages = 50;

/** The change to ALARM that is nearest to a time. */
export async function notedIn(accounts: Accounts, client: CloudWatchClient, name: string, at: number) {
  const input = {
    AlarmName: name,
    AlarmTypes,
    HistoryItemType: 'StateUpdate' as const,
    StartDate: new Date(at - aroundMs),
    EndDate: new Date(at + aroundMs),
    MaxRecords: 20,
  };
  const { AlarmHistoryItems = [] } = await accounts.called('DescribeAlarmHistory', false, () =>
    client.send(new sdk.cloudWatch.DescribeAlarmHistoryCommand(input)),
  );
  const changes = AlarmHistoryItems.flatMap((item) => changeIn(item) ?? []).filter(({ state }) => state === 'ALARM');
  return changes.toSorted((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at))[0];
}

interface Asked extends HistoryAsked {
  /** Undefined: all alarms there. */
  readonly alarm: AlarmFacts | undefined;
}

/** Changes of alarms, and of what contributes to them. */
export async function changesIn(accounts: Accounts, client: CloudWatchClient, asked: Asked): Promise<History> {
  const own = await itemsOf(accounts, client, { ...asked, type: 'StateUpdate' });
  const contributors = asked.alarm === undefined || isByContributor(asked.alarm);
  const theirs = contributors ? await itemsOf(accounts, client, { ...asked, type: 'AlarmContributorStateUpdate' }) : undefined;
  const cuts = [own.cutBefore, theirs?.cutBefore].filter((at) => at !== undefined);
  return {
    items: [...own.items, ...(theirs?.items ?? [])].toSorted((a, b) => a.at - b.at),
    cutBefore: cuts.length === 0 ? undefined : Math.max(...cuts),
  };
}

/** Only an alarm on a query has several time series. */
function isByContributor({ measures }: AlarmFacts): boolean {
  return /^\s*SELECT\b/i.test(measures?.expression?.text ?? '');
}

async function itemsOf(accounts: Accounts, client: CloudWatchClient, asked: Asked & { type: HistoryItemType }): Promise<History> {
  const { from, until, alarm, type, beforePage } = asked;
  const found: HistoryItem[] = [];
  let NextToken: string | undefined;
  let oldest = until;
  for (let page = 0; page < mostPages; page++) {
    const input = {
      AlarmTypes,
      HistoryItemType: type,
      ScanBy: 'TimestampDescending' as const,
      StartDate: new Date(from),
      EndDate: new Date(until),
      MaxRecords: mostRecords,
      ...(alarm ? { AlarmName: alarm.name } : {}),
      ...(NextToken ? { NextToken } : {}),
    };
    await beforePage();
    const answer = await accounts.called('DescribeAlarmHistory', false, () => client.send(new sdk.cloudWatch.DescribeAlarmHistoryCommand(input)));
    found.push(...(answer.AlarmHistoryItems ?? []).flatMap((item) => changeIn(item) ?? []));
    oldest = answer.AlarmHistoryItems?.at(-1)?.Timestamp?.getTime() ?? oldest;
    NextToken = answer.NextToken;
    if (NextToken === undefined) return { items: found, cutBefore: undefined };
  }
  return { items: found, cutBefore: oldest };
}

const states: readonly string[] = ['ALARM', 'OK', 'INSUFFICIENT_DATA'];

function changeIn(item: AlarmHistoryItem): HistoryItem | undefined {
  const { AlarmName: alarm = '', HistoryData = '', Timestamp, AlarmContributorId, AlarmContributorAttributes } = item;
  const data = parseObject(HistoryData);
  const state = asObject(data?.newState);
  const value = asText(state.stateValue) ?? '';
  if (!states.includes(value) || Timestamp === undefined) return undefined;
  const told = state.stateReasonData;
  return {
    alarm,
    at: Timestamp.getTime(),
    state: value as AlarmState,
    previousState: asText(asObject(data?.oldState).stateValue),
    reason: asText(state.stateReason) ?? '',
    reasonData: typeof told === 'object' && told !== null ? JSON.stringify(told) : asText(told),
    contributor: AlarmContributorId,
    attributes: AlarmContributorAttributes,
  };
}
