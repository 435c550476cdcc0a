/**
 * A password that satisfies an account's policy. Alphabet without look-alikes and without characters that Slack formats or escapes;
 * groups of four joined by "-", which is part of the password and one of the symbols that IAM counts.
 * Source: "Setting an account password policy for IAM users" (IAM user guide).
 */

import { Secret } from '../secret.ts';
import type { PasswordPolicy } from './iam-user.ts';

const lower = 'abcdefghijkmnpqrstuvwxyz';
const upper = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
const digits = '23456789';
const group = 4;
const fewestGroups = 6;
const longest = 128;

/**
 * @param policy only its minimum length matters: all four classes are always present
 * @param randomInt a uniform random integer from 0 to below its argument, from a cryptographic source
 */
export function generatePassword(policy: Pick<PasswordPolicy, 'minimumLength'>, randomInt: (below: number) => number): Secret {
  const pick = (alphabet: string): string => alphabet.charAt(randomInt(alphabet.length));
  const wanted = Math.min(policy.minimumLength, longest);
  const groups = Math.max(fewestGroups, Math.ceil((wanted + 1) / (group + 1)));
  const letters = [pick(lower), pick(upper), pick(digits)];
  while (letters.length < groups * group) letters.push(pick(lower + upper + digits));
  shuffle(letters, randomInt);
  const joined = letters.join('').replace(/(.{4})(?=.)/g, '$1-');
  return new Secret(joined.slice(0, longest));
}

function shuffle(letters: string[], randomInt: (below: number) => number): void {
  for (let last = letters.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [letters[last], letters[other]] = [letters[other] as string, letters[last] as string];
  }
}
