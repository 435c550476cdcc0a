/** The forms that the environment's variables have. */
import { z } from 'zod';
import { Secret } from './domain/secret.ts';

export const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
export const port = z.coerce
  .number({ error: 'is no port: give a number from 0 to 65535' })
  .int()
  .min(0)
  .max(65_535, { error: 'is no port: give a number from 0 to 65535' });
export const flag = z.enum(['true', 'false'], { error: 'must be true or false' }).transform((text) => text === 'true');
export const optional = z.string().optional();
export const secret = (text: string): Secret => new Secret(text);
const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** In milliseconds; set and empty: never. */
export const after = (otherwise: string) =>
  z
    .string()
    .default(otherwise)
    .refine((text) => /^([1-9]\d*[smhd])?$/.test(text.trim()), { error: 'must be a time such as 90s, 5m, 2h or 1d; empty: never' })
    .transform((text) => (text.trim() === '' ? undefined : Number.parseInt(text, 10) * (unitMs[text.trim().slice(-1)] ?? 0)));
export const listOf = (form: RegExp, error: string) =>
  z
    .string()
    .default('')
    .transform(list)
    .refine((parts) => parts.every((part) => form.test(part)), { error });
export const people = (what: string) =>
  listOf(/^[USW][A-Z0-9]{5,}$/, `must be ${what}: Slack user ids (U…) or user-group ids (S…), separated by commas`);

/** @param least for that reason */
export const days = (least: number, because: string) => {
  const error = `must be a number of days, from ${least} to 3650: ${because}`;
  return z.coerce.number({ error }).int({ error }).min(least, { error }).max(3_650, { error });
};
