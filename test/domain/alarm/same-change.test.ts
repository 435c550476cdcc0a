import { assert, constantFrom, integer, property, record, subarray, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlarmState } from '../../../src/domain/alarm/alarm.ts';
import { isKnownChange, type KnownChange } from '../../../src/domain/alarm/same-change.ts';

const t0 = Date.parse('2026-11-22T03:00:00Z');
const states: AlarmState[] = ['ALARM', 'OK', 'INSUFFICIENT_DATA'];

describe('one change of an alarm', () => {
  it('is told from others by state and time, which differ by milliseconds from one way to another', () => {
    const known: KnownChange[] = [{ state: 'ALARM', at: t0, toldBy: 'text' }];
    expect(isKnownChange({ state: 'ALARM', at: t0 + 37, toldBy: 'history' }, known)).toBe(true);
    expect(isKnownChange({ state: 'ALARM', at: t0 - 2_000, toldBy: 'event' }, known)).toBe(true);
    expect(isKnownChange({ state: 'ALARM', at: t0 + 2_001, toldBy: 'history' }, known)).toBe(false);
    expect(isKnownChange({ state: 'OK', at: t0, toldBy: 'history' }, known)).toBe(false);
    expect(isKnownChange({ state: 'ALARM', at: t0, toldBy: 'text' }, known)).toBe(true);
    expect(isKnownChange({ state: 'ALARM', at: t0 + 1, toldBy: 'text' }, known)).toBe(false);
  });

  it('is another one where the alarm was in another state between the two', () => {
    const known: KnownChange[] = [
      { state: 'ALARM', at: t0 },
      { state: 'OK', at: t0 + 300 },
    ];
    expect(isKnownChange({ state: 'ALARM', at: t0 + 600 }, known)).toBe(false);
    expect(isKnownChange({ state: 'ALARM', at: t0 + 100 }, known)).toBe(true);
  });

  it('is known again from any history of an alarm, however its times are off by milliseconds', () => {
    const seconds = uniqueArray(integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 30 });
    const given = record({
      seconds,
      off: integer({ min: -500, max: 500 }),
      first: constantFrom(...states),
      known: subarray([0, 1, 2, 3, 4, 5, 6, 7]),
    });
    assert(
      property(given, ({ seconds: unsorted, off, first, known }) => {
        const start = states.indexOf(first);
        // Each change is to another state than the one before.
        const history = unsorted
          .toSorted((a, b) => a - b)
          .map((second, index) => ({ state: states[(start + index) % 3] as AlarmState, at: t0 + second * 3_000 }));
        const taken = history.filter((_change, index) => known.includes(index));
        for (const [index, change] of history.entries()) expect(isKnownChange({ ...change, at: change.at + off }, taken)).toBe(known.includes(index));
      }),
    );
  });
});
