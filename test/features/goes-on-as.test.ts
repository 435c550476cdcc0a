import { expect, it } from 'vitest';
import type { Incident } from '../../src/domain/incident/incident.ts';
import { goesOnAs } from '../../src/features/goes-on-as.ts';

it.each([
  ['is itself', { 3: undefined }, 3],
  ['is the one that it was merged into', { 3: 1, 1: undefined }, 1],
  ['is found after two merges', { 3: 2, 2: 1, 1: undefined }, 1],
  ['that names a younger one, or itself, is as far as it goes', { 3: 2, 2: 3 }, 2],
  ['that names one that is not there is itself', { 3: 1 }, 3],
])('what goes on %s', async (_what, into, expected) => {
  const merged = new Map<number, number | undefined>(Object.entries(into).map(([id, other]) => [Number(id), other]));
  const incident = (id: number) => ({ id, mergedInto: merged.get(id) }) as Incident;
  const tx = { incident: async (id: number) => (merged.has(id) ? incident(id) : undefined) };
  expect((await goesOnAs(tx, incident(3))).id).toBe(expected);
});
