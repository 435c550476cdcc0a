/** What is known of an incident's alarms, in small print: each says how it was recognised and what its own filter counts. */
import { namedAlarm } from '../domain/alarm/named.ts';
import { ruleWords } from '../domain/alarm/rule.ts';
import { filterWords } from '../domain/detection/judgement.ts';
import type { Recognition } from '../domain/detection/recognition.ts';
import { alarmsOf } from '../domain/incident/alarms-of-incident.ts';
import type { AlarmOfIncident, Incident } from '../domain/incident/incident.ts';

const shownOthers = 3;

export function alarmLines(incident: Incident): string[] {
  const [shown, ...others] = alarmsOf(incident);
  if (shown === undefined) return [];
  const rule = shown.measures && `Rule: ${ruleWords(shown.measures)}`;
  const said = [...meaningLines(shown, incident), shown.description, rule, shown.resetBy ? undefined : shown.reason];
  const ofOthers = others.slice(0, shownOthers).map((alarm) => meaningLines(alarm, incident).join('. '));
  return [...said, ...ofOthers].filter((line): line is string => line !== undefined && line !== '');
}

const recognisedWords: Record<Recognition['by'], string> = {
  configured: 'known by ALARM_DETECTIONS',
  'metric-filter': 'recognised by its metric filter',
  name: 'recognised by its name only',
  event: 'joined to the events of the same detection',
  text: 'joined to a text about the same',
};

function meaningLines(alarm: AlarmOfIncident, incident: Incident): string[] {
  // Alarms that were kept before each had a meaning of its own have the incident's.
  const recognised = alarm.recognised ?? (alarm.judgement === undefined && alarm.unread === undefined ? incident.recognised : undefined);
  const how = recognised === undefined ? 'not recognised as one of the catalogue' : recognisedWords[recognised.by];
  const words = alarm.judgement && filterWords(alarm.judgement);
  return [
    `Alarm ${namedAlarm(alarm)}, ${how}`,
    ...(words === undefined ? [] : [`Its filter ${words}`]),
    ...(alarm.unread === undefined ? [] : [`Its filter could not be read, and is asked for again: ${alarm.unread}`]),
  ];
}
