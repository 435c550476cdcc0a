/** How far AWS is with what it goes on with, kept with the incident until the outcome. */
import { expect, it } from 'vitest';
import type { InProgress } from '../../../src/domain/incident/in-progress.ts';
import type { Incident } from '../../../src/domain/incident/incident.ts';
import { withoutProgress, withProgress } from '../../../src/domain/incident/progress.ts';

const none = { id: 1 } as Incident;
const user = { id: 'd-1', name: 'dora' };
const going = (seq: number, text: string, at = 5): InProgress => ({ text, user, entry: { incident: 1, seq }, by: { id: 'U1', name: 'bob' }, at });

it('is told as it was last, since it began, and each under its own entry', () => {
  const once = withProgress(none, going(3, '0 of 2'));
  expect(withProgress(once, going(3, '0 of 2', 9))).toBe(once);
  const twice = withProgress(withProgress(once, going(4, '0 of 1')), going(3, '1 of 2', 9));
  expect(twice.inProgress?.map(({ entry, text, at }) => [entry.seq, text, at])).toEqual([
    [4, '0 of 1', 5],
    [3, '1 of 2', 5],
  ]);
  expect(withoutProgress(twice, { incident: 1, seq: 3 }).inProgress).toEqual([going(4, '0 of 1')]);
  expect(withoutProgress(twice, { incident: 2, seq: 3 })).toBe(twice);
  expect(withoutProgress(none, { incident: 1, seq: 3 })).toBe(none);
});
