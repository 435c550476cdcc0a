/** What of the log somebody asks for: an incident, whatever names a user, or a time. Pure. */
import { asObject, parseObject } from '../json.ts';
import { detailsIn } from '../response/to-copy.ts';
import type { StoredEntry } from './chain.ts';

export type AskedLog =
  | { readonly of: 'incident'; readonly number: number }
  | { readonly of: 'user'; readonly name: string }
  | { readonly of: 'time'; readonly ms: number };

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const mostDays = 3_650;

/** @param said `SIN-42`, `user alice` or `since 7d`; undefined: it is none of these */
export function askedLog(said: string): AskedLog | undefined {
  const text = said.trim();
  const [, number] = /^(?:sin[\s_-]*)?#?(\d{1,9})$/i.exec(text) ?? [];
  if (number !== undefined) return { of: 'incident', number: Number(number) };
  // As IAM and Identity Center take names.
  const [, name] = /^user\s+(\S{1,128})$/i.exec(text) ?? [];
  if (name !== undefined) return { of: 'user', name };
  const [, count, unit] = /^since\s+([1-9]\d{0,6})\s*([mhd])$/i.exec(text) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  const ms = Number(count) * (unitMs[unit.toLowerCase()] ?? 0);
  return ms > mostDays * (unitMs.d ?? 0) ? undefined : { of: 'time', ms };
}

/** In words: `SIN-42`, `user alice`, `the last 7 d`. */
export function askedLogWords(asked: AskedLog): string {
  if (asked.of === 'incident') return `SIN-${asked.number}`;
  if (asked.of === 'user') return `user ${asked.name}`;
  const [unit = 'm', ms = 1] = Object.entries(unitMs).findLast(([, one]) => asked.ms % one === 0) ?? [];
  return `the last ${asked.ms / ms} ${unit}`;
}

/** Whether an entry names somebody: as whom it was done to, as who did it, or in its words. In any case of letters, as a whole word. */
export function namesUser({ body }: StoredEntry, name: string): boolean {
  const said = (body === undefined ? undefined : parseObject(body)) ?? {};
  const { on = '', text = '', by, whole = '' } = said;
  const { name: person = '', id = '' } = asObject(by);
  const wanted = name.toLowerCase();
  return [on, text, person, id, whole, ...detailsIn(said)].some((one) => holdsWord(String(one).toLowerCase(), wanted));
}

/** What may stand in a name is no end of one. */
const ofNames = /[\p{L}\p{N}+=.@_-]/u;

function holdsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const [before = '', after = '', next = ''] = [text[at - 1], text[at + word.length], text[at + word.length + 1]];
    // A full stop ends a sentence more often than it goes on with a name.
    const isEnd = !ofNames.test(after) || (after === '.' && !ofNames.test(next));
    if (!ofNames.test(before) && isEnd) return true;
  }
  return false;
}
