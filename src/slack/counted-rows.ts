/** What the alarm counted, on the card: how much of it was found and where, and what could not be read. */
import type { RichTextElement } from '@slack/types';
import { concernOf } from '../domain/incident/concern.ts';
import { type Counted, extentWords, nobodyWords, notReadWords, type Reading } from '../domain/incident/counted.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { logEventsLink } from '../domain/links.ts';
import { utc } from '../domain/utc.ts';
import { bold, linked, time, words } from './text.ts';

const shownAlarms = 3;
/** More principals than these are counted rather than named, where nobody's account is at stake. */
const namedPrincipals = 3;

type Row = RichTextElement[];

export function countedRows(incident: Incident): Row[] {
  const { counted = [] } = incident;
  const rows = counted.slice(0, shownAlarms).flatMap((one) => rowsOf(one, counted.length > 1));
  const more = counted.length - shownAlarms;
  return more > 0 ? [...rows, [words(`and ${more} alarms more that fired with it`)]] : rows;
}

/** An alarm's name and filter may promise something else than what it counted. */
export function otherThanTitled({ countedAs, title, counted = [] }: Incident): Row[] {
  return countedAs === undefined || counted.length === 0
    ? []
    : [[bold(`Not “${title}”: `), words('its filter counts more than that. What it counted is below.')]];
}

function rowsOf(counted: Counted, isOneOfMany: boolean): Row[] {
  const of = isOneOfMany ? [words(`${counted.name}: `, 100)] : [];
  if (counted.nobody !== undefined) return [[...of, words(nobodyWords(counted.nobody)), ...setByWords(counted)]];
  if (counted.notRead !== undefined) return [[...of, words(notReadWords(counted.notRead, { measures: counted.measures, group: undefined }), 400)]];
  return [...(counted.extent === undefined ? [] : [[...of, ...extentRow(counted)]]), ...unreadRows(counted)];
}

function setByWords({ setBy }: Counted): Row {
  return setBy === undefined ? [] : [words(` It was ${setBy.who}, `, 200), time(setBy.at), words('.')];
}

function extentRow({ extent, readings, isWider, otherLines }: Counted): Row {
  if (extent === undefined) return [];
  const around = isWider ? ', in the periods around too' : '';
  const others = otherLines > 0 ? ` ${otherLines} of the lines ${otherLines === 1 ? 'is' : 'are'} no CloudTrail event and stay in the log.` : '';
  return [bold('Its log: '), words(`${extentWords(extent)}${around}. ${others}`), ...readings.filter(isSearched).slice(0, 2).flatMap(searchedWords)];
}

function isSearched({ notRead }: Reading): boolean {
  return notRead === undefined || notRead === 'too-large';
}

function searchedWords({ region, group, pattern, from, until }: Reading): Row {
  return [
    words('Read: '),
    linked(logEventsLink(region, group, { pattern, from, until })),
    words(' '),
    time(from),
    words(' – '),
    time(until),
    words('. '),
  ];
}

function unreadRows({ readings, measures }: Counted): Row[] {
  const sentences = readings.flatMap(({ notRead, group }) => (notRead === undefined ? [] : [notReadWords(notRead, { measures, group })]));
  return [...new Set(sentences)].map((sentence) => [words(sentence, 400)]);
}

/** What was read, to the letter: small, for whoever wants to repeat it. */
export function readLines({ counted = [] }: Incident): string[] {
  return counted
    .flatMap(({ readings }) => readings)
    .slice(0, 2)
    .map(({ group, pattern, from, until }) => `Read: ${group} with ${pattern}, ${utc(from)} to ${utc(until)}`);
}

/** Of a noisy alarm that is not about sign-ins: counts rather than names. */
export function crowdRows(incident: Incident): Row[] {
  if (incident.subjects.length <= namedPrincipals || concernOf(incident) !== 'other') return [];
  const groups = (incident.counted ?? []).flatMap((one) => one.groups).toSorted((a, b) => b.times - a.times);
  const named = groups
    .slice(0, 5)
    .map(({ who, eventName, outcome, times }) => `${who} ${eventName} ${times}×${outcome === 'failure' ? ' (failed)' : ''}`);
  const many = `${incident.moreSubjects > 0 ? 'more than ' : ''}${incident.subjects.length}`;
  return [[bold('Who: '), words(`${many} principals, most often ${named.join(', ')}. The rest: ⋯ Evidence`, 600)]];
}
