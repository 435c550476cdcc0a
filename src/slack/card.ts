/** The card: what happened, where, who, what to do, in three seconds on a phone. A pure function of the incident. */
import type { KnownBlock, RichTextElement } from '@slack/types';
import { firedWords } from '../domain/alarm/fired.ts';
import { namedAlarm } from '../domain/alarm/named.ts';
import { regionOf } from '../domain/incident/alarms-of-incident.ts';
import { concernOf } from '../domain/incident/concern.ts';
import { tellingVerdicts, whatHappened } from '../domain/incident/headline.ts';
import { type Incident, nameOf, type Person } from '../domain/incident/incident.ts';
import { newestText } from '../domain/incident/newest.ts';
import { dayOf, isBare, prunedWords } from '../domain/incident/pruned.ts';
import { alsoWords, reasonWords, verdictLine } from '../domain/incident/reasons.ts';
import { verdictLabels } from '../domain/incident/resolution.ts';
import { eventHistoryLink } from '../domain/links.ts';
import type { Message } from '../domain/ports.ts';
import type { Owner } from '../domain/response/approval.ts';
import { type ReachSettings, reachesAlarm, reachesUsers } from '../domain/response/reach.ts';
import type { Response } from '../domain/response/response.ts';
import { isWorse } from '../domain/severity.ts';
import { utc } from '../domain/utc.ts';
import { alarmLines, stateRows } from './alarm-lines.ts';
import { campaignRows } from './campaign-rows.ts';
import { actions, leadOf } from './card-actions.ts';
import { consequenceRows } from './consequence-rows.ts';
import { countedRows, crowdRows, otherThanTitled, readLines } from './counted-rows.ts';
import { elsewhereRows } from './elsewhere-rows.ts';
import { isCut, keptRows, logRows, longestDetail, noticeRows } from './kept-rows.ts';
import { limits } from './limits.ts';
import { nextStepFor } from './next-step.ts';
import { whoIsOnSentence } from './on-it.ts';
import { askedRows } from './owner-question.ts';
import { bold, clean, fallback, lines, link, linked, mention, plain, spoken, time, words } from './text.ts';
import { unstoppedRows } from './unstopped-rows.ts';
import { faultRows, linkRow, notesRows, subjectLines, unknownRow, unreachedRows, where } from './who.ts';

export interface CardOptions {
  /** Names of accounts by id. */
  readonly accounts: ReadonlyMap<string, string>;
  /** User and user-group ids to mention from severity HIGH on. */
  readonly responders: readonly string[];
  /** False: REMEDIATORS is not set. */
  readonly remediatorsExist: boolean;
  readonly responses: readonly Response[];
  /** Who may be asked whether it was them. */
  readonly owners?: readonly Owner[];
  /** What decides in which accounts the bot can do anything. */
  readonly reach: ReachSettings;
  /** The address of a message in the incident channel, from its ts. */
  readonly permalink: (ts: string) => string;
}

/** Where the cards of linked incidents are, by number. */
type Cards = ReadonlyMap<number, string>;

/** A context block takes ten lines: two are the card's own. */
const shownDetails = 8;

type Row = RichTextElement[];

export function drawCard(incident: Incident, options: CardOptions, cards: Cards): Message {
  if (incident.mergedInto !== undefined) return drawMerged(incident, incident.mergedInto, options, cards);
  const isResolved = incident.status === 'resolved';
  const blocks: KnownBlock[] = [
    { type: 'header', text: plain(headline(incident, options), limits.header) },
    lines(...(isResolved ? resolvedRows(incident, options, cards) : openRows(incident, options, cards))),
    ...actions(incident, options),
    {
      type: 'context',
      elements: [...detailLines(incident).slice(0, shownDetails), ...cutLine(incident), footer(incident)].map((line) => plain(line, longestDetail)),
    },
  ];
  return spoken({ text: summaryText(incident, options), blocks });
}

function headline(incident: Incident, options: CardOptions): string {
  const state = incident.resolved
    ? `RESOLVED · ${verdictLabels[incident.resolved.verdict]}`
    : `${incident.severity} · ${incident.status.toUpperCase()}`;
  const place = options.accounts.get(incident.account);
  const named = place === undefined || incident.origin === 'notice' ? '' : ` · ${clean(place, 20)}`;
  return `${state} · ${clean(whatHappened(incident), 80)}${named} · ${nameOf(incident)}`;
}

const longestSummary = 500;

