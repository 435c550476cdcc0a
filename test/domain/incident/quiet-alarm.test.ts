/** An alarm that only suggests what it is about: it rings nobody, neither by firing again nor by reopening, until somebody was found. */
import { describe, expect, it } from 'vitest';
import type { Recognition } from '../../../src/domain/detection/recognition.ts';
import { type Incident, resolve } from '../../../src/domain/incident/incident.ts';
import { apply, severityWith } from '../../../src/domain/incident/intake.ts';
import { type AlarmMemory, isQuietSignal, meaningOf, triage } from '../../../src/domain/incident/triage.ts';
import type { Subject } from '../../../src/domain/sign-in/subjects.ts';
import { type Signal, understand } from '../../../src/domain/signal/signal.ts';
import { around } from '../../support/memory.ts';
import { settings } from '../../support/ports.ts';
import { alarmText, prod, topic } from '../../support/sandbox.ts';

const minute = 60_000;
const t0 = Date.parse('2026-11-22T03:00:00Z');
const bob = { id: 'U1', name: 'bob' };
const arn = `arn:aws:cloudwatch:us-east-1:${prod}:alarm:A`;

const suggested: readonly (readonly [string, Recognition])[] = [
  ['its name', { detection: 'root-sign-in', by: 'name' }],
  [
    'a filter that counts other things too',
    {
      detection: 'root-sign-in',
      by: 'metric-filter',
      judgement: { is: 'wider', detection: 'root-sign-in', also: ['failed sign-ins of root'], scope: [] },
    },
  ],
];
const certain: Recognition = {
  detection: 'root-sign-in',
  by: 'metric-filter',
  judgement: { is: 'same', detection: 'root-sign-in', scope: [] },
};

interface Fired {
  readonly incident: Incident;
  readonly rang: boolean;
}

/** One more firing of the alarm, which is remembered as meaning that. */
function fired(recognised: Recognition, at: number, before?: Incident): Fired {
  const message = JSON.stringify(alarmText('A', 'ALARM', at));
  const signal = understand({ topicArn: topic, messageId: 'm', subject: undefined, publishedAt: at, message })[0] as Signal;
  const alarm: AlarmMemory = { id: arn, arn, name: 'A', account: prod, region: 'us-east-1', state: 'OK', at: at - 1, resets: [], recognised };
  const meaning = meaningOf(signal, alarm, settings);
  const isQuiet = isQuietSignal(signal, meaning, before);
  const circumstances = { before, meaning, around: around([]), others: [], now: at };
  const decision = triage(signal, { incident: before, alarm, isQuiet }, severityWith(signal, circumstances), at);
  const { incident, entry } = apply(signal, decision, circumstances);
  return { incident: incident as Incident, rang: entry?.reply === 'loud' };
}

function resolved(incident: Incident, at: number): Incident {
  const step = resolve(incident, bob, at, 'test', '');
  if (!step.ok) throw new Error('not resolved');
  return step.incident;
}

const found = (incident: Incident): Incident => ({ ...incident, subjects: [{ name: 'root' } as Subject] });

describe.each(suggested)('an alarm that is recognised by %s', (_by, recognised) => {
  it('opens MEDIUM, and rings nobody by firing again after quiet or by reopening', () => {
    const first = fired(recognised, t0).incident;
    expect(first).toMatchObject({ severity: 'MEDIUM', title: 'Root sign-in', alarm: { recognised } });
    const later = fired(recognised, t0 + 40 * minute, first);
    expect(later).toMatchObject({ rang: false, incident: { severity: 'MEDIUM', counts: { firings: 2 } } });
    const reopened = fired(recognised, t0 + 50 * minute, resolved(later.incident, t0 + 45 * minute));
    expect(reopened).toMatchObject({ rang: false, incident: { status: 'open', reopenings: 1 } });
  });

  it('rings like every other once somebody was found who did that, and not when it was somebody who did something else', () => {
    const first = fired(recognised, t0).incident;
    expect(fired(recognised, t0 + 40 * minute, found(first)).rang).toBe(true);
    expect(fired(recognised, t0 + 40 * minute, { ...found(first), countedAs: 'Root sign-in failures' }).rang).toBe(false);
  });
});

describe('an alarm whose filter counts no more than the detection', () => {
  it('is as grave as it at once, and rings when it fires again after quiet or is reopened', () => {
    const first = fired(certain, t0).incident;
    expect(first).toMatchObject({ severity: 'HIGH', rung: 'HIGH' });
    expect(fired(certain, t0 + 40 * minute, first).rang).toBe(true);
    expect(fired(certain, t0 + 50 * minute, resolved(first, t0 + 45 * minute)).rang).toBe(true);
  });
});
