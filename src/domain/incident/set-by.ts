/** Who set an alarm's state by hand. */
import { asObject, asText, type Json } from '../json.ts';
import { namelessWords, principalOf } from '../sign-in/principal.ts';
import type { Incident } from './incident.ts';

/** AWS's own times of one change differ by milliseconds, clocks by more. */
const sameChangeMs = 2 * 60_000;

/** The incident with whoever set the state of its alarms, as far as SetAlarmState records tell. @param records of the alarms' account and region */
export function withSetBy(incident: Incident, records: readonly Json[]): Incident {
  const counted = (incident.counted ?? []).map((one) => {
    if (one.nobody !== 'set-by-hand' || one.setBy !== undefined) return one;
    const found = records.find((record) => isOf(record, one));
    if (found === undefined) return one;
    const principal = principalOf(found, incident.account);
    return { ...one, setBy: { who: principal.name ?? namelessWords(principal), at: timeOf(found) } };
  });
  const isSame = counted.every((one, index) => one === incident.counted?.[index]);
  return isSame ? incident : { ...incident, counted };
}

function isOf(record: Json, { name, firedAt }: { name: string; firedAt: number }): boolean {
  return (
    asText(asObject(record.requestParameters).alarmName) === name &&
    Math.abs(timeOf(record) - firedAt) <= sameChangeMs &&
    record.errorCode === undefined
  );
}

function timeOf(record: Json): number {
  return Date.parse(asText(record.eventTime) ?? '');
}