/** Its first 90 characters stand alone on a lock screen, without addresses. */
function summaryText(incident: Incident, options: CardOptions): string {
  const state = incident.resolved ? `RESOLVED (${incident.resolved.verdict})` : `${incident.severity} ${incident.status.toUpperCase()}`;
  const place = clean(options.accounts.get(incident.account) ?? incident.account, 16);
  const head = `${nameOf(incident)} ${state}: ${clean(whatHappened(incident), 48)} · ${place}`;
  const next = incident.resolved ? '' : ` ${nextStepFor(incident, options.reach, leadOf(incident, options))}`;
  return fallback(`${head}. ${whoIsOnSentence(incident)}${next}`, longestSummary);
}

/** One line: whoever looks at the younger card goes to the older. */
function drawMerged(incident: Incident, into: number, { permalink }: CardOptions, cards: Cards): Message {
  const ts = cards.get(into);
  const name = nameOf({ id: into });
  const rest = ts === undefined ? bold(name) : link(name, permalink(ts));
  return {
    text: fallback(`${nameOf(incident)} is part of ${name} now: ${clean(incident.title, 60)}`, limits.fallbackText),
    blocks: [lines([words(`${nameOf(incident)} (${incident.title}) is part of `, 150), rest, words(' now.')])],
  };
}

function openRows(incident: Incident, options: CardOptions, cards: Cards): Row[] {
  return [
    whatRow(incident),
    ...logRows(incident),
    ...newestRows(incident),
    [words(where(incident, options.accounts))],
    ...noticeRows(incident),
    ...verdictRows(incident),
    ...otherThanTitled(incident),
    ...countedRows(incident),
    ...whoRows(incident, options),
    ...askedRows(incident),
    ...notesRows(incident, incident.look?.since ?? incident.openedAt),
    ...faultRows(incident),
    ...unreachedRows(incident, options.reach),
    ...stateRows(incident),
    ...keptRows(incident),
    ...incident.otherAlarms.map((alarm) => [words(`Also in ALARM: ${namedAlarm(alarm)} since `, 200), time(alarm.since)]),
    ...campaignRows(incident, linkTo(options, cards)),
    ...linkRow(linksBeside(incident), linkTo(options, cards)),
    ...elsewhereRows(incident, linkTo(options, cards)),
    ...consequenceRows(incident),
    nowRow(incident, options),
  ];
}

function whatRow(incident: Incident): Row {
  const { signals, firings, recoveries } = incident.counts;
  const again = signals > firings + recoveries ? ` (${signals} notification${signals === 1 ? '' : 's'})` : '';
  const measured = incident.alarm === undefined ? '' : firedWords(incident.alarm);
  const back = recoveries > 0 ? `, back to OK ${recoveries}×` : '';
  const what = {
    alarm: `Alarm fired ${firings}×${measured === '' ? '' : `, ${measured}`}${back}${again}`,
    'sign-in': `Seen ${firings}×${again}`,
    notice: `${incident.notice?.about === 'chain-cut' || incident.notice?.about === 'remediators' ? 'Found' : 'Received'} ${signals}×`,
  }[incident.origin];
  const isOnce = Math.floor(incident.firstSignalAt / 60_000) === Math.floor(incident.lastSignalAt / 60_000);
  const until = isOnce ? [] : [words(' – '), time(incident.lastSignalAt)];
  return [bold(what), words(' · '), time(incident.firstSignalAt), ...until];
}

/** The sentence of the newest event, where the incident is about events and not about an alarm. */
function newestRows(incident: Incident): Row[] {
  const { origin, counts } = incident;
  const text = newestText(incident);
  if (origin !== 'sign-in' || text === undefined) return [];
  return [[...(counts.firings > 1 ? [bold('Newest: ')] : []), words(`${text}.`, 420)]];
}

/** What CloudWatch says of the alarms, or the browser of the newest sign-in: small, for it seldom decides. */
function detailLines(incident: Incident): string[] {
  const [newest] = incident.subjects;
  if (incident.alarm === undefined) return newest?.userAgent ? [`User agent of the newest event: ${newest.userAgent}`] : [];
  return [...alarmLines(incident), ...readLines(incident)];
}

function cutLine(incident: Incident): string[] {
  return isCut(incident) ? ['Not all of it is here: ⋯ Timeline, Whole text.'] : [];
}

function linkTo({ permalink }: CardOptions, cards: Cards): (id: number) => string | undefined {
  return (id) => {
    const ts = cards.get(id);
    return ts === undefined ? undefined : permalink(ts);
  };
}

