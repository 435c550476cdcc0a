/** Which of what was done because of one incident another one has to know: what is about its own people, and stands. */
import { expect, it } from 'vitest';
import type { Incident } from '../../../src/domain/incident/incident.ts';
import { closedInto } from '../../../src/domain/incident/merged.ts';
import { withDoneOn, withoutElsewhere } from '../../../src/domain/response/done-elsewhere.ts';
import type { Contained, Holder, KeptState } from '../../../src/domain/response/kept-state.ts';
import { isBegun, isContained } from '../../../src/domain/response/standing.ts';
import type { Subject } from '../../../src/domain/sign-in/subjects.ts';

const person = { id: 'U1', name: 'bob' };
const quarantined = (holder: Holder, isOn = true): KeptState => ({ v: 1, of: 'quarantine', holder, isOn });
const took = (name: string, over: Partial<Contained> = {}, kind: Holder['kind'] = 'iam-user'): Contained => {
  const holder: Holder = { kind, account: '1', name };
  const [before, left] = [quarantined(holder, false), quarantined(holder)];
  return { incident: 1, seq: 7, response: 'quarantine', on: name, by: person, at: 5, before, left, ...over };
};
const user = (name: string): Subject => ({ key: `iam-user:1:${name}`, kind: 'iam-user', account: '1', name, lastSeen: 9 }) as Subject;
const root = { key: 'root:1', kind: 'root', account: '1', name: 'root', lastSeen: 9 } as Subject;
const role = { key: 'role-session:1:web/i-1', kind: 'role-session', account: '1', name: 'web/i-1', lastSeen: 9 } as Subject;
const incident = (id: number, over: Partial<Incident> = {}): Incident => ({ id, subjects: [], passwordsReset: [], ...over }) as unknown as Incident;

it.each([
  ['a user under quarantine', user('alice'), { contained: [took('alice')] }, true],
  ['a user under quarantine whom failures spelt otherwise', user('alice'), { contained: [took('ALICE')] }, true],
  ['a role under quarantine', role, { contained: [took('web', {}, 'role')] }, true],
  ['root whose credentials were deleted after it was seen', root, { rootsEmptied: [{ account: '1', at: 10 }] }, true],
  ['root who was seen after that', root, { rootsEmptied: [{ account: '1', at: 3 }] }, false],
  ['somebody else', user('carl'), { contained: [took('alice')] }, false],
  ['a user whom somebody else gave access back', user('alice'), { contained: [took('alice', { brokenAt: 6 })] }, false],
  ['a user of that name in another account', { ...user('alice'), account: '2' }, { contained: [took('alice')] }, false],
] as const)('of %s', (_what, subject, done, isSo) => {
  const here = withDoneOn(incident(2, { subjects: [subject] }), incident(1, done));
  expect(isContained(here, subject)).toBe(isSo);
});

it('a new password is no containment, but something was begun', () => {
  const here = withDoneOn(incident(2, { subjects: [user('alice')] }), incident(1, { passwordsReset: ['1/alice', '1/carl'] }));
  expect(here.elsewhere).toEqual([{ incident: 1, contained: [], passwordsReset: ['1/alice'], rootsEmptied: [] }]);
  expect([isContained(here, user('alice')), isBegun(here, user('alice'))]).toEqual([false, true]);
});

it('a new password counts for the user however the name was spelt then', () => {
  const here = withDoneOn(incident(2, { subjects: [user('alice')] }), incident(1, { passwordsReset: ['1/ALICE'] }));
  expect([isBegun(here, user('alice')), isBegun(here, user('carl'))]).toEqual([true, false]);
});

it('what is known is not written again, what is over goes, and what was merged is forgotten', () => {
  const first = incident(1, { contained: [took('alice')] });
  const here = withDoneOn(incident(2, { subjects: [user('alice')] }), first);
  expect(withDoneOn(here, incident(1, { contained: [took('alice', { readAt: 8 })] }))).toBe(here);
  expect(withDoneOn(here, incident(1, { contained: [] })).elsewhere).toEqual([]);
  expect(withDoneOn(here, incident(3))).toBe(here);
  expect(withoutElsewhere(here, new Set([1])).elsewhere).toEqual([]);
  expect(withoutElsewhere(here, new Set([3]))).toBe(here);
  expect(closedInto(here, 1).elsewhere).toBeUndefined();
});
