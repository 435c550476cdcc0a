/** What messages hold beside the alarm's change: on the card in a line each. The whole of it is behind Timeline, Whole text. */
import type { RichTextElement } from '@slack/types';
import { addressesInText } from '../domain/addresses-in-text.ts';
import { attributeWords, type KeptOfAlarm, silenceWords } from '../domain/alarm/kept.ts';
import { alarmsOf } from '../domain/incident/alarms-of-incident.ts';
import type { AlarmOfIncident, Incident } from '../domain/incident/incident.ts';
import { logGroupLink } from '../domain/links.ts';
import { placeOf } from '../domain/place.ts';
import { lateWords } from '../domain/signal/way.ts';
import { areConsequencesCut } from './consequence-rows.ts';
import { bold, link, linked, words } from './text.ts';

type Row = RichTextElement[];

const shownContributors = 3;
const longestNotice = 1_500;
export const longestDetail = 400;

/** What SNS did not bring says so. */
function lateRows({ late }: Incident): Row[] {
  return lateWords(late).map((line) => [bold(line)]);
}

/** Of the alarm that is shown. */
export function keptRows(incident: Incident): Row[] {
  const { alarm } = incident;
  if (alarm === undefined) return lateRows(incident);
  const { kept, description } = alarm;
  const addresses = addressesInText(description ?? '');
  const links = addresses.map((url, index): Row => [bold(index === 0 ? 'In its description: ' : 'and: '), link(url.slice(0, 200), url)]);
  return [...lateRows(incident), ...(kept === undefined ? [] : [...silenceRows(kept), ...contributorRows(kept), ...lineRows(alarm, kept)]), ...links];
}

function silenceRows({ silence }: KeptOfAlarm): Row[] {
  return silence === undefined ? [] : [[bold(silenceWords(silence))]];
}

function contributorRows({ contributors }: KeptOfAlarm): Row[] {
  const told = Object.values(contributors);
  const rows = told.slice(0, shownContributors).map((attributes): Row => [bold('Contributor: '), words(attributeWords(attributes), longestDetail)]);
  const more = told.length - shownContributors;
  return more > 0 ? [...rows, [words(`and ${more} contributor${more === 1 ? '' : 's'} more`)]] : rows;
}

function lineRows({ arn }: AlarmOfIncident, { lines }: KeptOfAlarm): Row[] {
  if (lines === undefined || lines.others === 0) return [];
  const said = `${lines.others} of the ${lines.events + lines.others} log lines in its message ${lines.others === 1 ? 'is' : 'are'} no CloudTrail event and not shown here: `;
  const [group] = lines.groups;
  return [[words(said), group === undefined ? words('see its log group.') : linked(logGroupLink(placeOf(arn).region, group))]];
}

/** What a message says: in a sentence where its shape is known, else in its own words. */
export function noticeRows({ noticeText, notice }: Incident): Row[] {
  if (noticeText === undefined) return [];
  if (notice?.about === 'noise') return noiseRows(notice.received);
  const said: Row[] = notice?.says === undefined ? [] : [[words(notice.says, longestNotice)]];
  if (said.length > 0 && notice?.about !== 'records') return said;
  const unknown = [words('The bot does not recognise this kind of message, so here it is as it came.')];
  return [...said, [words('It says: '), words(noticeText, longestNotice)], ...(isKnown(notice?.about) ? [] : [unknown])];
}

function noiseRows(received: Readonly<Record<string, number>>): Row[] {
  const kinds = Object.entries(received).map(([what, times]) => `${what} (${times}×)`);
  return [[words(`This topic also gets ${kinds.join(', ')}. They say nothing of sign-ins: take them off this topic.`, longestNotice)]];
}

const known: ReadonlySet<string> = new Set(['unsubscribed', 'test', 'backup', 'health', 'outage', 'remediators']);

function isKnown(about: string | undefined): boolean {
  return about !== undefined && known.has(about);
}

/** Whether the card says less than the messages do, and than what is open. */
export function isCut(incident: Incident): boolean {
  const texts = alarmsOf(incident).flatMap(({ description, reason }) => [description ?? '', reason]);
  const notice = incident.notice?.says ?? incident.noticeText ?? '';
  return texts.some((text) => [...text].length > longestDetail) || [...notice].length > longestNotice || areConsequencesCut(incident);
}

/** Entries that are not what was written are not shown; that there are any is. */
export function logRows({ logChanged = [] }: Incident): Row[] {
  return logChanged.length === 0
    ? []
    : [[bold('The log of this incident was changed in the database.'), words(' What the thread shows is what it said.')]];
}
