/** What an incident turned out to be, as whoever resolves it says. */

export const verdicts = ['attack', 'mistake', 'expected', 'test', 'unknown'] as const;
/** As what people resolve it. The verdict of an assessment is the program's. */
export type ResolvedAs = (typeof verdicts)[number];

export const verdictLabels: Record<ResolvedAs, string> = {
  attack: 'Attack',
  mistake: "User's mistake",
  expected: 'Expected',
  test: 'Test',
  unknown: 'Not explained',
};

/** As in "resolved this as …". */
export const verdictWords: Record<ResolvedAs, string> = {
  attack: 'an attack',
  mistake: "the user's mistake",
  expected: 'expected',
  test: 'a test',
  unknown: 'not explained',
};
