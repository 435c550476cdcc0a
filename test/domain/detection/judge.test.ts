/** Filter patterns judged by what they count. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longestPattern, readPattern } from '../../../src/domain/alarm/filter-pattern.ts';
import { runPattern } from '../../../src/domain/alarm/run-pattern.ts';
import { filterPattern } from '../../../src/domain/detection/condition.ts';
import { detectionIds, detections } from '../../../src/domain/detection/detections.ts';
import { judgePattern, judgePatterns } from '../../../src/domain/detection/judge.ts';
import { detectionIn, filterWords, flawOf, type Judgement } from '../../../src/domain/detection/judgement.ts';
import { labelledRecords } from '../../../src/domain/detection/labelled/records.ts';
import { filterMatches } from '../../support/filter-pattern.ts';
import { published, type ToJudge, variations } from '../../support/pattern-variations.ts';

function countsOf(judgement: Judgement): readonly string[] {
  return 'also' in judgement ? judgement.also : 'counts' in judgement ? judgement.counts : [];
}

describe.each([
  ['published', published],
  ['varied', variations],
] as const)('a %s pattern', (_which, list) => {
  it.each(list)('$what', ({ pattern, is, detection, counts = [], misses = [] }: ToJudge) => {
    const judgement = judgePattern(pattern);
    expect(judgement.is).toBe(is);
    expect(detectionIn(judgement)).toBe(detection);
    expect(countsOf(judgement)).toEqual(expect.arrayContaining([...counts]));
    expect('misses' in judgement ? judgement.misses : []).toEqual(expect.arrayContaining([...misses]));
    if (is === 'something-else' && counts.length === 0) expect(countsOf(judgement)).toEqual([]);
  });

  it.each(list.filter(({ is }) => is !== 'not-judged'))('$what: the evaluator of the tests says the same of every labelled record', ({ pattern }) => {
    const read = readPattern(pattern);
    for (const { record, twin } of labelledRecords)
      for (const one of [record, twin]) expect('pattern' in read && runPattern(read.pattern, one)).toBe(filterMatches(pattern, one));
  });
});

describe('what is said of a filter', () => {
  it('names the kinds, groups that are there as a whole as one, and the fix', () => {
    const [rootUsage, , older, cisFailures, , , , seed003] = published as [ToJudge, ToJudge, ToJudge, ToJudge, ToJudge, ToJudge, ToJudge, ToJudge];
    expect(filterWords(judgePattern(rootUsage.pattern))).toBe(
      'also counts: failed sign-ins and password recoveries of root, recoveries and changes of the root password, command-line sessions of root, calls of root, MFA devices enabled by root. Give the filter the pattern that npm run template prints.',
    );
    expect(flawOf(judgePattern(older.pattern))).toMatch(
      /^also counts: failed sign-ins without MFA, .*Identity Center.* It misses: sign-ins of IAM users without the field MFAUsed\.$/,
    );
    expect(flawOf(judgePattern(cisFailures.pattern))).toBe('misses: failures with an unknown user name, failures without an error message.');
    expect(flawOf(judgePattern(seed003.pattern))).toBe('never matches: no such event has serviceEventDetails.CredentialChallenge = "Failure".');
  });

  it('tells what it counts where that is no detection, and what it keeps to where that is no flaw', () => {
    const oneUser = '{ $.eventName = "ConsoleLogin" && $.userIdentity.userName = "ops1" && $.responseElements.ConsoleLogin = "Success" }';
    expect(filterWords(judgePattern(oneUser))).toBe(
      'counts: successful sign-ins of IAM users, only those with userName ops1. That is none of the bot’s detections.',
    );
    expect(filterWords(judgePattern('{ $.level = "ERROR" }'))).toBe('counts nothing about sign-ins.');
    const here = '{ $.responseElements.ConsoleLogin = "Failure" && $.awsRegion = "eu-west-1" }';
    expect(judgePattern(here)).toEqual({ is: 'same', detection: 'console-sign-in-failures', scope: ['awsRegion eu-west-1'] });
    expect(filterWords(judgePattern(here))).toBe('keeps to awsRegion eu-west-1.');
  });
});

describe('several filters of one metric', () => {
  const of = (id: (typeof detectionIds)[number]): string => filterPattern(detections[id].condition);

  it('are judged as one that counts what any of them counts', () => {
    const twoHalves = [
      '{ $.eventName = "ConsoleLogin" && $.errorMessage = "*" }',
      '{ $.responseElements.ConsoleLogin = "Failure" && $.errorMessage NOT EXISTS }',
    ];
    expect(judgePatterns(twoHalves)).toMatchObject({ is: 'same', detection: 'console-sign-in-failures' });
    expect(judgePatterns([of('root-sign-in'), of('root-sign-in')])).toMatchObject({ is: 'same', detection: 'root-sign-in' });
  });

  it('of two detections are about the graver, and more', () => {
    const judgement = judgePatterns([of('console-sign-in-failures'), of('root-sign-in')]);
    expect(judgement).toMatchObject({ is: 'wider', detection: 'root-sign-in' });
    expect(countsOf(judgement)).toContain('failures with a wrong password');
  });

  it('are not judged where one of them cannot be read', () => {
    expect(judgePatterns([of('root-sign-in'), 'ERROR'])).toEqual({ is: 'not-judged', why: 'no-json-pattern' });
  });
});

describe("a detection's own pattern", () => {
  const own = detectionIds.map((id) => ({ id, text: filterPattern(detections[id].condition) }));
  const spelt = fc
    .tuple(fc.constantFrom(...own), fc.boolean(), fc.boolean(), fc.constantFrom('', ' ', '   '))
    .map(([{ id, text }, isQuoted, isWrapped, blank]) => {
      const inner = text.slice(2, -2).replaceAll(' = ', `${blank}=${blank}`);
      // Values with more than letters need their quotes; blanks stay within them.
      const unquoted = isQuoted ? inner : inner.replace(/"(\w+)"/g, '$1');
      return { id, pattern: `{${isWrapped ? `((${unquoted}))` : ` ${unquoted} `}}` };
    });

  it('is the same however it is spelt', () => {
    fc.assert(
      fc.property(spelt, ({ id, pattern }) => {
        if (pattern.length > longestPattern) return;
        expect(judgePattern(pattern)).toEqual({ is: 'same', detection: id, scope: [] });
      }),
    );
  });

  it('with one value of a free field more is narrower, and never reads as never matching', () => {
    const field = fc.constantFrom('userIdentity.userName', 'userIdentity.arn', 'userIdentity.principalId', 'sourceIPAddress', 'userAgent');
    fc.assert(
      fc.property(fc.constantFrom(...own), field, fc.stringMatching(/^[a-z0-9]{5,12}$/), ({ id, text }, path, value) => {
        const pattern = `{ (${text.slice(2, -2)}) && $.${path} = "${value}" }`;
        if (pattern.length > longestPattern) return;
        const judgement = judgePattern(pattern);
        expect(judgement.is).not.toBe('never-matches');
        if (detectionIn(judgement) !== undefined)
          expect(judgement).toMatchObject({ is: 'narrower', misses: expect.arrayContaining([`everything but ${path.split('.').at(-1)} ${value}`]) });
        if (path === 'sourceIPAddress' || path === 'userAgent') expect(detectionIn(judgement)).toBe(id);
      }),
    );
  });
});
