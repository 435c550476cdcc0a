/** The forms that the environment's variables have. */
import { z } from 'zod';
import { Secret } from './domain/secret.ts';

/** What stands twice in the same words is there once: of a region, say, every alarm would be told twice. */
export const list = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ),
];
export const port = z.coerce
  .number({ error: 'is no port: give a number from 0 to 65535' })
  .int()
  .min(0)
  .max(65_535, { error: 'is no port: give a number from 0 to 65535' });
export const flag = z.enum(['true', 'false'], { error: 'must be true or false' }).transform((text) => text === 'true');
export const optional = z.string().optional();
export const secret = (text: string): Secret => new Secret(text);
/** Those that stand more than once. */
export const twiceIn = (texts: readonly string[]): string[] => [...new Set(texts.filter((text, index) => texts.indexOf(text) !== index))];

/** What comes along from a text that something is copied out of, and what no header may hold. */
const strange = /[^\x21-\x7e]|["'`]/;
const strangeFault = 'holds a space, a quotation mark or another character that it cannot have: copy it again, without anything around it';

/** @param says by what is wrong; `missing` where it may not be absent */
export const token = (prefix: string, says: { readonly missing?: string; readonly start: string }) =>
  z
    .string({ error: says.missing })
    .superRefine((text, context) => {
      const isBare = text === prefix && `is ${prefix} alone: copy all of the token`;
      const message = text.startsWith(prefix) ? isBare || (strange.test(text) && strangeFault) : says.start;
      if (message) context.addIssue({ code: 'custom', message });
    })
    .transform(secret);
export const signingSecret = z
  .string({ error: 'is missing: copy the Signing Secret from the Slack app, Basic Information' })
  .min(8, { error: 'is too short to be a signing secret' })
  .refine((text) => !strange.test(text), { error: strangeFault })
  .transform(secret);

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const longestMs = 3_650 * 86_400_000;
const timeFault = 'must be a time such as 90s, 5m, 2h or 1d, of ten years at most; empty: never';
const msIn = (text: string): number => Number.parseInt(text, 10) * (unitMs[text.slice(-1)] ?? 0);
/** In milliseconds; set and empty: never. */
export const after = (otherwise: string) =>
  z
    .string()
    .default(otherwise)
    .refine((text) => text.trim() === '' || (/^[1-9]\d*[smhd]$/.test(text.trim()) && msIn(text.trim()) <= longestMs), { error: timeFault })
    .transform((text) => (text.trim() === '' ? undefined : msIn(text.trim())));
export const listOf = (form: RegExp, error: string) =>
  z
    .string()
    .default('')
    .transform(list)
    .refine((parts) => parts.every((part) => form.test(part)), { error });
export const people = (what: string) =>
  listOf(/^[USW][A-Z0-9]{5,}$/, `must be ${what}: Slack user ids (U…) or user-group ids (S…), separated by commas`);

export const accountPairs = listOf(/^[^=]+=\d{12}$/, 'must be name=account-id pairs, separated by commas, such as prod=123456789012').superRefine(
  (pairs, context) => {
    for (const at of [0, 1]) {
      const twice = twiceIn(pairs.map((pair) => pair.split('=')[at]?.trim() ?? ''));
      if (twice.length > 0)
        context.addIssue({ code: 'custom', message: `names ${twice.join(', ')} twice: give each account one name, and each name to one` });
    }
  },
);

/** @param least for that reason */
export const days = (least: number, because: string) => {
  const error = `must be a number of days, from ${least} to 3650: ${because}`;
  return z.coerce.number({ error }).int({ error }).min(least, { error }).max(3_650, { error });
};
