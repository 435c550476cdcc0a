/** The alarms of an incident: several may be of one detection, in several regions say. */
import type { AlarmChange } from '../alarm/alarm.ts';
import { keptAfter } from '../alarm/kept.ts';
import type { AlarmMeaning } from '../detection/recognition.ts';
import { placeOf } from '../place.ts';
import type { Decision } from './decision.ts';
import type { AlarmOfIncident, Incident } from './incident.ts';
import type { AlarmMemory } from './triage.ts';

interface Change {
  readonly signal: AlarmChange;
  readonly decision: Decision;
  readonly meaning: AlarmMeaning;
  /** What is remembered of it. */
  readonly memory: AlarmMemory | undefined;
}

/** The incident after a change of one of its alarms. The one shown is in ALARM if any is, and of those the newest. */
export function withAlarm(incident: Incident, change: Change): Incident {
  const all = alarmsOf(incident);
  const known = all.find((alarm) => alarm.arn === change.signal.arn);
  const after = alarmAfter(known, change);
  return withAlarms(incident, [known === undefined ? asIsNow(after, change) : after, ...all.filter((alarm) => alarm !== known)]);
}

/** Of an alarm that the incident does not know: it may have changed again before the change arrived. */
function asIsNow(alarm: AlarmOfIncident, { signal, memory }: Change): AlarmOfIncident {
  if (memory === undefined || memory.at <= signal.at) return alarm;
  const { state, at, reason = '', cause } = memory;
  return { ...alarm, state, since: at, reason, cause, firing: state === 'ALARM' ? alarm.firing : [] };
}

export function alarmsOf(incident: Pick<Incident, 'alarm' | 'otherAlarms'>): AlarmOfIncident[] {
  return incident.alarm === undefined ? [] : [incident.alarm, ...incident.otherAlarms];
}

/** Where it is: the region of the alarm that is shown, or of the event or message that it came from. */
export function regionOf({ alarm, origin, region }: Pick<Incident, 'alarm' | 'origin' | 'region'>): string {
  return origin === 'alarm' && alarm !== undefined ? placeOf(alarm.arn).region : region;
}

/** One alarm is shown, others are kept while they are in ALARM. */
export function withAlarms(incident: Incident, alarms: readonly AlarmOfIncident[]): Incident {
  const rank = (alarm: AlarmOfIncident): number => (alarm.state === 'ALARM' ? 1 : 0);
  const [alarm, ...others] = alarms.toSorted((a, b) => rank(b) - rank(a) || b.since - a.since);
  return { ...incident, alarm, otherAlarms: others.filter((other) => other.state === 'ALARM') };
}

function alarmAfter(before: AlarmOfIncident | undefined, { signal, decision, meaning }: Change): AlarmOfIncident {
  const measures = signal.measures ?? before?.measures;
  const told = {
    ...meaning,
    arn: signal.arn,
    name: signal.name,
    shape: signal.shape,
    measures,
    fired: firedAfter(before, signal, measures),
    description: signal.description ?? before?.description,
  };
  const firedAfterReset = (before?.firedAfterReset ?? 0) + (decision.reason === 'fired-again-after-our-reset' ? 1 : 0);
  // Each contributor has an order of its own: what is older than the alarm's newest change may be the newest of its contributor.
  const firing = decision.reason === 'older-than-known' ? (before?.firing ?? []) : firingAfter(before?.firing ?? [], signal);
  const state = firing.length > 0 ? 'ALARM' : signal.state;
  if (before && signal.at < before.since)
    return {
      ...before,
      fired: firedAfter(before, signal, before.measures),
      firing,
      firedAfterReset,
      state: signal.contributor === undefined ? before.state : state,
    };
  const resetBy = decision.do === 'note' ? decision.reset?.by : undefined;
  const kept = keptAfter(before?.kept, { ...signal.kept, contributor: signal.contributor }, firing);
  // The reason of a contributor that recovered is not the one for which the alarm stays in ALARM.
  const { since, reason, cause } = before !== undefined && state !== signal.state ? before : changeOf(signal);
  return { ...told, kept, state, firing, since, reason, cause, resetBy, firedAfterReset };
}

function changeOf({ at, reason, evaluation }: AlarmChange): Pick<AlarmOfIncident, 'since' | 'reason' | 'cause'> {
  return { since: at, reason, cause: evaluation.cause };
}

/** @param measured what the alarm measures after the change: a firing of before may have been by another limit */
function firedAfter(before: AlarmOfIncident | undefined, signal: AlarmChange, measured: AlarmOfIncident['measures']): AlarmOfIncident['fired'] {
  const last = before?.fired;
  const isNewest = signal.state === 'ALARM' && (last === undefined || signal.at >= last.at);
  const fired = isNewest ? { at: signal.at, evaluation: signal.evaluation } : last;
  const then = (isNewest ? signal.measures : last?.measures) ?? before?.measures;
  const isSame = then === undefined || then === measured || JSON.stringify(then) === JSON.stringify(measured);
  return fired && { at: fired.at, evaluation: fired.evaluation, ...(isSame ? {} : { measures: then }) };
}

function firingAfter(before: readonly string[], { contributor, state }: AlarmChange): readonly string[] {
  if (contributor === undefined) return state === 'ALARM' ? before : [];
  const others = before.filter((one) => one !== contributor);
  return state === 'ALARM' ? [...others, contributor] : others;
}

/** Whether a change is the alarm's own: contributors go into ALARM one by one, and the alarm with the first and out with the last. */
export function isOwnChange(incident: Incident, signal: AlarmChange): boolean {
  const before = alarmsOf(incident).find(({ arn }) => arn === signal.arn);
  if (before === undefined) return true;
  if (signal.contributor === undefined) return before.state !== signal.state || (before.firing.length === 0 && signal.state !== 'OK');
  const others = before.firing.filter((one) => one !== signal.contributor);
  return signal.state === 'ALARM' ? before.state !== 'ALARM' : before.state === 'ALARM' && others.length === 0;
}
