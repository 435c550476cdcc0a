import { expect, it } from 'vitest';
import { withSetBy } from '../../../src/domain/incident/set-by.ts';
import type { Json } from '../../../src/domain/json.ts';
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
const told = (...records: readonly Json[]): string => drawn(withSetBy({ ...fired, counted: [counted] }, records));

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
