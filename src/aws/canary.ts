import type { CanaryAlarm } from '../domain/canary.ts';
import { asAppError } from '../domain/error.ts';
import { alarmNameIn, placeOf } from '../domain/place.ts';
import type { Accounts } from './accounts.ts';
import { sdk } from './sdk.ts';

/** The CanaryAlarm port over CloudWatch, with the responder's own credentials: its role may set this one alarm and no other. */
export function canaryOf(accounts: Accounts, arn: string): CanaryAlarm {
  const set = (StateValue: 'OK' | 'ALARM', StateReason: string): Promise<unknown> => {
    const client = accounts.ownCloudWatch(placeOf(arn).region);
    return accounts.called('SetAlarmState', true, () =>
      client.send(new sdk.cloudWatch.SetAlarmStateCommand({ AlarmName: alarmNameIn(arn), StateValue, StateReason })),
    );
  };
  return {
    arn,
    setOff: async (reason) => {
      // Only a change of state has its actions done.
      await set('OK', 'At rest until it is set off');
      await set('ALARM', reason);
    },
  };
}

/** By a change that CloudWatch refuses, for its data is no JSON: the alarm stays as it is, whatever the permission is. */
export async function setStateFaultOf(accounts: Accounts, arn: string): Promise<string | undefined> {
  const client = accounts.ownCloudWatch(placeOf(arn).region);
  const input = {
    AlarmName: alarmNameIn(arn),
    StateValue: 'OK' as const,
    StateReason: 'npm run doctor: is this allowed?',
    StateReasonData: 'no JSON',
  };
  try {
    await accounts.called('SetAlarmState', true, () => client.send(new sdk.cloudWatch.SetAlarmStateCommand(input)));
    return undefined;
  } catch (thrown) {
    const { code, message } = asAppError(thrown);
    return code === 'refused' ? undefined : message;
  }
}
