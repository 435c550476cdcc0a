/** Tallies that older versions stored: they had words alone, and what was concluded was concluded from those. */
import type { Tallied, Tally } from './tally.ts';

/** As those versions wrote them: these never change, whatever is said now. */
const worded: readonly (readonly [RegExp, Tallied])[] = [
  [/ or tried to \(outcome not in the record\)$/, 'other'],
  [/^failed$/, 'failed'],
  [/^was refused by /, 'refused'],
  [/^signed in$/, 'signed-in'],
  [/^signed in(?:, says a message| \(says a message\))$/, 'reported'],
  [/^signed in (?:from the command line|for an external client|to the console)/, 'let-in'],
  [/^allowed a sign-in /, 'allowed'],
];

export function tallyFromWords({ what, times }: Omit<Tally, 'is'>): Tally {
  return { is: worded.find(([form]) => form.test(what))?.[1] ?? 'other', what, times };
}
