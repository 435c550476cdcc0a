/** What was done because of an incident, what that stopped and did not stop, and what is left to do. */
import type { RichTextElement } from '@slack/types';
import { quarantined } from '../domain/incident/contained.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { keptWords } from '../domain/response/kept-state.ts';
import { bold, time, words } from './text.ts';

const shownDeeds = 8;
const shownLines = 8;
const longestLine = 300;

type Row = RichTextElement[];
type Consequences = Pick<Incident, 'inProgress' | 'contained' | 'deeds' | 'notStopped' | 'leftToDo'>;

export function consequenceRows(incident: Consequences): Row[] {
  return [
    ...progressRows(incident),
    ...containedRows(incident),
    ...deedRows(incident),
    ...openRows(
      'Not stopped',
      incident.notStopped.map(({ text }) => text),
    ),
    ...openRows('Left to do', incident.leftToDo),
  ];
}

/** Whether what is open is more, or longer, than the card shows. */
export function areConsequencesCut({ notStopped, leftToDo }: Pick<Incident, 'notStopped' | 'leftToDo'>): boolean {
  return [notStopped.map(({ text }) => text), leftToDo].some((all) => all.length > shownLines || all.some((line) => [...line].length > longestLine));
}

/** What AWS is still at. */
function progressRows({ inProgress = [] }: Consequences): Row[] {
  return inProgress.map(({ text, by, at }) => [bold('Under way: '), words(text, 300), words(` (${by.name}, since `), time(at), words(')')]);
}

/** Who is denied everything, and what somebody else gave back. */
function containedRows(incident: Consequences): Row[] {
  const held = quarantined(incident).map(({ on }) => on);
  const broken = (incident.contained ?? []).flatMap(({ on, left, brokenAt }): Row[] =>
    brokenAt === undefined ? [] : [[bold('Given back by somebody else: '), words(`${on} (${keptWords(left)} before), found `, 400), time(brokenAt)]],
  );
  return [...(held.length > 0 ? [[bold('Under quarantine: '), words(held.join('; '), 400)]] : []), ...broken];
}

/** What stands, the oldest first. */
function deedRows({ deeds }: Consequences): Row[] {
  const standing = deeds.filter(({ isUndone }) => isUndone !== true);
  const earlier = standing.length - shownDeeds;
  const more = earlier > 0 ? [[words(`${earlier} earlier step${earlier === 1 ? '' : 's'}: see ⋯ Timeline`)]] : [];
  return [...more, ...standing.slice(-shownDeeds).map(deedRow)];
}

function deedRow({ how, by, at, what, stops }: Incident['deeds'][number]): Row {
  if (stops) return [bold('Stopped: '), time(at), words(` ${what} (${by.name})`, longestLine)];
  return [words(how === 'bot' ? `By the bot (${by.name}): ` : `By hand (${by.name}): `), time(at), words(` ${what}`, longestLine)];
}

/** One is said in the row itself; of several each has a line of its own, for each is settled by itself. */
function openRows(label: string, all: readonly string[]): Row[] {
  const [only, ...others] = all;
  if (only === undefined) return [];
  if (others.length === 0) return [[bold(`${label}: `), words(only, longestLine)]];
  const more = all.length - shownLines;
  const rest = more > 0 ? [[words(`and ${more} more: see ⋯ Timeline, Whole text`)]] : [];
  return [[bold(`${label}:`)], ...all.slice(0, shownLines).map((line) => [words(`• ${line}`, longestLine + 2)]), ...rest];
}
