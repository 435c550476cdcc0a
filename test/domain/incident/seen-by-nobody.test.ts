import { expect, it } from 'vitest';
import { graveByItself, withTold } from '../../../src/domain/incident/campaign.ts';
import { acknowledge, type Incident } from '../../../src/domain/incident/incident.ts';
import { apply } from '../../../src/domain/incident/intake.ts';
import { withYounger } from '../../../src/domain/incident/merged.ts';
import { timed, withTimers } from '../../../src/domain/incident/reminders.ts';
import { meaningOf } from '../../../src/domain/incident/triage.ts';
import { alone } from '../../support/memory.ts';
import { signIn } from '../../support/office.ts';
import { settings } from '../../support/ports.ts';

const t0 = Date.parse('2026-11-22T18:00:00Z');
const minute = 60_000;
const bob = { id: 'U1', name: 'Bob' };
const times = { escalateAfter: 5 * minute, askOwnerAfter: 120 * minute, askLeftOpenAfter: undefined };
const facts = { others: [], lastStepAt: undefined, hasPager: true };
const event = signIn('alice', t0, 'Success');
const circumstances = alone({ before: undefined, meaning: meaningOf(event, undefined, settings), now: t0 });
const opened = apply(event, { do: 'open', reason: 'first-sign-in' }, circumstances).incident as Incident;

function told(id: number, severity: Incident['severity'], more: Partial<Incident> = {}): Incident {
  return withTimers(withTold({ ...opened, id, severity, ...more }), t0);
}

function acknowledged(incident: Incident): Incident {
  const step = acknowledge(incident, bob, t0 + minute);
  if (!step.ok) throw new Error(step.message);
  return withTimers(step.incident, t0 + minute);
}

it.each([
  ['CRITICAL and nobody’s, joined by a MEDIUM that somebody is on', told(1, 'CRITICAL'), acknowledged(told(2, 'MEDIUM')), 'escalate'],
  ['MEDIUM that somebody is on, joined by a CRITICAL that nobody is on', acknowledged(told(1, 'MEDIUM')), told(2, 'CRITICAL'), 'escalate'],
  ['HIGH that somebody is on, joined by a HIGH', acknowledged(told(1, 'HIGH')), told(2, 'HIGH'), 'wait'],
])('two that become one: %s', (_what, older, younger, does) => {
  expect(timed(withTimers(withYounger(older, older, younger), t0 + 2 * minute), facts, times, t0 + 30 * minute)).toMatchObject({ do: does });
});

it.each([
  ['HIGH', 'escalate'],
  ['CRITICAL', 'wait'],
] as const)('a CRITICAL whose teller is closed, while somebody is on a %s of the same attack', (severity, does) => {
  const lead = told(1, 'HIGH', { resolved: { by: bob, at: t0 + 3 * minute, verdict: 'test', note: '' }, status: 'resolved' });
  const other = acknowledged(told(2, severity, { tells: 'lead' }));
  const others = [lead, other];
  expect(timed(told(3, 'CRITICAL', { tells: 'lead' }), { ...facts, others }, times, t0 + 30 * minute).do).toBe(does);
});

it('of two that one person is on, one asks, however grave they are', () => {
  const lead = told(1, 'HIGH', { resolved: { by: bob, at: t0 + 3 * minute, verdict: 'test', note: '' }, status: 'resolved' });
  const all = [lead, acknowledged(told(2, 'HIGH', { tells: 'lead' })), acknowledged(told(3, 'CRITICAL', { tells: 'lead' }))];
  const asks = all.slice(1).map((one) => timed(one, { ...facts, others: all.filter((other) => other !== one) }, times, t0 + 200 * minute).do);
  expect(asks).toEqual(['ask-owner', 'nothing']);
});

it('who was counted by an alarm that is of root by its name only is not said to be root', () => {
  const counted = told(1, 'CRITICAL', { detection: 'root-sign-in', recognised: { by: 'name' }, countedAs: 'Console sign-in without MFA' });
  expect(graveByItself({ ...counted, rung: 'MEDIUM' }, [])).toBeUndefined();
  expect(graveByItself({ ...counted, rung: 'MEDIUM', countedAs: undefined }, [])).toBe('HIGH');
});
