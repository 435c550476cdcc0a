/** What is known of an incident's alarms, in small print: each says how it was recognised and what its own filter counts. */
import type { RichTextElement } from '@slack/types';
import { isGone } from '../domain/alarm/gone.ts';
import { namedAlarm } from '../domain/alarm/named.ts';
import { ruleWords } from '../domain/alarm/rule.ts';
import { filterWords } from '../domain/detection/judgement.ts';
import type { Recognition } from '../domain/detection/recognition.ts';
import { alarmsOf } from '../domain/incident/alarms-of-incident.ts';
import type { AlarmOfIncident, Incident } from '../domain/incident/incident.ts';
import { bold, time, words } from './text.ts';

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
  const told = alarm.judgement && filterWords(alarm.judgement);
  return [
    `Alarm ${namedAlarm(alarm)}, ${how}`,
    ...(told === undefined ? [] : [`Its filter ${told}`]),
    ...(alarm.unread === undefined ? [] : [`Its filter could not be read, and is asked for again: ${alarm.unread}`]),
  ];
}

/** Since when it is no longer in ALARM, and why. Who reset it before its details were pruned is not known. */
export function stateRows({ alarm, pruned = 0 }: Pick<Incident, 'alarm' | 'pruned'>): RichTextElement[][] {
  if (alarm === undefined || alarm.since <= pruned) return [];
  const again: RichTextElement[][] =
    alarm.firedAfterReset > 0
      ? [[bold(`Fired again after a reset${alarm.firedAfterReset > 1 ? ` (${alarm.firedAfterReset}×)` : ''}: its data still breaches.`)]]
      : [];
  if (alarm.state === 'ALARM') return again;
  if (alarm.resetBy) return [[words(`Alarm OK since `), time(alarm.since), words(`: reset by ${alarm.resetBy.name}. That fixes nothing.`)], ...again];
  if (alarm.cause === 'set-by-hand')
    return [
      [
        words(`Set to ${alarm.state} by hand (SetAlarmState) since `),
        time(alarm.since),
        words(`${setter(alarm)}: nothing shows that it stopped.`, 300),
      ],
      ...again,
    ];
  if (alarm.state === 'OK') return [[words('Alarm OK by itself since '), time(alarm.since), words(': it stopped, nothing more.')], ...again];
  if (isGone(alarm))
    return [
      [words('The alarm no longer exists in CloudWatch, as was seen '), time(alarm.since), words(': that says nothing of what made it fire.')],
      ...again,
    ];
  return [[words('No matching event since '), time(alarm.since), words(': the alarm has no data, which says nothing more.')]];
}

function setter({ setBy }: AlarmOfIncident): string {
  return setBy === undefined ? '' : ` by ${setBy.who}`;
}
