import { describe, expect, it } from 'vitest';
import { rememberAlarm } from '../../../src/domain/incident/alarm-memory.ts';
import type { Decision } from '../../../src/domain/incident/decision.ts';
import { acknowledge, type Incident, resolve } from '../../../src/domain/incident/incident.ts';
import { apply as applyWith, severityWith } from '../../../src/domain/incident/intake.ts';
import { type AlarmMemory, meaningOf, memoryId, type Remembered, triage as triageWith } from '../../../src/domain/incident/triage.ts';
import { type Signal, understand } from '../../../src/domain/signal/signal.ts';
import { around } from '../../support/memory.ts';
import { settings } from '../../support/ports.ts';
import { alarmText, prod, topic } from '../../support/sandbox.ts';

const minute = 60_000;
const t0 = Date.parse('2026-11-22T03:00:00Z');
const bob = { id: 'U1', name: 'bob' };

function triage(signal: Signal, remembered: Remembered, now: number, came: readonly Signal[] = [signal]): Decision {
  const meaning = meaningOf(signal, remembered.alarm, settings);
  const severity = severityWith(signal, { before: remembered.incident, meaning, around: around(came), others: [], now });
  return triageWith(signal, remembered, severity, now);
}

function apply(signal: Signal, decision: Decision, before: Incident | undefined, now: number, came: readonly Signal[] = [signal]) {
  return applyWith(signal, decision, { before, meaning: meaningOf(signal, undefined, settings), around: around(came), others: [], now });
}

function alarm(state: 'ALARM' | 'OK' | 'INSUFFICIENT_DATA', at: number, reason = 'threshold', more: object = {}): Signal {
  return understand({
    topicArn: topic,
    messageId: 'm',
    subject: undefined,
    publishedAt: at,
    message: JSON.stringify(alarmText('A', state, at, { NewStateReason: reason, ...more })),
  })[0] as Signal;
}

function signIn(userName: string, at: number, more: object = {}): Signal {
  const record = {
    eventSource: 'signin.amazonaws.com',
    eventName: 'ConsoleLogin',
    eventTime: new Date(at).toISOString(),
    recipientAccountId: prod,
    userIdentity: { type: 'IAMUser', accountId: prod, userName },
    responseElements: { ConsoleLogin: 'Failure' },
    ...more,
  };
  return understand({ topicArn: topic, messageId: 'm', subject: undefined, publishedAt: at, message: JSON.stringify(record) })[0] as Signal;
}

const stopped = 'Threshold Crossed: 1 datapoint [0.0 (22/11/26 02:55:00)] was not greater than the threshold (5.0).';
const breachingWithoutData = { Trigger: { MetricName: 'm', Namespace: 'n', Period: 300, EvaluationPeriods: 1, TreatMissingData: 'breaching' } };

/** Plays signals one after the other, as the store would. */
function play(...signals: readonly [Signal, number][]) {
  let incident: Incident | undefined;
  let memory: AlarmMemory | undefined;
  let decision: ReturnType<typeof triage> = { do: 'ignore', reason: 'ok-alone' };
  for (const [signal, now] of signals) {
    const came = signals.slice(0, signals.findIndex(([one]) => one === signal) + 1).map(([one]) => one);
    decision = triage(signal, { incident, alarm: memory }, now, came);
    const meaning = meaningOf(signal, memory, settings);
    incident = applyWith(signal, decision, { before: incident, meaning, alarm: memory, around: around(came), others: [], now }).incident ?? incident;
    if (signal.kind === 'alarm-change') memory = rememberAlarm(memory, signal, decision.do === 'note' ? decision.reset : undefined, now);
  }
  return { incident: incident as Incident, memory, decision };
}

