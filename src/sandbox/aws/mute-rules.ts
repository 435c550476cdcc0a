/** Mute rules of alarms. Source: ListAlarmMuteRules and GetAlarmMuteRule in the CloudWatch API reference. */
import { AwsError } from './errors.ts';
import type { Caller, Json, Operations } from './operation.ts';
import { pageOfRecords } from './record-pages.ts';
import type { MuteRule } from './shapes.ts';
import type { AwsState } from './state.ts';

export function muteRuleOperations(state: AwsState): Operations {
  const rulesOf = ({ account, region }: Caller): MuteRule[] => (state.accounts[account]?.muteRules ?? []).filter((rule) => rule.region === region);
  return {
    ListAlarmMuteRules: (caller, input) => {
      const statuses = input.Statuses as string[] | undefined;
      const found = rulesOf(caller)
        .filter(({ alarmNames }) => input.AlarmName === undefined || alarmNames.includes(String(input.AlarmName)))
        .filter(({ status }) => statuses === undefined || statuses.includes(status));
      const { page, next } = pageOfRecords(found, input);
      return { AlarmMuteRuleSummaries: page.map((rule) => summaryOf(caller, rule)), ...next };
    },
    GetAlarmMuteRule: (caller, { AlarmMuteRuleName }) => {
      const rule = rulesOf(caller).find(({ name }) => name === AlarmMuteRuleName);
      if (rule === undefined) throw new AwsError('ResourceNotFoundException', 'The named resource does not exist.', 404);
      const { expression, duration, timezone } = rule;
      return {
        ...summaryOf(caller, rule),
        Name: rule.name,
        ...(rule.description ? { Description: rule.description } : {}),
        Rule: {
          Schedule: { Expression: expression ?? 'cron(0 2 * * *)', Duration: duration ?? 'PT2H', ...(timezone ? { Timezone: timezone } : {}) },
        },
        MuteTargets: { AlarmNames: rule.alarmNames },
      };
    },
  };
}

function summaryOf({ account, region }: Caller, { name, status, expireDate, muteType = 'RECURRING' }: MuteRule): Json {
  return {
    AlarmMuteRuleArn: `arn:aws:cloudwatch:${region}:${account}:alarm-mute-rule:${name}`,
    Status: status,
    MuteType: muteType,
    ...(expireDate === undefined ? {} : { ExpireDate: expireDate / 1_000 }),
  };
}
