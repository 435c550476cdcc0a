/** /signin-status and the App Home tab. */
import type { KnownBlock, RichTextBlock, RichTextElement, View } from '@slack/types';
import { namedAlarm } from '../domain/alarm/named.ts';
import type { Coverage } from '../domain/detection/coverage.ts';
import { detectionOf } from '../domain/detection/detections.ts';
import { whatHappened } from '../domain/incident/headline.ts';
import { duration, type Incident, nameOf } from '../domain/incident/incident.ts';
import type { Entry } from '../domain/incident/timeline.ts';
import type { AlarmMemory } from '../domain/incident/triage.ts';
import type { AlarmFacts, Message } from '../domain/ports.ts';
import { freezeFact, freezeIn, freezeWords } from '../domain/response/brakes.ts';
import { troublesIn } from '../domain/troubles.ts';
import { mostCounted, mostListed, type Status, type WatchedAlarms } from '../features/report-status.ts';
import { fittingRows } from './details.ts';
import { whoIsOn } from './on-it.ts';
import { showButton } from './storm-card.ts';
import { postCardButton } from './storm-view.ts';
import { bold, clean, fallback, lines, link, time, words } from './text.ts';
import { where } from './who.ts';

const shown = mostListed;

/** In characters. Slack refuses a message with some 12,000 of them in its blocks (slackapi/bolt-js #2509, #2867), so that nothing would be told. */
const room = { incidents: 3_500, alarms: 4_000, deliveries: 3_500, coverage: 11_000 };

function part(rows: readonly RichTextElement[][], most: number): RichTextBlock {
  return lines(...fittingRows(rows, most, (count) => `… and ${count} line${count === 1 ? '' : 's'} more`));
}

export interface StatusOptions {
  readonly accounts: ReadonlyMap<string, string>;
  /** The address of a message in the incident channel, from its ts. */
  readonly permalink: (ts: string) => string;
  /** Set: only this alarm is asked about. */
  readonly alarm?: string;
  /** All but what CloudWatch says was said before, in a message that stays: a command's answers replace nothing. */
  readonly isRest?: boolean;
  /** Refused SNS messages of this process, by reason. */
  readonly refusals: ReadonlyMap<string, number>;
}

/** @param watched undefined while CloudWatch has not answered yet */
export function drawStatus(status: Status, watched: WatchedAlarms | undefined, options: StatusOptions): Message {
  if (options.isRest === true) return { text: 'What CloudWatch says', blocks: [part(alarmRows(status, watched, options), room.alarms)] };
  const waiting: KnownBlock[] = status.withoutCard === 0 ? [] : [{ type: 'actions', elements: [showButton(status.withoutCard)] }];
  const blocks = [
    part(incidentRows(status, options), room.incidents),
    ...waiting,
    part(alarmRows(status, watched, options), room.alarms),
    part(deliveryRows(status, options), room.deliveries),
  ];
  const of = options.alarm === undefined ? '' : `${options.alarm}: `;
  return { text: `${of}Open incidents: ${openWords(status)}`, blocks };
}

function incidentRows(status: Status, options: StatusOptions): RichTextElement[][] {
  if (status.incidents.length === 0) return [[bold(options.alarm === undefined ? 'No open incident.' : `No open incident of ${options.alarm}.`)]];
  const rows = status.incidents
    .slice(0, shown)
    .map(({ incident, card }) => [
      card === undefined ? words(`${nameOf(incident)} (its card is not posted yet)`) : link(nameOf(incident), options.permalink(card)),
      words(
        ` ${incident.severity} · ${incident.status} · ${clean(whatHappened(incident), 80)} · ${whoIsOn(incident)} · open for ${duration(status.now - incident.openedAt)}`,
      ),
    ]);
  const more = status.open - rows.length;
  return [
    [bold(`${openWords(status)} open incident${status.open === 1 ? '' : 's'}`)],
    ...rows,
    ...(more > 0 ? [[words(status.open > mostCounted ? 'and many more' : `and ${more} more`)]] : []),
  ];
}

function openWords({ open }: Status): string {
  return open > mostCounted ? `more than ${mostCounted}` : String(open);
}

