/** How an alarm is named to people: with its region, for one template gives alarms of one name in several. */
import { placeOf } from '../place.ts';

/** `ConsoleSigninFailures in eu-west-1`. */
export function namedAlarm({ name, arn }: { readonly name: string; readonly arn: string }): string {
  const { region } = placeOf(arn);
  return region === '' ? name : `${name} in ${region}`;
}

/** Names one alarm among those of all accounts and regions, like its ARN, in words. */
export function alarmSubject(alarm: { readonly name: string; readonly arn: string }): string {
  return `${namedAlarm(alarm)}, account ${placeOf(alarm.arn).account}`;
}
