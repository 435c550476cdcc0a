import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SignIn } from '../../../src/domain/sign-in/sign-in.ts';
import type { NetworkStory } from '../../../src/domain/sign-in/spray.ts';
import { around, whenItComes } from '../../support/memory.ts';
import { officeAddress, officeDays, signIn } from '../../support/office.ts';

const minute = 60_000;
const hour = 60 * minute;
const t0 = Date.parse('2026-11-02T08:00:00Z');
const bad = '198.51.100.9';

function story(signIns: readonly SignIn[], network = bad): NetworkStory {
  return around(signIns).stories.get(network) as NetworkStory;
}

const failing = (count: number, apart: number, address = bad, from = t0): SignIn[] =>
  Array.from({ length: count }, (_, index) => signIn(`victim${index}`, from + index * apart, 'Failure', address));

describe('a spray', () => {
  it('is five names from one network within half an hour, and not five in a day', () => {
    expect(story(failing(5, 7 * minute)).sprays).toHaveLength(1);
    expect(story(failing(4, minute)).sprays).toEqual([]);
    expect(story(failing(5, 8 * minute)).sprays).toEqual([]);
  });

  it('goes on while its windows meet, and counts all of its names', () => {
    const [only, ...others] = story(failing(40, 5 * minute)).sprays;
    expect(others).toEqual([]);
    expect(only?.names.size).toBe(40);
  });

  it('is one also where the names are of several accounts, or ten attempts at hidden ones', () => {
    const hidden = (index: number): SignIn => {
      const one = signIn('x', t0 + index * minute, 'Failure', bad);
      return { ...one, principal: { ...one.principal, name: undefined, nameIs: 'hidden' } };
    };
    const ten = Array.from({ length: 10 }, (_, index) => hidden(index));
    expect(story(ten.slice(1)).sprays).toEqual([]);
    expect(story(ten).sprays).toMatchObject([{ hidden: 10, isShared: false }]);
  });

  it('is the same in whatever order the sign-ins came', () => {
    const all = [...failing(7, minute), signIn('victim3', t0 + 9 * minute, 'Success', bad), ...failing(3, minute, bad, t0 + 2 * hour)];
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        expect(story(shuffled)).toEqual(story(all));
      }),
    );
  });

  it('whoever it lets in makes no network a shared one', () => {
    const gotIn = Array.from({ length: 12 }, (_, index) => signIn(`victim${index}`, t0 + hour + index * minute, 'Success', bad));
    const again = failing(6, minute, bad, t0 + 2 * hour);
    expect(story([...failing(12, minute), ...gotIn, ...again])).toMatchObject({
      isShared: false,
      sprays: [{ isShared: false }, { isShared: false }],
    });
  });
});

describe('an office of 200 people behind one address, of whom one in twenty mistypes', () => {
  const morning = { people: 200, from: t0 } as const;

  it.each([
    ['in the morning', 10 * minute],
    ['when nobody is there', 14 * hour],
  ])('is a spray when eight names fail from that very address besides: %s', (_when, offset) => {
    const office = officeDays({ ...morning, morningMs: hour, days: 4 });
    const from = t0 + 3 * 24 * hour + offset;
    const all = [...office, ...failing(8, 2 * minute, officeAddress, from)].toSorted((a, b) => a.at - b.at);
    const last = all.findLastIndex(({ principal }) => principal.name?.startsWith('victim') === true);
    const { sprays } = whenItComes(all, last).stories.get(officeAddress) as NetworkStory;
    expect(sprays).toHaveLength(1);
    expect(sprays[0]).toMatchObject({ isShared: true });
    expect([...(sprays[0]?.names ?? [])].filter((name) => name.includes('victim'))).toHaveLength(8);
  });
});
