import { describe, expect, it } from 'vitest';
import { isOf, noticeOf, type Outage } from '../../../src/domain/sweep/outage.ts';

const minute = 60_000;
const t0 = Date.parse('2026-11-22T01:10:00Z');
const outage: Outage = { id: 1, from: t0, until: t0 + 30 * minute, isStop: false, foundAt: t0 + 35 * minute, found: 3, told: 0 };
const at = (minutes: number) => ({ from: t0 + minutes * minute, until: t0 + minutes * minute, count: 1 });

describe('what was found', () => {
  it('is of the outage that it happened in, or within an hour of, whatever came by letters meanwhile', () => {
    const heard = t0 + 50 * minute;
    expect(isOf(outage, at(10), heard)).toBe(true);
    expect(isOf(outage, at(85), heard)).toBe(true);
    expect(isOf(outage, at(95), heard)).toBe(false);
    expect(isOf(outage, at(-70), heard)).toBe(false);
  });

  it('is of the last outage as long as SNS has delivered nothing since', () => {
    expect(isOf(outage, at(300), t0 + 34 * minute)).toBe(true);
    expect(isOf(outage, at(300), undefined)).toBe(true);
  });
});

it('one message says how long it was and how much was found', () => {
  const topic = 'arn:aws:sns:us-east-1:111122223333:signin-alarms';
  const told = noticeOf({ ...outage, isStop: true, until: t0 + 182 * minute }, topic);
  expect(told).toMatchObject({ about: 'outage', severity: 'LOW', title: 'I was away 01:10–04:12 UTC; found 3', account: '111122223333' });
  expect(noticeOf(outage, topic).title).toBe('SNS did not bring 3 signals of 01:10–01:40 UTC');
  expect(noticeOf({ ...outage, id: 2 }, topic).digest).not.toBe(noticeOf(outage, topic).digest);
});
