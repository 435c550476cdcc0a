import type { CloudWatchClient, CompositeAlarm, LogAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { AlarmShape, AlarmState } from '../domain/alarm/alarm.ts';
import type { AlarmLogs } from '../domain/alarm/alarm-logs.ts';
import { ruleOf } from '../domain/alarm/rule.ts';
import { asAppError } from '../domain/error.ts';
import type { Json } from '../domain/json.ts';
import { oneAtATime } from '../domain/one-at-a-time.ts';
import { alarmArn, alarmNameIn, placeOf } from '../domain/place.ts';
import type { AlarmFacts, Alarms } from '../domain/ports.ts';
import type { Accounts } from './accounts.ts';
import { changesIn, notedIn } from './alarm-history.ts';
import { withMutes } from './mutes.ts';
import { sdk } from './sdk.ts';

const longestReason = 1_023;

export interface AlarmOptions {
  readonly accounts: Accounts;
  readonly places: readonly { account: string; region: string }[];
  readonly topicArns: readonly string[];
  /** Of no concern to anybody, and left out of all lists. */
  readonly canary: string | undefined;
  /** CloudWatch Logs answers five such questions a second: what an alarm means and what it counted are told from one. */
  readonly filters: AlarmLogs['filters'];
}

/** The Alarms port over CloudWatch. */
export function alarmsOf({ accounts, places, topicArns, canary, filters }: AlarmOptions): Alarms {
  const read = async (client: CloudWatchClient, place: { account: string; region: string }, names: string[] | undefined): Promise<AlarmFacts[]> => {
    const found: AlarmFacts[] = [];
    let NextToken: string | undefined;
    do {
      const input = {
        // Left out, AWS tells of metric alarms only.
        AlarmTypes: ['MetricAlarm' as const, 'CompositeAlarm' as const, 'LogAlarm' as const],
        ...(names ? { AlarmNames: names } : {}),
        ...(names ? {} : { MaxRecords: 100 }),
        ...(NextToken ? { NextToken } : {}),
      };
      const page = await accounts.called('DescribeAlarms', false, () => client.send(new sdk.cloudWatch.DescribeAlarmsCommand(input)));
      for (const alarm of page.MetricAlarms ?? []) found.push(factsOf(alarm, alarm.MetricName === undefined ? 'metric-math' : 'metric', place));
      for (const alarm of page.CompositeAlarms ?? []) found.push(factsOf(alarm, 'composite', place));
      for (const alarm of page.LogAlarms ?? []) found.push(factsOf(alarm, 'log', place));
      NextToken = page.NextToken;
    } while (NextToken);
    return names === undefined ? found.filter(({ arn }) => arn !== canary) : found;
  };

  const everywhere = async (): Promise<{ alarms: AlarmFacts[]; faults: string[] }> => {
    const faults: string[] = [];
    const lists = await Promise.all(
      places.map(async (place) => {
        try {
          return await read(await accounts.cloudWatch(place.account, place.region), place, undefined);
        } catch (thrown) {
          faults.push(`${place.account} ${place.region}: ${asAppError(thrown).message}`);
          return [];
        }
      }),
    );
    return { alarms: lists.flat(), faults };
  };

  const isWatched = ({ notifies }: AlarmFacts): boolean => notifies.some((arn) => topicArns.includes(arn));

  const watchedApart = async () => {
    const { alarms, faults } = await everywhere();
    const muted = await withMutes(accounts, alarms.filter(isWatched));
    return { watched: muted.alarms, others: alarms.filter((alarm) => !isWatched(alarm)), faults: [...faults, ...muted.faults] };
  };

  return {
    describe: async (arn) => {
      const { account, region, name } = partsOf(arn);
      const client = await accounts.cloudWatch(account, region);
      return (await read(client, { account, region }, [name])).find((alarm) => alarm.name === name);
    },
    all: async () => {
      const { watched, others, faults } = await watchedApart();
      return { alarms: [...watched, ...others], faults };
    },
    noted: async (arn, at) => {
      const { account, region, name } = partsOf(arn);
      const client = await accounts.cloudWatch(account, region);
      return notedIn(accounts, client, name, at);
    },
    // Anybody who responds may ask for it again and again, and CloudWatch answers so many questions a second.
    watched: oneAtATime(async () => {
      const { watched, faults } = await watchedApart();
      return { alarms: watched, faults };
    }),
    notifying: async (place) => (await read(await accounts.cloudWatch(place.account, place.region), place, undefined)).filter(isWatched),
    withMutes: async (alarms) => (await withMutes(accounts, alarms)).alarms,
    changes: async (place, asked, alarm) => changesIn(accounts, await accounts.cloudWatch(place.account, place.region), { ...asked, alarm }),
    patternsBehind: async (arn) => {
      const { account, region, name } = partsOf(arn);
      const alarm = (await read(await accounts.cloudWatch(account, region), { account, region }, [name])).find((one) => one.name === name);
      if (alarm?.metric === undefined) return [];
      return (await filters({ account, region }, alarm.metric)).map(({ pattern }) => pattern);
    },
    reset: async (arn, reason, actor) => {
      const { account, region, name } = partsOf(arn);
      const client = await accounts.cloudWatch(account, region, actor);
      const input = { AlarmName: name, StateValue: 'OK' as const, StateReason: reason.slice(0, longestReason) };
      await accounts.called('SetAlarmState', true, () => client.send(new sdk.cloudWatch.SetAlarmStateCommand(input)));
    },
  };
}

function partsOf(arn: string): { account: string; region: string; name: string } {
  return { ...placeOf(arn), name: alarmNameIn(arn) };
}

function factsOf(alarm: MetricAlarm | CompositeAlarm | LogAlarm, shape: AlarmShape, place: { account: string; region: string }): AlarmFacts {
  return {
    ...place,
    arn: alarm.AlarmArn ?? alarmArn(place, alarm.AlarmName ?? ''),
    name: alarm.AlarmName ?? '',
    shape,
    state: (alarm.StateValue ?? 'INSUFFICIENT_DATA') as AlarmState,
    since: (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.getTime() ?? 0,
    description: alarm.AlarmDescription,
    okActions: alarm.OKActions ?? [],
    alarmActions: alarm.AlarmActions ?? [],
    noDataActions: alarm.InsufficientDataActions ?? [],
    notifies: [...(alarm.AlarmActions ?? []), ...(alarm.OKActions ?? [])],
    actionsEnabled: alarm.ActionsEnabled ?? true,
    mutedBy: [],
    suppressedBy: suppressorOf(alarm),
    metric: metricOf(alarm),
    measures: ruleOf(alarm as unknown as Json),
    reason: alarm.StateReason ?? '',
    reasonData: alarm.StateReasonData,
  };
}

function suppressorOf(alarm: MetricAlarm | CompositeAlarm | LogAlarm): string | undefined {
  if (!('ActionsSuppressedBy' in alarm) || alarm.ActionsSuppressedBy === undefined) return undefined;
  const suppressor = alarm.ActionsSuppressor?.split(':alarm:').at(-1);
  return suppressor === undefined ? alarm.ActionsSuppressedBy : `${suppressor} (${alarm.ActionsSuppressedBy})`;
}

/** The metric that an alarm measures; of a metric-math alarm the first that it names. */
function metricOf(alarm: MetricAlarm | CompositeAlarm | LogAlarm): AlarmFacts['metric'] {
  if (!('MetricName' in alarm) && !('Metrics' in alarm)) return undefined;
  const first = alarm.Metrics?.find((one) => one.MetricStat !== undefined)?.MetricStat?.Metric;
  const name = alarm.MetricName ?? first?.MetricName;
  const namespace = alarm.Namespace ?? first?.Namespace;
  return name === undefined || namespace === undefined ? undefined : { name, namespace };
}
