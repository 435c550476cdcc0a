/** From an alarm to the lines that it counted. */
import { expect, it } from 'vitest';
import { evaluationOf } from '../../src/domain/alarm/evaluation.ts';
import type { LogLine } from '../../src/domain/alarm/log.ts';
import { ruleOf } from '../../src/domain/alarm/rule.ts';
import { extentWords } from '../../src/domain/incident/counted.ts';
import { type CountingPorts, countOf } from '../../src/features/count-alarm.ts';
import { quietLog, settings } from '../support/ports.ts';
import { consoleLogin, iamUser } from '../support/records.ts';

const minute = 60_000;
const start = Date.UTC(2026, 10, 25, 17);
const account = '123456789012';
const place = { account, region: 'us-east-1' };
const filter = {
  ...place,
  name: 'f',
  group: 'trail',
  pattern: '{ $.errorMessage = "Failed authentication" }',
  value: '1',
  defaultValue: undefined,
  dimensions: {},
  isTransformed: false,
  isSelective: false,
};

function failure(who: string, at: number): LogLine {
  const record = consoleLogin(iamUser(who), 'Failure', 'No', { errorMessage: 'Failed authentication', eventID: `${who}-${at}` });
  return { at, ingestedAt: at, message: JSON.stringify(record) };
}

it('names nobody of the period between two that breached: the alarm did not count it', async () => {
  const lines = [
    ...[1, 2, 3].map((second) => failure('alice', start - 10 * minute + second)),
    ...[1, 2].map((second) => failure('bella', start - 5 * minute + second)),
    ...[1, 2, 3].map((second) => failure('carl', start + second)),
  ];
  const logs = { filters: async () => [filter], page: async () => ({ lines, next: undefined }) };
  const ports = {
    log: quietLog,
    settings,
    logs,
    clock: { now: () => start + 6 * minute, wait: async () => undefined },
    store: { takeLogCall: async () => undefined },
  };
  const rule = ruleOf({ MetricName: 'm', Namespace: 'n', Statistic: 'SUM', Period: 300, EvaluationPeriods: 3, DatapointsToAlarm: 2 });
  const reason =
    'Threshold Crossed: 2 out of the last 3 datapoints [3.0 (25/11/26 17:00:00), 3.0 (25/11/26 16:50:00)] were greater than or equal to the threshold (3.0) (minimum 2 datapoints for OK -> ALARM transition).';
  const firedAt = start + 6 * minute;
  const evaluation = evaluationOf({ state: 'ALARM', reason, reasonData: undefined, at: firedAt, rule, children: [] });
  const firing = { ...place, arn: `arn:aws:cloudwatch:us-east-1:${account}:alarm:A`, name: 'A', firedAt, measures: rule, evaluation };
  const { counted, events } = await countOf(ports as unknown as CountingPorts, firing, false);
  expect(counted.groups.map(({ who, times }) => `${who} ${times}`)).toEqual(['alice 3', 'carl 3']);
  expect(events).toHaveLength(6);
  expect(counted.extent && extentWords(counted.extent)).toBe('6 of 6');
});
