/** The log behind an alarm: which periods, how many of how many, what may not be told. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../../src/domain/alarm/evaluation.ts';
import {
  expectedCount,
  extentOf,
  feeding,
  isInPeriods,
  isMasked,
  isOfSeries,
  isOpaque,
  type MetricFilter,
  windowOf,
} from '../../../src/domain/alarm/log.ts';
import { ruleOf } from '../../../src/domain/alarm/rule.ts';
import { extentWords } from '../../../src/domain/incident/counted.ts';

const minute = 60_000;
const start = Date.UTC(2026, 10, 25, 17);
const crossed = (...values: number[]): Evaluation => ({
  cause: 'crossed',
  datapoints: values.map((value, index) => ({ value, at: start - index * 5 * minute })),
  areAll: true,
  children: [],
});
const trigger = {
  MetricName: 'm',
  Namespace: 'n',
  Statistic: 'SUM',
  Period: 300,
  EvaluationPeriods: 3,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanThreshold',
};
const rule = ruleOf(trigger);
const filter = (more: Partial<MetricFilter> = {}): MetricFilter => ({
  account: '123456789012',
  region: 'us-east-1',
  name: 'f',
  group: 'trail',
  pattern: '{ $.eventName = "x" }',
  value: '1',
  defaultValue: undefined,
  dimensions: {},
  isTransformed: false,
  isSelective: false,
  ...more,
});

describe('the periods', () => {
  it('reach from the first start to the last millisecond of the last', () => {
    expect(windowOf(crossed(7, 3, 9), rule, { firedAt: start, margin: 0 })).toEqual({
      from: start - 10 * minute,
      until: start + 5 * minute - 1,
      isExact: true,
    });
  });

  it('are as long as the alarm looks back, and a little more, where no starts are told', () => {
    const evaluation = { ...crossed(), datapoints: [{ value: 7, at: undefined }] };
    expect(windowOf(evaluation, rule, { firedAt: start, margin: 0 })).toEqual({ from: start - 20 * minute, until: start, isExact: false });
  });

  it('leave out what lies between two that breached', () => {
    const datapoints = [start, start - 10 * minute].map((at) => ({ value: 7, at }));
    const isIn = (at: number, margin = 0) => isInPeriods(at, { ...crossed(), datapoints }, { rule, margin });
    expect([start - 10 * minute, start - 5 * minute - 1, start, start + 5 * minute - 1].map((at) => isIn(at))).toEqual([true, true, true, true]);
    expect([start - 10 * minute - 1, start - 5 * minute, start - 1, start + 5 * minute].map((at) => isIn(at))).toEqual([false, false, false, false]);
    expect(isIn(start - 1, 1)).toBe(true);
    expect(isInPeriods(start - minute, { ...crossed(), datapoints: [{ value: 7, at: undefined }] }, { rule, margin: 0 })).toBe(true);
  });

  it('are widened by whole periods', () => {
    expect(windowOf(crossed(7), rule, { firedAt: start, margin: 1 })).toMatchObject({ from: start - 5 * minute, until: start + 10 * minute - 1 });
  });
});

describe('how many were counted', () => {
  it('is known of a plain count only', () => {
    expect(expectedCount(crossed(7, 3), rule, [filter()])).toBe(10);
    expect(expectedCount(crossed(14), rule, [filter({ value: '2' })])).toBe(7);
    expect(expectedCount(crossed(7), ruleOf({ ...trigger, Statistic: 'SampleCount' }), [filter({ value: '$.size' })])).toBe(7);
    const notPlain: [object, Partial<MetricFilter>][] = [
      [{}, { value: '$.size' }],
      [{}, { defaultValue: 1 }],
      [{}, { isSelective: true }],
      [{ Statistic: 'AVERAGE' }, {}],
      [{ Statistic: 'SampleCount' }, { defaultValue: 0 }],
    ];
    for (const [more, of] of notPlain) expect(expectedCount(crossed(7), ruleOf({ ...trigger, ...more }), [filter(of)])).toBeUndefined();
  });

  const line = (ingestedAt: number) => ({ at: start, ingestedAt, message: '' });
  const fired = start + 6 * minute;

  it('reads as how much was found', () => {
    const some = (count: number, late = 0) => Array.from({ length: count + late }, (_, index) => line(index < count ? start : fired + 1));
    const says = (lines: number, late: number, expected: number | undefined) => extentWords(extentOf(some(lines, late), expected, fired));
    expect(says(7, 0, 7)).toBe('7 of 7');
    expect(says(5, 0, 7)).toBe('5 of 7 so far');
    expect(says(7, 3, 7)).toBe('7 of 7, 3 more came later');
    expect(says(9, 0, 7)).toBe('found 9, where the alarm counted 7');
    expect(says(12, 0, undefined)).toBe('found 12');
  });

  it('never claims more than was read', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), fc.option(fc.nat(20), { nil: undefined }), (early, late, expected) => {
        const lines = [...Array.from({ length: early }, () => line(start)), ...Array.from({ length: late }, () => line(fired + 1))];
        const extent = extentOf(lines, expected, fired);
        if (extent.is === 'all') return extent.of + extent.later === lines.length && extent.of === expected;
        return extent.found === lines.length;
      }),
    );
  });
});

describe('a filter', () => {
  it('feeds the time series whose dimensions it spreads', () => {
    const alone = filter();
    const byUser = filter({ dimensions: { user: '$.userIdentity.userName' } });
    const metric = (dimensions: Record<string, string>) => ({
      id: undefined,
      namespace: 'n',
      name: 'm',
      dimensions,
      account: undefined,
      statistic: 'Sum',
    });
    expect(feeding([alone, byUser], metric({}))).toEqual([alone]);
    expect(feeding([alone, byUser], metric({ user: 'alice' }))).toEqual([byUser]);
    const record = { userIdentity: { userName: 'alice' } };
    expect(isOfSeries(record, byUser, metric({ user: 'alice' }))).toBe(true);
    expect(isOfSeries(record, byUser, metric({ user: 'bella' }))).toBe(false);
  });

  it('behind a search, a query or an insight rule is not known', () => {
    const math = (Expression: string) => ruleOf({ Metrics: [{ Id: 'e', Expression, ReturnData: true }] });
    for (const text of ['SELECT SUM(m) FROM "n"', "SUM(SEARCH('{n} m', 'Sum'))", 'INSIGHT_RULE_METRIC("r", "Sum")'])
      expect(isOpaque(math(text) as never)).toBe(true);
    expect(isOpaque(math('a + b') as never)).toBe(false);
  });
});

describe('a record that a data protection policy has masked', () => {
  it('names nobody, whichever part of the identity is masked', () => {
    expect(isMasked({ userIdentity: { userName: '*****', arn: 'arn:aws:iam::123456789012:user/alice' } })).toBe(true);
    expect(isMasked({ userIdentity: { arn: 'arn:aws:iam::************:user/*****' } })).toBe(true);
    expect(isMasked({ userIdentity: { sessionContext: { sessionIssuer: { userName: '****' } } } })).toBe(true);
    expect(isMasked({ userIdentity: { userName: 'a*b' }, sourceIPAddress: '192.0.2.1' })).toBe(false);
  });
});
