/** What an incident turned out to be, as whoever resolves it says. */

export const verdicts = ['attack', 'mistake', 'expected', 'test', 'unknown'] as const;
export type Verdict = (typeof verdicts)[number];

export const verdictLabels: Record<Verdict, string> = {
  attack: 'Attack',
  mistake: "User's mistake",
  expected: 'Expected',
  test: 'Test',
  unknown: 'Not explained',
};

/** As in "resolved this as …". */
export const verdictWords: Record<Verdict, string> = {
  attack: 'an attack',
  mistake: "the user's mistake",
  expected: 'expected',
  test: 'a test',
  unknown: 'not explained',
};
