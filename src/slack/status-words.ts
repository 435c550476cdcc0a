/** What somebody means who types something after /signin-status: any case, any spelling of a number, quotes, and words more than are needed. */

import { unescaped } from './text.ts';

export type Asked =
  | { readonly what: 'overview' | 'help' | 'coverage' }
  | { readonly what: 'incident'; readonly number: number }
  /** An alarm of that name, or nothing that is known. */
  | { readonly what: 'alarm'; readonly name: string };

const quotes = /^["'`“”„‘’«»]+|["'`“”„‘’«»]+$/g;
/** Said beside what is asked for. */
const fillers = new Set(['show', 'me', 'please', 'the', 'a', 'of', 'for', 'about', 'status', 'incident', 'incidents', 'alarm', 'alarms', 'open']);
const helps = new Set(['help', 'h', '-h', '--help', '?']);
/** As many digits as a number of an incident can have. */
const spelled = /^(?:sin[\s_-]*)?#?\s*(\d{1,9})$/i;

/** What an alarm might be named that is asked about. @param text as Slack hands it over */
export function namesIn(text: string): readonly string[] {
  const said = unquoted(unescaped(text));
  return [...new Set([said, unquoted(withoutFillers(said))])];
}

/**
 * @param text as Slack hands it over: with `&`, `<` and `>` escaped
 * @param alarms names of alarms that are known
 */
export function askedFor(text: string, alarms: readonly string[]): Asked {
  const said = unquoted(unescaped(text));
  const needed = unquoted(withoutFillers(said));
  const [first = ''] = needed.split(' ');
  const named = [said, needed].flatMap((one) => alarms.find((name) => name.toLowerCase() === one.toLowerCase()) ?? []);
  const known = exactly(said) ?? (named[0] === undefined ? undefined : { what: 'alarm' as const, name: named[0] });
  return known ?? exactly(needed) ?? inWords(needed) ?? exactly(first) ?? { what: 'alarm', name: said };
}

function unquoted(text: string): string {
  return text.trim().replace(quotes, '').replace(/\s+/g, ' ').trim();
}

function withoutFillers(text: string): string {
  return text
    .split(' ')
    .filter((word) => !fillers.has(word.toLowerCase().replace(/[.,!]+$/, '')))
    .join(' ')
    .replace(/[.,!]+$/, '');
}

function exactly(text: string): Asked | undefined {
  const word = text.toLowerCase().replace(/[.,!]+$/, '');
  if (word === '') return { what: 'overview' };
  if (helps.has(word)) return { what: 'help' };
  if (word === 'coverage') return { what: 'coverage' };
  const number = spelled.exec(word)?.[1];
  return number === undefined ? undefined : { what: 'incident', number: Number(number) };
}

/** `SIN-1`, `sin 1` or `#1` among other words. */
function inWords(text: string): Asked | undefined {
  const found = /(?:^|\s)(?:sin[\s_-]*#?|#)(\d{1,9})(?=$|[\s.,!?:)])/i.exec(text)?.[1];
  return found === undefined ? undefined : { what: 'incident', number: Number(found) };
}
