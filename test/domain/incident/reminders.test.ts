import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withTold } from '../../../src/domain/incident/campaign.ts';
import { acknowledge, type Incident, release, resolve } from '../../../src/domain/incident/incident.ts';
import { apply } from '../../../src/domain/incident/intake.ts';
import { pageOf } from '../../../src/domain/incident/page.ts';
import { firstLookAt, mostPages, type TimerFacts, timed, timersOf, withTimers } from '../../../src/domain/incident/reminders.ts';
import type { Timers } from '../../../src/domain/incident/timers.ts';
import { meaningOf } from '../../../src/domain/incident/triage.ts';
import { alone } from '../../support/memory.ts';
import { signIn } from '../../support/office.ts';
import { settings } from '../../support/ports.ts';

const t0 = Date.parse('2026-11-22T18:00:00Z');
const minute = 60_000;
const hour = 60 * minute;
const event = signIn('alice', t0, 'Success');
const decided = { do: 'open', reason: 'first-sign-in' } as const;
const opened = apply(event, decided, alone({ before: undefined, meaning: meaningOf(event, undefined, settings), now: t0 })).incident as Incident;
const bob = { id: 'U1', name: 'Bob' };
const times = { escalateAfter: 5 * minute, askOwnerAfter: 2 * hour, askLeftOpenAfter: 24 * hour };
const facts: TimerFacts = { others: [], lastStepAt: undefined, hasPager: true };

function high(id = 1): Incident {
  return withTimers(withTold({ ...opened, id, severity: 'HIGH' }), t0);
}

function stepped(step: ReturnType<typeof acknowledge>, now: number): Incident {
  if (!step.ok) throw new Error(step.message);
  return withTimers(step.incident, now);
}

/** As after that was done. */
function having(incident: Incident, change: Partial<Timers>): Incident {
  return { ...incident, timers: { ...timersOf(incident), ...change } };
}