describe('an alarm', () => {
  it('that fires first opens an incident', () => {
    expect(play([alarm('ALARM', t0), t0]).decision).toEqual({ do: 'open', reason: 'first-firing' });
  });

  it('keeps in its entry what AWS added to the message', () => {
    const signal = alarm('ALARM', t0, 'threshold', { AlarmTags: { team: 'identity' } });
    expect(apply(signal, { do: 'open', reason: 'first-firing' }, undefined, t0).entry?.body.details?.join()).toContain('"team": "identity"');
  });

  it('OK alone opens nothing', () => {
    expect(play([alarm('OK', t0), t0]).decision).toEqual({ do: 'ignore', reason: 'ok-alone' });
  });

  it('OK does not resolve', () => {
    const { incident, decision } = play([alarm('ALARM', t0), t0], [alarm('OK', t0 + minute, stopped), t0 + minute]);
    expect(decision).toEqual({ do: 'note', reason: 'recovered-by-itself' });
    expect(incident).toMatchObject({ status: 'open', alarm: { state: 'OK' } });
    expect(play([alarm('ALARM', t0), t0], [alarm('OK', t0 + minute, 'drill'), t0 + minute]).decision.reason).toBe('set-by-hand');
  });

  it('whose OK arrives before its ALARM still opens an incident, which says that it recovered', () => {
    const { incident, decision } = play([alarm('OK', t0 + minute), t0 + minute], [alarm('ALARM', t0), t0 + minute]);
    expect(decision).toEqual({ do: 'open', reason: 'fired-and-recovered-before-it-arrived' });
    expect(incident.alarm?.state).toBe('OK');
  });

  it('that is told twice by two topics is counted once', () => {
    const { incident, decision } = play([alarm('ALARM', t0), t0], [alarm('ALARM', t0), t0 + 5]);
    expect(decision).toEqual({ do: 'fold', loud: false, reason: 'same-change-again' });
    expect(incident.counts).toEqual({ signals: 2, firings: 1, recoveries: 0 });
  });

  it('that flaps folds quietly, and rings after 30 quiet minutes', () => {
    const flap = play([alarm('ALARM', t0), t0], [alarm('OK', t0 + 1), t0], [alarm('ALARM', t0 + minute), t0 + minute]);
    expect(flap.decision).toEqual({ do: 'fold', loud: false, reason: 'fired-again' });
    const late = play([alarm('ALARM', t0), t0], [alarm('OK', t0 + 1), t0], [alarm('ALARM', t0 + 31 * minute), t0 + 31 * minute]);
    expect(late.decision).toEqual({ do: 'fold', loud: true, reason: 'fired-again-after-quiet' });
  });

  it('put to OK by our own reset is known, and the firing after it folds into the same incident', () => {
    const { incident, memory } = play([alarm('ALARM', t0), t0]);
    const pending = { ...(memory as AlarmMemory), resets: [{ marker: 'SIN-1/2', by: bob, at: t0 }] };
    const ok = alarm('OK', t0 + 1, 'Reset from Slack by bob (U1), SIN-1/2');
    const decision = triage(ok, { incident, alarm: pending }, t0 + 1);
    expect(decision).toMatchObject({ do: 'note', reason: 'our-own-reset' });
    const after = apply(ok, decision, incident, t0 + 1).incident as Incident;
    expect(after.alarm?.resetBy).toEqual(bob);
    const forged = triage(alarm('OK', t0 + 1, 'SIN-1/3'), { incident, alarm: pending }, t0 + 1);
    expect(forged).toMatchObject({ reason: 'set-by-hand' });
    expect(triage(alarm('ALARM', t0 + 2), { incident: after, alarm: pending }, t0 + 2)).toEqual({
      do: 'fold',
      loud: false,
      reason: 'fired-again-after-our-reset',
    });
  });

  it.each([
    [10 * minute, { do: 'reopen', reason: 'again-soon-after-resolution' }],
    [40 * minute, { do: 'open', reason: 'again-long-after-resolution' }],
    [-minute, { do: 'reopen', reason: 'not-known-at-resolution' }],
    [-6 * minute, { do: 'note', reason: 'older-than-resolution' }],
  ])('that fires %i ms after the resolution is decided by its own time', (after, expected) => {
    const { incident, memory } = play([alarm('ALARM', t0), t0]);
    const resolvedAt = t0 + 5 * minute;
    const step = resolve(incident, bob, resolvedAt, 'test', '');
    if (!step.ok) throw new Error('not resolved');
    const known = { ...(memory as AlarmMemory), at: t0 - minute * 10 };
    expect(triage(alarm('ALARM', resolvedAt + after), { incident: step.incident, alarm: known }, resolvedAt + 41 * minute)).toEqual(expected);
  });

  it('with several contributors stays in ALARM as long as one of them is, in whatever order they tell', () => {
    const of = (ContributorId: string, state: 'ALARM' | 'OK', at: number): Signal => alarm(state, at, 'threshold', { ContributorId });
    let incident: Incident | undefined;
    const memories = new Map<string, AlarmMemory>();
    for (const signal of [of('a', 'ALARM', t0), of('b', 'ALARM', t0 + 2), of('a', 'OK', t0 + 1)]) {
      if (signal.kind !== 'alarm-change') throw new Error('no alarm');
      const memory = memories.get(memoryId(signal));
      const decision = triage(signal, { incident, alarm: memory }, t0);
      incident = apply(signal, decision, incident, t0).incident ?? incident;
      memories.set(memoryId(signal), rememberAlarm(memory, signal, undefined, t0));
    }
    expect(incident?.alarm).toMatchObject({ state: 'ALARM', firing: ['b'] });
    const last = of('b', 'OK', t0 + 3);
    const after = apply(
      last,
      triage(last, { incident, alarm: memories.get(`arn:aws:cloudwatch:us-east-1:${prod}:alarm:A#b`) }, t0),
      incident,
      t0,
    ).incident;
    expect(after?.alarm?.state).toBe('OK');
  });

  it('with several contributors fires once and recovers once', () => {
    const of = (ContributorId: string, state: 'ALARM' | 'OK', at: number): [Signal, number] => [alarm(state, at, 'threshold', { ContributorId }), at];
    const { incident } = play(
      of('a', 'ALARM', t0),
      of('b', 'ALARM', t0 + 1),
      of('c', 'ALARM', t0 + 2),
      [alarm('ALARM', t0 + 3), t0 + 3],
      of('a', 'OK', t0 + 4),
      of('b', 'OK', t0 + 5),
      of('c', 'OK', t0 + 6),
    );
    expect(incident.counts).toMatchObject({ firings: 1, recoveries: 1 });
  });

  it('with contributors recovers once also where the alarm tells of it too, and is in ALARM for what still fires', () => {
    const of = (ContributorId: string, state: 'ALARM' | 'OK', at: number): [Signal, number] => [
      alarm(state, at, `${state} of ${ContributorId}`, { ContributorId }),
      at,
    ];
    const both = play(of('a', 'ALARM', t0), of('b', 'ALARM', t0 + 1), of('b', 'OK', t0 + 2)).incident;
    expect(both.alarm).toMatchObject({ state: 'ALARM', since: t0 + 1, reason: 'ALARM of b' });
    const { incident } = play(of('a', 'ALARM', t0), [alarm('ALARM', t0 + 1), t0 + 1], of('a', 'OK', t0 + 2), [alarm('OK', t0 + 3), t0 + 3]);
    expect(incident.counts).toMatchObject({ firings: 1, recoveries: 1 });
  });

  it('without data opens nothing, for that is how an alarm on a metric filter rests', () => {
    expect(play([alarm('INSUFFICIENT_DATA', t0), t0]).decision).toEqual({ do: 'ignore', reason: 'no-data-is-quiet' });
    expect(play([alarm('INSUFFICIENT_DATA', t0, 'Unchecked: Initial alarm creation', breachingWithoutData), t0]).decision).toMatchObject({
      do: 'ignore',
    });
  });

  it('without data opens a low incident where its owner says that missing data breaches', () => {
    const { incident, decision } = play([alarm('INSUFFICIENT_DATA', t0, 'Insufficient Data: 1 datapoint was unknown.', breachingWithoutData), t0]);
    expect(decision).toEqual({ do: 'open', reason: 'alarm-sees-no-data' });
    expect(incident.severity).toBe('LOW');
  });
});

