/** The emulator's evaluator of filter patterns and the product's share nothing: where they agree on all labelled records, neither is wrong by itself. */
import { expect, it } from 'vitest';
import { readPattern } from '../../src/domain/alarm/filter-pattern.ts';
import { runPattern } from '../../src/domain/alarm/run-pattern.ts';
import { labelledRecords } from '../../src/domain/detection/labelled/records.ts';
import { readPattern as readAsAws } from '../../src/sandbox/aws/filter-pattern.ts';
import { published, variations } from '../support/pattern-variations.ts';

const json = [...published, ...variations].map(({ pattern }) => pattern).filter((pattern) => pattern.trim().startsWith('{'));

function asAws(pattern: string): ReturnType<typeof readAsAws> | undefined {
  try {
    return readAsAws(pattern);
  } catch {
    return undefined;
  }
}

it.each(json)('%s', (pattern) => {
  const ours = readPattern(pattern);
  const theirs = asAws(pattern);
  expect('unreadable' in ours).toBe(theirs === undefined);
  if ('unreadable' in ours || theirs === undefined) return;
  const records = labelledRecords.flatMap(({ record, twin }) => [record, twin]);
  const matching = (matches: (record: object) => boolean) => records.filter(matches);
  expect(matching((record) => theirs.matches(JSON.stringify(record)))).toEqual(matching((record) => runPattern(ours.pattern, record)));
});
