/** Who set an alarm's state by hand. */
import type { Place } from '../detection/coverage.ts';
import { asObject, asText, type Json } from '../json.ts';
import { placeOf } from '../place.ts';
import { bucketed, type Look } from '../sign-in/looks.ts';
import { namelessWords, principalOf } from '../sign-in/principal.ts';
import { alarmsOf, withAlarms } from './alarms-of-incident.ts';
import type { Counted } from './counted.ts';
import type { AlarmOfIncident, Incident } from './incident.ts';
import { setAlarmState } from './trail-plan.ts';

/** The record's time and the alarm's own of one change: so far apart at most. */
const furthestMs = 2 * 60_000;
/** Event history has by then what it ever has. */
const askedForMs = 20 * 60_000;

interface Set {
  readonly name: string;
  readonly state: string;
  readonly at: number;
}

/** What is to be asked for about alarms that somebody set to OK or INSUFFICIENT_DATA by hand. */
export function looksForSetBy(incident: Incident, now: number): Look[] {
  return alarmsOf(incident)
    .filter((alarm) => isUntold(alarm) && now - alarm.since < askedForMs)
    .map(({ arn, since }) => ({ ...placeOf(arn), attribute: 'EventName', value: setAlarmState, from: bucketed(since - furthestMs) }));
}

function isUntold({ state, cause, resetBy, setBy }: AlarmOfIncident): boolean {
  return state !== 'ALARM' && cause === 'set-by-hand' && resetBy === undefined && setBy === undefined;
}

/** The incident with whoever set the state of its alarms, as far as SetAlarmState records tell. @param place where the records are of */
export function withSetBy(incident: Incident, records: readonly Json[], place: Place): Incident {
  const counted = (incident.counted ?? []).map((one) => (isSetOff(one, place) ? withSetter(one, asFired(one), { incident, records }) : one));
  const alarms = alarmsOf(incident);
  const told = alarms.map((one) => (isUntold(one) && isOf(one, place) ? withSetter(one, asIs(one), { incident, records }) : one));
  const isSame = counted.every((one, index) => one === incident.counted?.[index]);
  const named = isSame ? incident : { ...incident, counted };
  return told.every((one, index) => one === alarms[index]) ? named : withAlarms(named, told);
}

function isSetOff(counted: Counted, place: Place): boolean {
  return counted.nobody === 'set-by-hand' && counted.setBy === undefined && isOf(counted, place);
}

function isOf({ arn }: { readonly arn: string }, { account, region }: Place): boolean {
  const of = placeOf(arn);
  return of.account === account && of.region === region;
}

/** Whoever set it to OK a minute later is somebody else. */
function asFired({ name, firedAt }: Counted): Set {
  return { name, state: 'ALARM', at: firedAt };
}

function asIs({ name, state, since }: AlarmOfIncident): Set {
  return { name, state, at: since };
}

function withSetter<T extends object>(one: T, set: Set, { incident, records }: { incident: Incident; records: readonly Json[] }): T {
  const [found] = records.filter((record) => isIt(record, set)).toSorted((a, b) => apart(a, set) - apart(b, set));
  if (found === undefined) return one;
  const principal = principalOf(found, incident.account);
  return { ...one, setBy: { who: principal.name ?? namelessWords(principal), at: timeOf(found) } };
}

function isIt(record: Json, set: Set): boolean {
  const { alarmName, stateValue } = asObject(record.requestParameters);
  return asText(alarmName) === set.name && stateValue === set.state && apart(record, set) <= furthestMs && record.errorCode === undefined;
}

function apart(record: Json, { at }: Set): number {
  return Math.abs(timeOf(record) - at);
}

function timeOf(record: Json): number {
  return Date.parse(asText(record.eventTime) ?? '');
}
