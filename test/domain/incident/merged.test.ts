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

it.each(['7', '1.', '1.x', '1.2.3', '', '-1.2'])('an entry is not chosen by “%s”', (value) => {
  expect(entryChosen(value)).toBeUndefined();
});
