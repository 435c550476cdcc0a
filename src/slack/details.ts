/** What an outcome says beside its text, as much of it as Slack takes: its lines, and commands to copy under the sentence that says what they are for. */
import type { KnownBlock, RichTextElement } from '@slack/types';
import type { ToCopy } from '../domain/response/to-copy.ts';
import { lines, preformatted, words } from './text.ts';

/** In characters. Slack refuses blocks with some 12,000 of them in all, and head, reason and result have some 3,000. */
const room = { details: 2_500, commands: 4_000 };
const longestDetail = 500;

export function detailRows(details: readonly string[]): RichTextElement[][] {
  const shown = fitting(details, room.details, longestDetail);
  return [...shown.map((line) => [words(`• ${line}`, longestDetail)]), ...restRows(details.length - shown.length)];
}

export function commandBlocks(toCopy: readonly ToCopy[] = []): KnownBlock[] {
  return toCopy.flatMap(({ heading, commands }) => [lines([words(heading, 300)]), ...commandList(commands, toCopy.length)]);
}

/** @param lists how many share what there is room for */
export function commandList(commands: readonly string[], lists = 1): KnownBlock[] {
  const shown = fitting(commands, room.commands / lists, 1_000);
  const rest = restRows(commands.length - shown.length);
  return [preformatted(shown), ...(rest.length > 0 ? [lines(...rest)] : [])];
}

/** The first of them, one at least. @param longest to so many characters each is cut */
function fitting(texts: readonly string[], most: number, longest: number): readonly string[] {
  let left = most;
  const beyond = texts.findIndex((text) => {
    left -= Math.min(text.length, longest);
    return left < 0;
  });
  return beyond === -1 ? texts : texts.slice(0, Math.max(1, beyond));
}

/** The first of the rows, so many characters of them. @param rest says that so many are left out */
export function fittingRows(rows: readonly RichTextElement[][], most: number, rest: (count: number) => string): readonly RichTextElement[][] {
  let left = most;
  const beyond = rows.findIndex((row) => {
    left -= row.reduce((sum, element) => sum + ('text' in element ? (element.text?.length ?? 0) : longestTime), 1);
    return left < 0;
  });
  return beyond === -1 ? rows : [...rows.slice(0, beyond), [words(rest(rows.length - beyond))]];
}

const longestTime = 20;

function restRows(count: number): RichTextElement[][] {
  return count === 0 ? [] : [[words(`… and ${count} more: see ⋯ Timeline, Whole entry`)]];
}
