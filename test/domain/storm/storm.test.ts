import { expect, it } from 'vitest';
import type { Incident } from '../../../src/domain/incident/incident.ts';
import { newStorm, type Storm, withIncidents } from '../../../src/domain/storm/storm.ts';

/** Each in an account of its own. */
function incidents(from: number, count: number): Incident[] {
  return Array.from({ length: count }, (_, index) => {
    const id = from + index;
    const incident = { id, severity: 'MEDIUM', account: String(100_000_000_000 + id), origin: 'alarm', alarm: {}, subjects: [], title: '' };
    return incident as unknown as Incident;
  });
}

const come = (storm: Storm, those: readonly Incident[]): Storm => withIncidents(storm, those, { now: 1, isPosted: true });

it.each([
  ['at once', 500],
  ['one by one', 1],
  ['by fifties', 50],
])('a storm keeps forty names of a kind, and counts all others together, where they come %s', (_how, atOnce) => {
  let storm = newStorm(1, 1, 0);
  for (let id = 1; id <= 500; id += atOnce) storm = come(storm, incidents(id, atOnce));
  const { '': others, ...named } = storm.accounts;
  expect(Object.keys(named)).toEqual(incidents(1, 40).map(({ account }) => account));
  expect(others).toBe(460);
  expect(come(storm, incidents(1, 1)).accounts).toMatchObject({ 100000000001: 2, '': 460 });
});

it('a storm counts an IPv6 network as one, and a service as none', () => {
  const [one] = incidents(1, 1);
  const contacts = ['2001:db8:5:6::/64', '203.0.113.7', 'AWS Internal'].map((address) => ({ address }));
  const storm = come(newStorm(1, 1, 0), [{ ...(one as Incident), subjects: [{ contacts }] as never }]);
  expect(storm.networks).toEqual({ '2001:db8:5:6::/64': 1, '203.0.113.7': 1 });
});
