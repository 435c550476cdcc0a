/** Which alarms are muted now. A rule's summary does not say whom it mutes, so it is asked for by alarm, and only where rules are active. */
import type { CloudWatchClient, ListAlarmMuteRulesInput } from '@aws-sdk/client-cloudwatch';
import { asAppError } from '../domain/error.ts';
import type { AlarmFacts } from '../domain/ports.ts';
import type { Accounts } from './accounts.ts';
import { sdk } from './sdk.ts';

interface Muted {
  readonly alarms: AlarmFacts[];
  readonly faults: string[];
}

/** The alarms with the names of the active rules that mute each. Never throws: rules that cannot be read are a line in `faults`. */
export async function withMutes(accounts: Accounts, alarms: readonly AlarmFacts[]): Promise<Muted> {
  const places = [...Map.groupBy(alarms, ({ account, region }) => `${account} ${region}`).entries()];
  const told = await Promise.all(
    places.map(async ([place, own]): Promise<Muted> => {
      try {
        return { alarms: await mutedIn(accounts, own), faults: [] };
      } catch (thrown) {
        return { alarms: own, faults: [`${place}: ${asAppError(thrown).message} Whether alarms are muted there is not known.`] };
      }
    }),
  );
  return { alarms: told.flatMap((one) => one.alarms), faults: told.flatMap((one) => one.faults) };
}

/** @param alarms of one account and region */
async function mutedIn(accounts: Accounts, alarms: AlarmFacts[]): Promise<AlarmFacts[]> {
  const [first] = alarms;
  if (first === undefined) return [];
  const client = await accounts.cloudWatch(first.account, first.region);
  if ((await activeRules(accounts, client, {})).length === 0) return alarms;
  return Promise.all(alarms.map(async (alarm) => ({ ...alarm, mutedBy: await activeRules(accounts, client, { AlarmName: alarm.name }) })));
}

async function activeRules(accounts: Accounts, client: CloudWatchClient, of: ListAlarmMuteRulesInput): Promise<string[]> {
  return accounts.called('ListAlarmMuteRules', false, async () => {
    const found: string[] = [];
    for await (const page of sdk.cloudWatch.paginateListAlarmMuteRules({ client }, { ...of, Statuses: ['ACTIVE'] }))
      for (const { AlarmMuteRuleArn = '' } of page.AlarmMuteRuleSummaries ?? []) found.push(AlarmMuteRuleArn.split(':alarm-mute-rule:').at(-1) ?? '');
    return found;
  });
}
