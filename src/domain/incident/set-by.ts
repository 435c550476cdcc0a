/** Who set an alarm's state by hand. */
import { asObject, asText, type Json } from '../json.ts';
import { namelessWords, principalOf } from '../sign-in/principal.ts';
import type { Counted } from './counted.ts';
import type { Incident } from './incident.ts';

/** AWS's own times of one change differ by milliseconds, clocks by more. */
const sameChangeMs = 2 * 60_000;

/** The incident with whoever set the state of its alarms, as far as SetAlarmState records tell. @param records of the alarms' account and region */
export function withSetBy(incident: Incident, records: readonly Json[]): Incident {
  const counted = (incident.counted ?? []).map((one) => {
    if (one.nobody !== 'set-by-hand' || one.setBy !== undefined) return one;
    const [found] = records.filter((record) => isOf(record, one)).toSorted((a, b) => apart(a, one) - apart(b, one));
    if (found === undefined) return one;
    const principal = principalOf(found, incident.account);
    return { ...one, setBy: { who: principal.name ?? namelessWords(principal), at: timeOf(found) } };
  });
  const isSame = counted.every((one, index) => one === incident.counted?.[index]);
  return isSame ? incident : { ...incident, counted };
}

/** Whether it set the alarm off: whoever set it to OK a minute later is somebody else. */
function isOf(record: Json, counted: Pick<Counted, 'name' | 'firedAt'>): boolean {
  const { alarmName, stateValue } = asObject(record.requestParameters);
  return asText(alarmName) === counted.name && stateValue === 'ALARM' && apart(record, counted) <= sameChangeMs && record.errorCode === undefined;
}

function apart(record: Json, { firedAt }: Pick<Counted, 'firedAt'>): number {
  return Math.abs(timeOf(record) - firedAt);
}

function timeOf(record: Json): number {
  return Date.parse(asText(record.eventTime) ?? '');
}