describe('an incident that nobody acknowledges', () => {
  it('of HIGH or worse is told after the time, and the pager again after twice that; then never', () => {
    const incident = high();
    expect(firstLookAt(incident, times)).toBe(t0 + 5 * minute);
    expect(timed(incident, facts, times, t0)).toEqual({ do: 'wait', until: t0 + 5 * minute });
    expect(timed(incident, facts, times, t0 + 5 * minute)).toEqual({ do: 'escalate', page: 1, reminds: true });
    const once = having(incident, { pages: 1, pagedAt: t0 + 5 * minute, isReminded: true });
    expect(timed(once, facts, times, t0 + 5 * minute)).toEqual({ do: 'wait', until: t0 + 10 * minute });
    expect(timed(once, facts, times, t0 + 10 * minute)).toEqual({ do: 'escalate', page: 2, reminds: false });
    expect(timed(having(once, { pages: 2, pagedAt: t0 + 10 * minute }), facts, times, t0 + 90 * minute)).toEqual({ do: 'nothing' });
  });

  it('below HIGH has no timer, and neither has anything that is switched off', () => {
    expect(withTimers({ ...opened, severity: 'MEDIUM' }, t0).timers).toBeUndefined();
    const never = { escalateAfter: undefined, askOwnerAfter: undefined, askLeftOpenAfter: undefined };
    expect(firstLookAt(high(), never)).toBeUndefined();
    expect(timed(high(), facts, never, t0 + 99 * hour)).toEqual({ do: 'nothing' });
    expect(timed(high(), { ...facts, hasPager: false }, times, t0 + 5 * minute)).toEqual({ do: 'escalate', page: undefined, reminds: true });
  });

  it('is let be by Acknowledge, and counts anew from a release', () => {
    const acknowledged = stepped(acknowledge(high(), bob, t0 + minute), t0 + minute);
    expect(timed(acknowledged, facts, times, t0 + 10 * minute)).toEqual({ do: 'wait', until: t0 + minute + 2 * hour });
    const released = stepped(release(acknowledged, bob, t0 + 20 * minute), t0 + 20 * minute);
    expect(timed(released, facts, times, t0 + 20 * minute)).toEqual({ do: 'wait', until: t0 + 25 * minute });
    const resolved = stepped(resolve(released, bob, t0 + 21 * minute, 'test', ''), t0 + 21 * minute);
    expect(timed(resolved, facts, times, t0 + hour)).toEqual({ do: 'nothing' });
  });

  it('is let be while somebody is on others of its attack, whose first was resolved; of those the oldest asks its owner', () => {
    const told = (id: number): Incident => ({ ...high(id), tells: 'lead' });
    const on = [11, 12].map((id) => stepped(acknowledge(told(id), bob, t0 + minute), t0 + minute));
    const done = stepped(resolve(high(1), bob, t0 + 2 * minute, 'attack', ''), t0 + 2 * minute);
    const left = told(31);
    expect(timed(left, { ...facts, others: [done, ...on] }, times, t0 + hour)).toMatchObject({ do: 'wait' });
    expect(timed(left, { ...facts, others: [done] }, times, t0 + hour)).toMatchObject({ do: 'escalate' });
    const asked = on.map((one) => timed(one, { ...facts, others: [done, ...on.filter((other) => other !== one), left] }, times, t0 + 3 * hour).do);
    expect(asked).toEqual(['ask-owner', 'nothing']);
  });

  it('that was noticed late keeps the distance between two pages', () => {
    const once = having(high(), { pages: 1, pagedAt: t0 + hour, isReminded: true });
    expect(timed(once, facts, times, t0 + hour)).toEqual({ do: 'wait', until: t0 + hour + 5 * minute });
  });

  it('is never followed by a publish of which it is not known whether it was made', () => {
    expect(timed(having(high(), { pages: 1, pagedAt: t0, paging: 7 }), facts, times, t0 + hour)).toEqual({ do: 'conclude', entry: 7 });
  });

  it('of a campaign is told by the one that tells for it, with at most two pages for all', () => {
    const lead = high(1);
    const other: Incident = { ...high(2), tells: 'lead' };
    expect(timed(other, { ...facts, others: [lead] }, times, t0 + 6 * minute)).toEqual({ do: 'wait', until: t0 + 11 * minute });
    const paged = having(other, { pages: 2, pagedAt: t0, isReminded: true });
    expect(timed(lead, { ...facts, others: [paged] }, times, t0 + hour)).toEqual({ do: 'nothing' });
    const [closed] = [stepped(resolve(lead, bob, t0, 'test', ''), t0)];
    expect(timed(other, { ...facts, others: [closed as Incident] }, times, t0 + 6 * minute)).toMatchObject({ do: 'escalate', page: 1 });
  });

  it('pages at once when it says that nothing comes through, and once more', () => {
    const cut: Incident = { ...high(), notice: { about: 'chain-cut', says: undefined, isPlaceTold: true, topic: '', received: {} } };
    expect(firstLookAt(cut, times)).toBe(t0);
    expect(timed(cut, facts, times, t0)).toEqual({ do: 'escalate', page: 1, reminds: false });
    const once = having(cut, { pages: 1, pagedAt: t0 });
    expect(timed(once, facts, times, t0 + 5 * minute)).toEqual({ do: 'escalate', page: 2, reminds: true });
    expect(timed(once, facts, { ...times, escalateAfter: undefined }, t0 + hour)).toEqual({ do: 'nothing' });
  });

  it('is paged twice at most, whatever is done with it and whenever it is looked at', () => {
    const acts = fc.array(
      fc.record({ ms: fc.integer({ min: 0, max: 9 * minute }), act: fc.constantFrom('look', 'acknowledge', 'release', 'reopen') }),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(acts, (list) => {
        let now = t0;
        let incident = high();
        for (const { ms, act } of list) {
          now += ms;
          const step = act === 'acknowledge' ? acknowledge(incident, bob, now) : act === 'release' ? release(incident, bob, now) : undefined;
          if (step?.ok) incident = withTimers(step.incident, now);
          const due = timed(incident, facts, times, now);
          if (due.do !== 'escalate') continue;
          expect(incident.status).toBe('open');
          const { pages } = timersOf(incident);
          const paged = due.page === undefined ? {} : { pages: pages + 1, pagedAt: now };
          incident = having(incident, { ...paged, ...(due.reminds ? { isReminded: true as const } : {}) });
        }
        expect(timersOf(incident).pages).toBeLessThanOrEqual(mostPages);
      }),
    );
  });
});