/** Those that are not of its campaign. */
function linksBeside({ links, campaign }: Incident): Incident['links'] {
  return links.filter(({ id }) => !campaign.incidents.includes(id));
}

/** Why it is as grave as it is; the headline says what it is. */
function verdictRows({ assessment, subjects, look }: Incident): Row[] {
  if (assessment === undefined) return [];
  const head = tellingVerdicts.has(assessment.verdict) ? `Why ${assessment.severity}: ` : `${verdictLine(assessment, subjects)}: `;
  const also = alsoWords(assessment, subjects);
  const others: Row[] = also === '' ? [] : [[bold('Also: '), words(also, 400)]];
  return [[bold(head), words(`${reasonWords(assessment.reasons, { subjects, look })}.`, 400)], ...others];
}

function whoRows(incident: Incident, options: CardOptions): Row[] {
  const crowd = crowdRows(incident);
  if (crowd.length > 0) return crowd;
  if (incident.subjects.length > 0) return subjectLines(incident, options.accounts);
  if (incident.pruned !== undefined && isBare(incident)) return [[words(prunedWords(incident.pruned))]];
  const isExplained = incident.counted !== undefined && incident.look === undefined;
  if (incident.origin === 'notice' || isExplained || concernOf(incident) === 'other') return [];
  if (!reachesUsers(incident, options.reach) || !reachesAlarm(incident, options.reach))
    return [[bold('Who: '), words('not known, the alarm names nobody.')]];
  // Of the alarm's own region; sign-ins of IAM users may be in others, which the guide behind ⋯ names.
  return [[...unknownRow(incident), linked(eventHistoryLink(regionOf(incident), 'ConsoleLogin'))]];
}

function nowRow(incident: Incident, options: CardOptions): Row {
  const next = words(` ${nextStepFor(incident, options.reach, leadOf(incident, options))} `);
  const { owner, acknowledged, status } = incident;
  if (owner === undefined) return [bold('Now: '), words('acknowledge it, nobody is on it.'), next, ...rings(incident, options)];
  if (status === 'acknowledged') return [bold('Now: '), words(`${owner.name} is on it`), ...sinceWhen(owner, acknowledged), words('.'), next];
  return [bold('Now: '), words(`acknowledge it again, it changed. ${owner.name} was on it.`), next, ...rings(incident, options)];
}

/** Whoever took it over was not on it since it was acknowledged. */
function sinceWhen(owner: Person, acknowledged: Incident['acknowledged']): Row {
  if (acknowledged === undefined) return [];
  const by = acknowledged.by.id === owner.id ? ' since ' : `; ${acknowledged.by.name} acknowledged it `;
  return [words(by), time(acknowledged.at)];
}

/** From severity HIGH on, whom the card rings; one that another incident tells for, or of which it is yet to be decided, rings nobody. */
function rings(incident: Incident, options: CardOptions): Row {
  const isToldAloud = incident.tells === 'itself' && !isWorse('HIGH', incident.rung);
  return isToldAloud ? options.responders.flatMap((id) => [mention(id), words(' ')]) : [];
}

function resolvedRows(incident: Incident, options: CardOptions, cards: Cards): Row[] {
  const { resolved, acknowledged } = incident;
  if (resolved === undefined) return [];
  const first: Row = acknowledged ? [words(`${acknowledged.by.name}: acknowledged `), time(acknowledged.at), words('. ')] : [];
  const said = resolved.note === '' ? [] : [words(` “${resolved.note}”`, 1_000)];
  return [
    [...first, words(`${resolved.by.name}: resolved `), time(resolved.at), words('.'), ...said],
    whatRow(incident),
    [words(where(incident, options.accounts))],
    ...verdictRows(incident),
    ...subjectLines(incident, options.accounts),
    ...askedRows(incident),
    ...consequenceRows(incident),
    ...unstoppedRows(incident),
    ...campaignRows(incident, linkTo(options, cards)),
    ...linkRow(linksBeside(incident), linkTo(options, cards)),
  ];
}

function footer(incident: Incident): string {
  const reopened = incident.reopenings > 0 ? ` · reopened ${incident.reopenings}×` : '';
  const before = incident.previous === undefined ? '' : ` · before it: ${nameOf({ id: incident.previous })}`;
  const pruned = incident.pruned === undefined ? '' : ` · details pruned ${dayOf(incident.pruned)}`;
  return `${nameOf(incident)} · opened ${utc(incident.openedAt)}${reopened}${before}${pruned}`;
}
