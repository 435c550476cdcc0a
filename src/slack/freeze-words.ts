/** What somebody means who types something after /signin-freeze: what asks for help, or to end a freeze in other words, must not start one. */
import type { FreezeVerb } from '../features/brakes.ts';
import { unescaped } from './text.ts';

export type AskedFreeze = { readonly what: 'usage' } | { readonly what: FreezeVerb; readonly why: string };

/** Of the reason that is kept, in characters. */
export const longestWhy = 300;
const verbs: ReadonlySet<string> = new Set(['confirm', 'end', 'lift'] satisfies FreezeVerb[]);
/** Said beside a verb. */
const fillers = new Set(['a', 'it', 'now', 'please', 'the', 'this', 'my', 'our', 'freeze', 'limit', 'limits']);
/** Too near to help or to an end to be the reason of a freeze. */
const unclear = new Set([
  '?',
  'h',
  '-h',
  '--help',
  'help',
  'usage',
  'status',
  'off',
  'unfreeze',
  'thaw',
  'stop',
  'cancel',
  'undo',
  'resume',
  'release',
]);
const edges = /^["'`“”„‘’«»]+|["'`“”„‘’«».,!]+$/g;

/** @param text as Slack hands it over: with `&`, `<` and `>` escaped */
export function askedFreeze(text: string): AskedFreeze {
  const said = unescaped(text).trim();
  const all = said.toLowerCase().replace(edges, '').split(/\s+/);
  const needed = all.filter((word) => !fillers.has(word));
  const [word = ''] = needed;
  if (needed.length === 1 && verbs.has(word)) return { what: word as Exclude<FreezeVerb, 'freeze'>, why: '' };
  if (needed.length === 1 && unclear.has(word)) return { what: 'usage' };
  return { what: 'freeze', why: [...said].slice(0, longestWhy).join('') };
}

export const freezeUsage =
  'Nothing was changed. /signin-freeze, alone or with a reason, stops all changes to AWS from Slack, for 60 min. Of remediators: /signin-freeze confirm lets it last, /signin-freeze end ends somebody else’s, /signin-freeze lift lifts the hourly number of changes of everybody else. /signin-status says whether anything is frozen.';