describe('what its owner is asked', () => {
  const acknowledged = stepped(acknowledge(high(), bob, t0), t0);

  it('is whether he is still on it, two hours after the last step, once', () => {
    expect(timed(acknowledged, facts, times, t0 + 2 * hour)).toEqual({ do: 'ask-owner', owner: bob, quietSince: t0 });
    expect(timed(acknowledged, { ...facts, lastStepAt: t0 + hour }, times, t0 + 2 * hour)).toEqual({ do: 'wait', until: t0 + 3 * hour });
    expect(timed(having(acknowledged, { askedOwnerAt: t0 + 2 * hour }), facts, times, t0 + 9 * hour)).toEqual({ do: 'nothing' });
  });

  it('is about what is not stopped or left to do after a day, also when it is resolved, once', () => {
    const left = withTimers({ ...acknowledged, severity: 'MEDIUM', notStopped: [{ text: 'sessions' }], leftToDo: ['alice enrols MFA'] }, t0);
    const asks = { do: 'ask-left-open', asks: bob, lines: ['sessions', 'alice enrols MFA'] };
    expect(timed(left, facts, times, t0 + 23 * hour)).toEqual({ do: 'wait', until: t0 + 24 * hour });
    expect(timed(left, facts, times, t0 + 24 * hour)).toEqual(asks);
    const resolved = stepped(resolve(left, bob, t0 + hour, 'attack', ''), t0 + hour);
    expect(timed(resolved, facts, times, t0 + 24 * hour)).toEqual(asks);
    expect(timed(having(resolved, { askedLeftAt: t0 + 24 * hour }), facts, times, t0 + 99 * hour)).toEqual({ do: 'nothing' });
    const done = withTimers({ ...resolved, notStopped: [], leftToDo: [] }, t0 + 2 * hour);
    expect(timed(done, facts, times, t0 + 24 * hour)).toEqual({ do: 'nothing' });
  });
});

describe('a page', () => {
  it('is what SNS takes as a subject, whatever somebody is called, and holds no address', () => {
    const hostile = { ...high(42), title: `Sign-in by ${'ä\n\u202e<!channel>'.repeat(30)}` };
    const { subject, text } = pageOf(
      { ...hostile, subjects: [] },
      { where: 'prod 444455556666', nth: 2, link: 'https://example.slack.com/archives/C1/p1' },
    );
    expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
    expect(subject).toContain('SIN-42 HIGH: Sign-in by');
    expect(text.split('\n')).toHaveLength(5);
    expect(text).toContain('https://example.slack.com/archives/C1/p1');
    expect(pageOf(high(), { where: 'prod', nth: 1, link: undefined }).text).not.toContain('192.0.2.10');
  });

  it('holds nothing that reorders what it says', () => {
    const name = '\u202eדוד\u2066';
    const { subject, text } = pageOf(
      { ...high(), origin: 'alarm', title: `${name}, 7`, assessment: undefined, subjects: [] },
      { where: name, nth: 1, link: undefined },
    );
    expect(text).toContain(': \u2068דוד\u2069, 7\nAccount: \u2068דוד\u2069\n');
    expect(subject).toMatch(/: \?\?\?, 7, \?\?\?$/);
  });
});