function alarmRows(status: Status, watched: WatchedAlarms | undefined, { alarm: asked }: StatusOptions): RichTextElement[][] {
  if (watched === undefined) return [[bold('Alarms'), words(': asking CloudWatch, its answer follows.')], ...rememberedRows(status.remembered)];
  const faults = watched.faults.slice(0, shown).map((fault) => [bold('Not read: '), words(fault)]);
  // One that is asked for by name may be where the responder does not look.
  const others = asked === undefined ? [] : status.remembered.filter(({ arn }) => !watched.alarms.some((alarm) => alarm.arn === arn));
  const elsewhere = rememberedRows(others);
  if (watched.alarms.length === 0)
    return [[bold('No alarm'), words(' in the configured accounts and regions notifies one of the allowed topics.')], ...elsewhere, ...faults];
  const gravest = watched.alarms.toSorted((a, b) => byState.indexOf(a.state) - byState.indexOf(b.state));
  const rows = gravest
    .slice(0, shown)
    .map((alarm) => [
      ...(alarm.state === 'OK' ? [words(namedAlarm(alarm))] : [bold(namedAlarm(alarm))]),
      words(`: ${alarm.state} since `),
      time(alarm.since),
      words(` · ${alarm.account}${silentWords(alarm)}`),
    ]);
  return [
    [bold(`${watched.alarms.length} watched alarm${watched.alarms.length === 1 ? '' : 's'}`)],
    ...rows,
    ...restRows(watched.alarms.length),
    ...elsewhere,
    ...faults,
  ];
}

const byState: readonly AlarmFacts['state'][] = ['ALARM', 'INSUFFICIENT_DATA', 'OK'];

function restRows(count: number): RichTextElement[][] {
  return count > shown ? [[words(`and ${count - shown} more`)]] : [];
}

/** Why it notifies nobody, if so. */
function silentWords({ actionsEnabled, mutedBy, suppressedBy }: AlarmFacts): string {
  const off = actionsEnabled ? '' : ' · its actions are switched off';
  const muted = mutedBy.length === 0 ? '' : ` · muted now by the rule ${mutedBy.join(', ')}: it notifies nobody`;
  return `${off}${muted}${suppressedBy === undefined ? '' : ` · its actions are suppressed by ${suppressedBy}`}`;
}

/** Of an alarm with contributors what keeps it in ALARM, else what was last. */
function rememberedRows(alarms: readonly AlarmMemory[]): RichTextElement[][] {
  const byArn = Map.groupBy(alarms, ({ arn }) => arn);
  const isAlarm = ({ state }: AlarmMemory): number => Number(state === 'ALARM');
  const shownOf = [...byArn.values()].flatMap((parts) => parts.toSorted((a, b) => isAlarm(b) - isAlarm(a) || b.at - a.at).slice(0, 1));
  return shownOf.slice(0, shown).map(rememberedRow);
}

function rememberedRow(alarm: AlarmMemory): RichTextElement[] {
  return [words(`${namedAlarm(alarm)}: ${alarm.state} since `), time(alarm.at), words(' (as last notified)')];
}

function deliveryRows(status: Status, options: StatusOptions): RichTextElement[][] {
  const { lastMessageAt, oldestUndeliveredAt, facts } = status.delivery;
  const troubles = troublesIn(facts, status.now);
  const refused = [...options.refusals].filter(([reason]) => !reason.startsWith('own-trouble'));
  return [
    ...frozenRow(facts.get(freezeFact)?.value, status.now),
    [bold('Deliveries')],
    lastMessageAt === undefined ? [words('No message from SNS yet.')] : [words('Last message from SNS: '), time(lastMessageAt)],
    oldestUndeliveredAt === undefined
      ? [words(status.withoutCard === 0 ? 'All cards and replies are in Slack.' : `${inStorm(status.withoutCard)}; all else is in Slack.`)]
      : [bold('Not in Slack yet: '), words(`the oldest card or reply has waited ${duration(status.now - oldestUndeliveredAt)}`)],
    [
      words(
        refused.length === 0
          ? 'No message was refused since the start.'
          : `Refused since the start: ${refused.map(([reason, count]) => `${reason} ${count}×`).join(', ')}`,
      ),
    ],
    ...(troubles.length === 0 ? [[words('No trouble is known that somebody has to fix.')]] : []),
    ...troubles.slice(0, shown).map((trouble) => [bold('Broken: '), words(trouble, 500)]),
  ];
}

function inStorm(count: number): string {
  return count === 1 ? '1 incident waits in a storm card for one of its own' : `${count} incidents wait in a storm card for ones of their own`;
}

function frozenRow(stored: string | undefined, now: number): RichTextElement[][] {
  const freeze = freezeIn(stored, now);
  return freeze === undefined ? [] : [[bold(`Frozen: ${freezeWords(freeze, now)}.`)]];
}

/** So many are read to find the last that are shown: refused clicks are left out of them. */
export const mostRead = 50;

