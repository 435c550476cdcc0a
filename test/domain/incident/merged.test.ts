/** What of two incidents that turn out to be one stands: what was taken is taken, and can be given back from the one that goes on. */
import { expect, it } from 'vitest';
import { undoable } from '../../../src/domain/incident/contained.ts';
import type { Incident } from '../../../src/domain/incident/incident.ts';
import { closedInto, withYounger } from '../../../src/domain/incident/merged.ts';
import { entryChoice, entryChosen } from '../../../src/domain/response/entry-choice.ts';
import type { Contained, KeptState } from '../../../src/domain/response/kept-state.ts';
import { theTargetOf } from '../../../src/domain/response/target.ts';

const held = (name: string, isOn: boolean): KeptState => ({ v: 1, of: 'quarantine', holder: { kind: 'iam-user', account: '1', name }, isOn });
const took = (incident: number, name: string): Contained => {
  return {
    incident,
    seq: 7,
    response: 'quarantine',
    on: name,
    by: { id: 'U1', name: 'bob' },
    at: incident,
    before: held(name, false),
    left: held(name, true),
  };
};

const nothing = { deeds: [], notStopped: [], leftToDo: [], passwordsReset: [], ownActions: [], links: [], otherAlarms: [], subjects: [] };
const numbers = { counts: { signals: 1, firings: 0, recoveries: 0 }, severity: 'LOW', rung: 'LOW', firstSignalAt: 1, lastSignalAt: 1 };
const incident = (id: number, over: object): Incident =>
  ({
    id,
    status: 'open',
    origin: 'sign-in',
    told: {},
    users: {},
    campaign: { incidents: [], gravest: 'LOW' },
    ...nothing,
    ...numbers,
    ...over,
  }) as unknown as Incident;

it('both containments stand, each under its own incident and number', () => {
  const [older, younger] = [incident(1, { contained: [took(1, 'alice')] }), incident(2, { contained: [took(2, 'carl')] })];
  const kept = withYounger(older, older, younger);
  expect(undoable(kept).map(entryChoice)).toEqual(['1.7', '2.7']);
  expect(theTargetOf(kept, 'entry')).toBeUndefined();
  expect(undoable(closedInto(younger, 1))).toEqual([]);
  expect(theTargetOf(withYounger(older, incident(1, {}), younger), 'entry')).toEqual(entryChosen('2.7'));
});

it('what was paged and asked for either counts for the one that goes on; a publish under way is concluded where it was begun', () => {
  const older = incident(1, { timers: { pages: 0, held: { by: 'nobody', since: 9 } } });
  const younger = incident(2, { timers: { pages: 1, pagedAt: 8, paging: 7, isReminded: true, held: { by: 'nobody', since: 3 } } });
  const expected = { pages: 1, pagedAt: 8, isReminded: true, paging: undefined, held: { by: 'nobody', since: 3 } };
  expect(withYounger(older, older, younger).timers).toMatchObject(expected);
  expect(closedInto(younger, 1).timers).toEqual({ pages: 0, paging: 7 });
  expect(withYounger(older, incident(1, {}), incident(2, {})).timers).toBeUndefined();
});

it.each(['7', '1.', '1.x', '1.2.3', '', '-1.2'])('an entry is not chosen by “%s”', (value) => {
  expect(entryChosen(value)).toBeUndefined();
});
