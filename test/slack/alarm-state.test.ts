/** What a card says of an alarm that is no longer in ALARM: since when, and what that shows. */
import { describe, expect, it } from 'vitest';
import { goneChange } from '../../src/domain/alarm/gone.ts';
import type { Incident } from '../../src/domain/incident/incident.ts';
import { stateRows } from '../../src/slack/alarm-lines.ts';
import { drawn, minute, ofChanges, t0 } from '../support/drawn.ts';
import { alarmText } from '../support/sandbox.ts';

const crossed =
  'Threshold Crossed: 1 out of the last 1 datapoints [7.0 (22/11/26 02:55:00)] was greater than or equal to the threshold (5.0) (minimum 1 datapoint for OK -> ALARM transition).';
const quiet = 'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].';
const unknown = 'Insufficient Data: 1 datapoint was unknown.';

const change = (state: 'ALARM' | 'OK' | 'INSUFFICIENT_DATA', minutes: number, NewStateReason: string) =>
  alarmText('A', state, t0 + minutes * minute, { NewStateReason });

function stateLines(...messages: readonly object[]): string[] {
  return drawn(ofChanges(...messages))
    .split('\n')
    .filter((line) => /^(Alarm OK|Set to|No matching event)/.test(line));
}

const firing = change('ALARM', 0, crossed);
const byHand = 'by hand (SetAlarmState) since 2026-11-22 03:02: nothing shows that it stopped.';

describe('an alarm that changed again after it fired', () => {
  it.each([
    ['OK, as CloudWatch says', change('OK', 2, quiet), 'Alarm OK by itself since 2026-11-22 03:02: it stopped, nothing more.'],
    ['OK, as somebody set it', change('OK', 2, 'nothing to see here'), `Set to OK ${byHand}`],
    [
      'without data',
      change('INSUFFICIENT_DATA', 2, unknown),
      'No matching event since 2026-11-22 03:02: the alarm has no data, which says nothing more.',
    ],
    ['without data, as somebody set it', change('INSUFFICIENT_DATA', 2, 'maintenance'), `Set to INSUFFICIENT_DATA ${byHand}`],
  ])('is %s', (_what, then, said) => {
    expect(stateLines(firing, then)).toEqual([said]);
  });

  it('is what it became last: by hand, and then by itself', () => {
    const again = change('ALARM', 3, crossed);
    expect(stateLines(firing, change('OK', 2, 'be quiet'), again)).toEqual([]);
    expect(stateLines(firing, change('OK', 2, 'be quiet'), again, change('OK', 9, quiet))).toEqual([
      'Alarm OK by itself since 2026-11-22 03:09: it stopped, nothing more.',
    ]);
  });
});

describe('a firing that arrives late is told with what the alarm is since then', () => {
  it.each([
    ['OK', change('OK', 7, quiet), 'Alarm OK by itself since 2026-11-22 03:07: it stopped, nothing more.'],
    ['no data', change('INSUFFICIENT_DATA', 7, unknown), 'No matching event since 2026-11-22 03:07: the alarm has no data, which says nothing more.'],
    ['set by hand', change('OK', 7, 'drill'), 'Set to OK by hand (SetAlarmState) since 2026-11-22 03:07: nothing shows that it stopped.'],
  ])('%s', (_what, then, said) => {
    const incident = ofChanges(then, firing);
    expect(stateLines(then, firing)).toEqual([said]);
    expect(incident).toMatchObject({ alarm: { firing: [], fired: { at: t0 } }, firstSignalAt: t0, counts: { firings: 1 } });
    expect(drawn(incident)).toContain('Alarm fired 1×');
    expect(drawn(incident)).not.toContain(crossed);
  });
});

it('an alarm that was deleted is gone: neither did it stop, nor did nothing match, nor did anybody set it', () => {
  const arn = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:A';
  const gone = goneChange({ arn, name: 'A', account: '123456789012', region: 'us-east-1', shape: 'metric', description: undefined }, t0);
  const { state, reason, evaluation } = gone;
  const alarm = { arn, name: 'A', state, reason, cause: evaluation.cause, since: t0, firing: [], firedAfterReset: 0 };
  const said = JSON.stringify(stateRows({ alarm } as unknown as Incident));
  expect(said).toContain('no longer exists in CloudWatch');
  expect(said).not.toMatch(/No matching event|it stopped|by hand/);
});
