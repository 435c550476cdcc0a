import { describe, expect, it } from 'vitest';
import { looksForSetBy, withSetBy } from '../../../src/domain/incident/set-by.ts';
import type { Json } from '../../../src/domain/json.ts';
import { placeOf } from '../../../src/domain/place.ts';
import { drawn, minute, ofChanges, t0 } from '../../support/drawn.ts';
import { alarmText, prod } from '../../support/sandbox.ts';

const fired = ofChanges(alarmText('A', 'ALARM', t0, { NewStateReason: 'drill' }));
const counted = {
  arn: fired.alarm?.arn ?? '',
  name: 'A',
  firedAt: t0,
  measures: undefined,
  nobody: 'set-by-hand' as const,
  readings: [],
  notRead: undefined,
  extent: undefined,
  isWider: false,
  groups: [],
  otherLines: 0,
};

function set(who: string, stateValue: string, at: number, more: Json = {}): Json {
  return {
    eventSource: 'monitoring.amazonaws.com',
    eventName: 'SetAlarmState',
    eventTime: new Date(at).toISOString(),
    requestParameters: { alarmName: 'A', stateValue, stateReason: 'drill' },
    userIdentity: { type: 'IAMUser', userName: who, accountId: prod, arn: `arn:aws:iam::${prod}:user/${who}` },
    ...more,
  };
}

/** @param records newest first, as event history answers */
const told = (...records: readonly Json[]): string => drawn(withSetBy({ ...fired, counted: [counted] }, records, placeOf(fired.alarm?.arn ?? '')));

it.each([
  ['not whoever set it to OK a minute later', [set('bob', 'OK', t0 + minute), set('mallory', 'ALARM', t0)]],
  ['the nearest in time of several', [set('bob', 'ALARM', t0 + minute), set('mallory', 'ALARM', t0 - 1_000), set('carl', 'ALARM', t0 - minute)]],
  ['not whoever was refused', [set('bob', 'ALARM', t0, { errorCode: 'AccessDenied' }), set('mallory', 'ALARM', t0 - 1_000)]],
])('whoever set an alarm off by hand is %s', (_what, records) => {
  expect(told(...records)).toContain('It was mallory, 2026-11-22');
});

it.each([
  ['set it to OK alone', set('bob', 'OK', t0)],
  ['set it off at another time', set('bob', 'ALARM', t0 - 3 * minute)],
  ['set another alarm off', set('bob', 'ALARM', t0, { requestParameters: { alarmName: 'B', stateValue: 'ALARM' } })],
])('nobody is named where somebody %s', (_what, record) => {
  expect(told(record)).not.toContain('It was');
});

describe('an alarm that somebody set to OK by hand', () => {
  const silenced = ofChanges(alarmText('A', 'ALARM', t0), alarmText('A', 'OK', t0 + 5 * minute, { NewStateReason: 'be quiet' }));
  const [look] = looksForSetBy(silenced, t0 + 6 * minute);
  const place = { account: look?.account ?? '', region: look?.region ?? '' };
  const said = (...records: readonly Json[]): string => drawn(withSetBy(silenced, records, place));

  it('is asked about for a while, in its own place', () => {
    expect(look).toMatchObject({ ...placeOf(silenced.alarm?.arn ?? ''), attribute: 'EventName', value: 'SetAlarmState' });
    expect(looksForSetBy(silenced, t0 + 60 * minute)).toEqual([]);
    expect(looksForSetBy(fired, t0 + minute)).toEqual([]);
  });

  it('is one look with those that were set so in the same quarter of an hour: a loop does not ask for each', () => {
    const again = ofChanges(alarmText('A', 'ALARM', t0), alarmText('A', 'OK', t0 + 7 * minute, { NewStateReason: 'be quiet' }));
    expect(looksForSetBy(again, t0 + 8 * minute)).toEqual([look]);
  });

  it('says by whom, and is not asked about again', () => {
    const quiet = set('mallory', 'OK', t0 + 5 * minute);
    expect(said(set('carl', 'ALARM', t0 + 5 * minute), quiet)).toContain(
      'Set to OK by hand (SetAlarmState) since 2026-11-22 03:05 by mallory: nothing shows that it stopped.',
    );
    expect(looksForSetBy(withSetBy(silenced, [quiet], place), t0 + 6 * minute)).toEqual([]);
  });

  it('names nobody who set one of the same name in another region', () => {
    expect(drawn(withSetBy(silenced, [set('mallory', 'OK', t0 + 5 * minute)], { ...place, region: 'eu-west-1' }))).not.toContain('mallory');
  });
});