/** One incident in words, for `/signin-status SIN-42`. @param entries newest first */
export function drawIncidentStatus(
  { incident, entries, card }: { incident: Incident; entries: readonly Entry[]; card: string | undefined },
  options: StatusOptions,
): Message {
  const head: RichTextElement[] = [
    card === undefined ? bold(nameOf(incident)) : link(nameOf(incident), options.permalink(card)),
    words(` ${incident.severity} · ${incident.status} · ${clean(whatHappened(incident), 80)} · ${whoIsOn(incident)}`),
  ];
  const last = entries
    .filter(({ body }) => body.what !== 'refused-click')
    .slice(0, 5)
    .toReversed()
    .map((entry) => [time(entry.at), words(` ${entry.body.text}`, 300)]);
  const withoutCard: KnownBlock[] = card === undefined ? [{ type: 'actions', elements: [postCardButton(incident)] }] : [];
  return {
    text: fallback(`${nameOf(incident)} ${incident.status}`, 200),
    blocks: [lines(head, [words(where(incident, options.accounts))], ...last), ...withoutCard],
  };
}

const stateWords: Record<Coverage['state'], string> = { watched: 'watched', flawed: 'broken', 'not-watched': 'not watched' };

/** What is broken first: that is what somebody has to fix. */
export function drawCoverage({ coverage, faults }: { coverage: readonly Coverage[]; faults: readonly string[] }): Message {
  const watched = coverage.filter(({ state }) => state === 'watched');
  const others = coverage.filter(({ state }) => state !== 'watched');
  const title = `${watched.length} of ${coverage.length} detections are watched`;
  const alike = Map.groupBy(others, ({ state, says, fix }) => JSON.stringify([state, says, fix]));
  const rows = [...alike.values()].flatMap((same) => coverageRows(same));
  const well =
    watched.length === 0 ? [] : [[bold('Watched: '), words(watched.map(({ detection }) => detectionOf(detection).title).join(', '), 1_500)]];
  const unread = faults.slice(0, shown).map((fault) => [bold('Not read: '), words(fault)]);
  const toKnow = coverage.flatMap((one) => one.toKnow.map((line) => [bold('To know: '), words(line, 400)]));
  const all = [[bold(title)], ...rows, ...well, ...toKnow.slice(0, shown), ...unread];
  const said = fittingRows(all, room.coverage, (count) => `… and ${count} line${count === 1 ? '' : 's'} more: npm run doctor says all of it.`);
  return { text: title, blocks: [lines(...said)] };
}

/** Of detections of which the same is to be said, once. */
function coverageRows(same: readonly Coverage[]): RichTextElement[][] {
  const [first] = same;
  if (first === undefined) return [];
  const { state, says, fix } = first;
  const titles = same.map(({ detection }) => detectionOf(detection).title);
  return [
    [...titles.slice(0, -1).map((title) => bold(`${title}, `)), bold(`${titles.at(-1)}: ${stateWords[state]}. `), words(says, 2_000)],
    ...(fix === undefined ? [] : [[words(`→ ${fix}`, 1_000)]]),
  ];
}

const help = [
  '/signin-status: watched alarms, open incidents, and whether deliveries flow',
  '/signin-status SIN-42: one incident and its last entries',
  '/signin-status ALARM-NAME: one alarm, and its open incidents',
  '/signin-status coverage: which detections are really watched, and the fix where one is not',
  '/signin-status help: this',
  '/signin-freeze WHY: stops all changes to AWS from Slack at once; /signin-freeze help says how it ends',
  '/signin-audit SIN-42: its log as a file, to you alone; /signin-audit help says what else',
];

export function drawHelp(): Message {
  return {
    text: 'What can be asked',
    blocks: [
      lines([bold('What can be asked')], ...help.map((line) => [words(line)]), [
        words('All responses are on the cards. Slack is not a pager: keep yours on the topic.'),
      ]),
    ],
  };
}

/** @param faults what could not be read of CloudWatch: an alarm of that name may be there */
export function drawNotUnderstood(said: string, faults: readonly string[]): Message {
  const none = `Not understood: “${clean(said, 200)}”. No watched alarm is named so${faults.length > 0 ? ', of those that could be read' : ''}, and none of that name has ever notified this bot.`;
  const unread = faults.slice(0, shown).map((fault) => [bold('Not read: '), words(fault)]);
  return { text: none, blocks: [lines([words(none, 500)], ...unread), ...drawHelp().blocks] };
}

export function homeView(message: Message): View {
  const head: KnownBlock = { type: 'header', text: { type: 'plain_text', text: 'Sign-in Responder' } };
  return { type: 'home', blocks: [head, ...(message.blocks as KnownBlock[]), ...(drawHelp().blocks as KnownBlock[])] };
}