describe('a sign-in', () => {
  it('by somebody new rings once the incident is acknowledged, and puts it back to open with its owner', () => {
    const within = { responseElements: { ConsoleLogin: 'Success' } };
    const { incident } = play([signIn('alice', t0, within), t0]);
    expect(triage(signIn('carl', t0 + 1, within), { incident, alarm: undefined }, t0)).toMatchObject({ loud: false });
    const step = acknowledge(incident, bob, t0);
    if (!step.ok) throw new Error('not acknowledged');
    const decision = triage(signIn('carl', t0 + 1, within), { incident: step.incident, alarm: undefined }, t0);
    expect(decision).toEqual({ do: 'fold', loud: true, reason: 'new-subject' });
    expect(apply(signIn('carl', t0 + 1, within), decision, step.incident, t0).incident).toMatchObject({ status: 'open', owner: bob });
  });

  it('that is graver rings', () => {
    const root = signIn('root', t0 + 1, { userIdentity: { type: 'Root', accountId: prod } });
    expect(play([signIn('alice', t0), t0], [root, t0]).decision).toEqual({ do: 'fold', loud: true, reason: 'severity-rose' });
  });

  it('counts per subject, and keeps what does not fit as a number', () => {
    const many = Array.from({ length: 210 }, (_, index): [Signal, number] => [signIn(`user-${index}`, t0 + index), t0]);
    const { incident } = play(...many, [signIn('user-209', t0 + 300), t0]);
    expect(incident.subjects).toHaveLength(200);
    expect(incident.moreSubjects).toBe(10);
    expect(incident.subjects[0]).toMatchObject({ name: 'user-209', failures: 2 });
  });
});
