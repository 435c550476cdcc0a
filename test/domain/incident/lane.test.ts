import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstServed, laneOfCard, laneOfChange, laneOfTurn, lanes } from '../../../src/domain/incident/lane.ts';

describe('lanes', () => {
  it('have what is grave and new first, then what rings, then what people cause, then new cards, then the rest', () => {
    expect(laneOfCard('CRITICAL')).toBe(lanes.grave);
    expect(laneOfCard('HIGH')).toBe(lanes.grave);
    expect(laneOfCard('MEDIUM')).toBe(lanes.card);
    expect(laneOfChange('HIGH', true)).toBe(lanes.loud);
    expect(laneOfChange('HIGH', false)).toBe(lanes.rest);
    expect(laneOfChange('LOW', true)).toBe(lanes.rest);
    expect(laneOfTurn(0)).toBeGreaterThan(lanes.loud);
    expect(laneOfTurn(Number.MAX_SAFE_INTEGER)).toBeLessThan(lanes.card);
  });

  it('put a turn that is further ahead in no earlier lane', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (one, other) => {
        expect(laneOfTurn(one) <= laneOfTurn(other)).toBe(one <= other || laneOfTurn(one) === laneOfTurn(other));
      }),
    );
    expect([0, 1_999, 2_000, 8_000, 32_000, 128_000].map(laneOfTurn)).toEqual([2, 2, 3, 4, 5, 6]);
  });

  it('give people and what is not grave a share each, however much is grave', () => {
    const served = Array.from({ length: 8 }, (_, calls) => firstServed(calls));
    expect(served.filter((one) => one === 'people')).toHaveLength(2);
    expect(served.filter((one) => one === 'others')).toHaveLength(2);
  });
});
