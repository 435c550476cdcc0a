/** All that a card or a view may cut, uncut: what messages say, why it is as grave as it is, what is open and what was written. */
import { attributeWords } from '../alarm/kept.ts';
import { namedAlarm } from '../alarm/named.ts';
import { ruleWords } from '../alarm/rule.ts';
import { detailLines } from '../response/to-copy.ts';
import { alarmsOf } from './alarms-of-incident.ts';
import { type AlarmOfIncident, type Incident, nameOf } from './incident.ts';
import { reasonWords, verdictLine } from './reasons.ts';
import type { Entry } from './timeline.ts';

export interface WholeText {
  readonly title: string;
  readonly text: string;
}

/** Of an incident as it is now. */
export function wholeTexts(incident: Incident): WholeText[] {
  const { notice, noticeText, assessment, notStopped, leftToDo, resolved, links, subjects } = incident;
  return present([
    ['Title', incident.title],
    ...alarmsOf(incident).flatMap(ofAlarm),
    ['The message in a sentence', notice?.says],
    ['The newest message', noticeText],
    ['Why', assessment && `${verdictLine(assessment, subjects)}\n${reasonWords(assessment.reasons, incident).replaceAll('; ', '\n')}`],
    ['Not stopped', notStopped.map(({ text }) => text).join('\n')],
    ['Left to do', leftToDo.join('\n')],
    ['Note of the resolution', resolved?.note],
    ['Linked', links.map(({ id, because }) => `${nameOf({ id })} (${because})`).join('\n')],
    ['Browsers', [...new Set(subjects.flatMap(({ userAgent }) => userAgent ?? []))].join('\n')],
  ]);
}

function ofAlarm(alarm: AlarmOfIncident): [string, string | undefined][] {
  const named = namedAlarm(alarm);
  const contributors = Object.entries(alarm.kept?.contributors ?? {}).map(([id, attributes]) => `${id}: ${attributeWords(attributes)}`);
  return [
    [`Description of alarm ${named}`, alarm.description],
    [`What CloudWatch says of alarm ${named}`, alarm.reason],
    [`Rule of alarm ${named}`, alarm.measures && ruleWords(alarm.measures)],
    [`Contributors of alarm ${named}`, contributors.join('\n')],
  ];
}

/** Of one entry. */
export function wholeEntry({ body }: Entry): WholeText[] {
  return present([
    ['What', body.text],
    ['Why', body.why],
    ['Details', detailLines(body).join('\n')],
    ['The message', body.whole],
  ]);
}

function present(parts: readonly [string, string | undefined][]): WholeText[] {
  return parts.flatMap(([title, text]) => (text === undefined || text.trim() === '' ? [] : [{ title, text }]));
}
