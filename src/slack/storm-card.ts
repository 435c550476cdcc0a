/** The storm card: how many new incidents, of what, and the gravest of them, with the way to all of them. A pure function of its picture. */
import type { Button, KnownBlock, RichTextElement } from '@slack/types';
import { whatHappened } from '../domain/incident/headline.ts';
import { duration, nameOf } from '../domain/incident/incident.ts';
import { accountWords } from '../domain/place.ts';
import type { Message } from '../domain/ports.ts';
import { severities } from '../domain/severity.ts';
import { type Counts, nameOfStorm, type Storm, type StormPicture } from '../domain/storm/storm.ts';
import { utc } from '../domain/utc.ts';
import type { CardOptions } from './card.ts';
import { limits } from './limits.ts';
import { bold, clean, fallback, lines, link, mention, plain, spoken, time, words } from './text.ts';

type Row = RichTextElement[];

const shownNames = 4;

export function drawStorm(picture: StormPicture, options: CardOptions): Message {
  const { storm, waiting } = picture;
  const isOver = storm.endedAt !== undefined;
  const head = `${isOver ? 'STORM, OVER' : 'STORM'} · ${howMany(picture)}`;
  const blocks: KnownBlock[] = [
    { type: 'header', text: plain(head, limits.header) },
    lines(...countRows(picture, options), ...gravestRows(picture, options), nowRow(picture, options)),
    ...(isOver ? [] : [{ type: 'actions' as const, block_id: 'storm', elements: [showButton(waiting)] }]),
    { type: 'context', elements: [plain(`${nameOfStorm(storm)} · began ${utc(storm.openedAt)}`, 300)] },
  ];
  return spoken({ text: fallback(`${head}: ${bySeverity(picture)}`, limits.fallbackText), blocks });
}

/** Opens the list of those that have no card of their own. */
export function showButton(waiting: number): Button {
  return { type: 'button', action_id: 'storm-open', text: plain(`Show those without a card (${waiting})`, limits.buttonText), value: '0' };
}

function howMany({ storm, severities: counts, newestAt }: StormPicture): string {
  const lasted = newestAt - storm.openedAt;
  return `${sum(counts)} new incidents${lasted < 1_000 ? '' : ` in ${duration(lasted)}`}`;
}

function sum(counts: Counts): number {
  return Object.values(counts).reduce((all, count) => all + count, 0);
}

function bySeverity({ severities: counts }: StormPicture): string {
  const said = severities.toReversed().filter((severity) => counts[severity] > 0);
  return said.map((severity) => `${counts[severity]} ${severity}`).join(', ');
}

function countRows(picture: StormPicture, { accounts }: CardOptions): Row[] {
  const { storm } = picture;
  const taken = sum(storm.kinds);
  return [
    [bold(bySeverity(picture)), words(' · '), time(storm.openedAt), words(' – '), time(picture.newestAt)],
    ...(taken === 0 || taken === sum(picture.severities)
      ? []
      : [[words(`Of these, ${taken} ${taken === 1 ? 'was' : 'were'} taken in here. The rows below are about ${taken === 1 ? 'it' : 'them'}.`)]]),
    ...countRow('By kind', storm.kinds),
    ...countRow('By account', storm.accounts, (account) => accountWords(account, accounts)),
    ...countRow('By address', storm.networks),
  ];
}

function countRow(label: string, counts: Counts, named = (name: string): string => name): Row[] {
  const sorted = Object.entries(counts)
    .filter(([name]) => name !== '')
    .toSorted(([, one], [, other]) => other - one);
  if (sorted.length === 0) return [];
  const rest = sorted.slice(shownNames).reduce((sum, [, count]) => sum + count, counts[''] ?? 0);
  const said = sorted.slice(0, shownNames).map(([name, count]) => `${named(name)} ${count}`);
  return [[bold(`${label}: `), words([...said, ...(rest > 0 ? [`others ${rest}`] : [])].join(', '), 400)]];
}

function gravestRows({ gravest }: StormPicture, { permalink }: CardOptions): Row[] {
  const rows = gravest.map(({ incident, card }): Row => {
    const name = card === undefined ? words(nameOf(incident)) : link(nameOf(incident), permalink(card));
    const state = incident.status === 'open' ? '' : ` · ${incident.status}`;
    return [name, words(` ${incident.severity}${state} · ${clean(whatHappened(incident), 80)}${card === undefined ? ' · no card yet' : ''}`, 200)];
  });
  return rows.length === 0 ? [] : [[bold('The gravest:')], ...rows];
}

function nowRow({ storm, waiting }: StormPicture, options: CardOptions): Row {
  if (storm.endedAt !== undefined)
    return [words('None of them waits here any more: each has a card of its own, gets it as soon as Slack takes it, or ended before it had one.')];
  const without = `${waiting} ${waiting === 1 ? 'has' : 'have'} no card of ${waiting === 1 ? 'its' : 'their'} own`;
  const told = words(
    `look at what they have in common, then at the gravest. ${without}: each gets one when somebody opens it or there is room. HIGH and CRITICAL have theirs first. `,
  );
  return [bold('Now: '), told, ...(storm.rings === 'card' ? rings(options.responders) : [])];
}

/** Into the channel, for a storm whose card was there before it held anything grave. */
export function drawStormRing(storm: Storm, responders: readonly string[]): Message {
  const said = `${nameOfStorm(storm)} holds incidents of HIGH or worse that have no card of their own yet.`;
  return { text: fallback(said, limits.fallbackText), blocks: [lines([bold(said), words(' '), ...rings(responders)])] };
}

function rings(responders: readonly string[]): Row {
  return responders.flatMap((id) => [mention(id), words(' ')]);
}
