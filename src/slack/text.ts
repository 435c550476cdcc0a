/**
 * The one place where text goes to Slack. What AWS says (user agents, alarm descriptions, names) is hostile: it may hold mentions, links,
 * mrkdwn, control characters and right-to-left marks. So cards and views are made of rich_text elements, which Slack does not parse, and
 * the plain `text` of a message is escaped and sent with mrkdwn off.
 */
import type { KnownBlock, RichTextBlock, RichTextElement } from '@slack/types';
import type { Link } from '../domain/links.ts';
import type { Message } from '../domain/ports.ts';
import { utc } from '../domain/utc.ts';
import { cut, isolated, withoutInvisible } from '../domain/visible.ts';

/** One line of visible text, in which right-to-left letters reorder nothing beside them, cut to a length in characters. */
export function clean(text: string, longest = 300): string {
  return cut(isolated(onOneLine(text)), longest);
}

/** Line breaks and tabs become spaces; what is invisible, or able to reorder what is read, goes. */
function onOneLine(text: string): string {
  return withoutInvisible(text.replace(/[\r\n\t\u2028\u2029]+/g, ' '));
}

/** For the `text` of a message: cleaned, and with the three characters escaped that start a mention, a link or an entity; so long at most with that. */
export function fallback(text: string, longest: number): string {
  const cleaned = clean(text, longest);
  const whole = escaped(cleaned);
  if (whole.length <= longest) return whole;
  let left = longest - 1;
  const characters = [...cleaned];
  const beyond = characters.findIndex((character) => {
    left -= escaped(character).length;
    return left < 0;
  });
  return escaped(cut(`${cleaned}…`, beyond + 1));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** What somebody typed in Slack, which hands it over with the same three characters escaped. */
export function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

type Inline = RichTextElement;

export function words(text: string, longest?: number): Inline {
  return { type: 'text', text: clean(text, longest) || ' ' };
}

export function bold(text: string): Inline {
  return { type: 'text', text: clean(text) || ' ', style: { bold: true } };
}

export function code(text: string, longest = 1_000): Inline {
  return { type: 'text', text: clean(text, longest) || ' ', style: { code: true } };
}

export function link(label: string, url: string): Inline {
  return { type: 'link', url, text: clean(label) };
}

/** A link into the console; words where no address is known. */
export function linked({ label, url }: Link, otherwise = `${label}: no address is known in this part of AWS`): Inline {
  return url === undefined ? words(otherwise) : link(label, url);
}

/** A time in the reader's own zone, with UTC for clients that cannot. */
export function time(ms: number): Inline {
  return { type: 'date', timestamp: Math.floor(ms / 1_000), format: '{date_short_pretty} {time}', fallback: utc(ms) };
}

/** A person or a user group, so that it rings. */
export function mention(id: string): Inline {
  return id.startsWith('S') ? { type: 'usergroup', usergroup_id: id } : { type: 'user', user_id: id };
}

/** A block of lines; each line is a list of elements. */
export function lines(...rows: readonly (readonly Inline[])[]): RichTextBlock {
  const elements = rows.flatMap((row, index) => (index === rows.length - 1 ? row : [...row, { type: 'text' as const, text: '\n' }]));
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [...elements] }] };
}

/** A text in whole, with its line breaks: in as many blocks as it takes. @param longest characters of one block */
export function paragraphs(text: string, longest: number): RichTextBlock[] {
  const characters = [
    ...text
      .replace(/\r\n?|[\u2028\u2029]/g, '\n')
      .split('\n')
      .map(onOneLine)
      .join('\n'),
  ];
  const blocks: RichTextBlock[] = [];
  for (let from = 0; from < characters.length; from += longest) {
    const part = characters.slice(from, from + longest).join('') || ' ';
    blocks.push({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: part }] }] });
  }
  return blocks;
}

/** Text to copy, line by line. */
export function preformatted(rows: readonly string[]): RichTextBlock {
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: rows.map((row) => cut(onOneLine(row), 1_000)).join('\n') }] }],
  };
}

export function plain(text: string, longest: number): { type: 'plain_text'; text: string; emoji: false } {
  return { type: 'plain_text', text: clean(text, longest) || ' ', emoji: false };
}

const longestPlain = 3_500;
/** Slack cuts no text of that length, and refuses no edit with it; the blocks of a long card leave little more room. */
const longestSpoken = 1_500;

/**
 * With what the blocks say as further lines of the text: a phone's notification and a screen reader have the text alone. The first line stays as
 * it is, and rings nobody. Sources: chat.postMessage, and “Desktop notifications now pull text from blocks first” of 2026-07-13 (docs.slack.dev).
 */
export function spoken({ text, blocks }: Message): Message {
  const rows = (blocks as KnownBlock[]).flatMap(rowsOf).map((row) => row.filter((element) => mentionedBy(element).length === 0));
  return { text: withRows(text, rows, longestSpoken), blocks };
}

/**
 * What the blocks of a message say, as escaped plain text: for when Slack refuses the blocks. Whom it rings comes first, for a long text is cut at
 * its end. Buttons are left out, they would do nothing.
 */
export function withoutBlocks(message: Message): Message {
  const rows = (message.blocks as KnownBlock[]).flatMap(rowsOf);
  const [first = ''] = message.text.split('\n');
  return { text: withRows([first, ...new Set(rows.flat().flatMap(mentionedBy))].join(' '), rows, longestPlain), blocks: [] };
}

function withRows(first: string, rows: readonly (readonly Inline[])[], longest: number): string {
  let text = first;
  const room = (): number => longest - text.length;
  for (const row of rows) {
    if (room() > 1) text += '\n';
    for (const element of row) {
      const [mentioned] = mentionedBy(element);
      if (mentioned === undefined && room() > 0) text += fallback(saidBy(element), room());
      else if (mentioned !== undefined && mentioned.length <= room()) text += mentioned;
    }
  }
  return text;
}

function rowsOf(block: KnownBlock): Inline[][] {
  if (block.type === 'context') return block.elements.map((element) => ('text' in element ? [{ type: 'text', text: element.text }] : []));
  if (block.type !== 'rich_text') return [];
  return block.elements.flatMap((element) => linesIn(element.elements as Inline[]));
}

function linesIn(elements: readonly Inline[]): Inline[][] {
  const rows: Inline[][] = [[]];
  for (const element of elements) {
    const [first, ...others] = element.type === 'text' ? element.text.split('\n').map((text): Inline => ({ ...element, text })) : [element];
    if (first !== undefined) rows.at(-1)?.push(first);
    rows.push(...others.map((other) => [other]));
  }
  return rows;
}

/** As the `text` of a message rings. Source: "Formatting text for app surfaces", docs.slack.dev. */
function mentionedBy(element: Inline): string[] {
  if (element.type === 'user') return [`<@${element.user_id}>`];
  return element.type === 'usergroup' ? [`<!subteam^${element.usergroup_id}>`] : [];
}

function saidBy(element: Inline): string {
  if (element.type === 'date') return element.fallback ?? '';
  if (element.type === 'link') return `${element.text ?? ''} ${element.url}`;
  return element.type === 'text' ? element.text : '';
}
