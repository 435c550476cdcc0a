/** Alarms in numbers, and alarms without data: what the card says of them, and what it does not claim. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { alarmText, Sandbox, textOf } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start();
});
afterAll(() => sandbox.stop());
beforeEach(() => sandbox.call('POST', '/api/reset'));

async function now(): Promise<number> {
  return (await sandbox.call<{ now: number }>('GET', '/api/state')).now;
}

const trigger = {
  MetricName: 'ConsoleSigninFailuresCount',
  Namespace: 'CloudTrailMetrics',
  StatisticType: 'Statistic',
  Statistic: 'SUM',
  Unit: null,
  Dimensions: [],
  Period: 300,
  EvaluationPeriods: 1,
  DatapointsToAlarm: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  Threshold: 5,
  TreatMissingData: 'missing',
};

async function publish(name: string, state: 'ALARM' | 'INSUFFICIENT_DATA', reason: string, more: object = {}): Promise<void> {
  await sandbox.publish({ message: alarmText(name, state, await now(), { NewStateReason: reason, Trigger: { ...trigger, ...more } }) });
}

describe('an alarm', () => {
  it('01: on a band of expected values names the metric, the band, and that the value is outside it', async () => {
    const band = {
      MetricName: undefined,
      Namespace: undefined,
      Threshold: undefined,
      ComparisonOperator: 'GreaterThanUpperThreshold',
      ThresholdMetricId: 'ad1',
      TreatMissingData: '- TreatMissingData:                    missing',
      Metrics: [
        {
          Id: 'm1',
          MetricStat: { Metric: { Dimensions: [], MetricName: 'FailureCount', Namespace: 'CloudTrailMetrics' }, Period: 300, Stat: 'Sum' },
          ReturnData: true,
        },
        { Id: 'ad1', Expression: 'ANOMALY_DETECTION_BAND(m1, 2)', Label: 'FailureCount (expected)', ReturnData: true },
      ],
    };
    const reason =
      'Thresholds Crossed: 1 out of the last 1 datapoints [38.0 (25/11/26 16:50:00)] was greater than the upper thresholds [4.2] (minimum 1 datapoint for OK -> ALARM transition).';
    await publish('unusual-failures', 'ALARM', reason, band);
    const card = textOf(await sandbox.card());
    expect(card).toContain('38 in 5 min, above the expected range');
    expect(card).toContain('Rule: Sum of FailureCount (CloudTrailMetrics) above the expected range ANOMALY_DETECTION_BAND(m1, 2) in 5 min');
  });

  it('04: that looks at several periods is told per period, M of N', async () => {
    const two =
      'Threshold Crossed: 2 out of the last 3 datapoints [7.0 (25/11/26 17:00:00), 3.0 (25/11/26 16:55:00), 9.0 (25/11/26 16:50:00)] were greater than or equal to the threshold (5.0) (minimum 2 datapoints for OK -> ALARM transition).';
    await publish('ConsoleSigninFailures', 'ALARM', two, { EvaluationPeriods: 3, DatapointsToAlarm: 2 });
    expect(await sandbox.cardSaying('7 in 5 min, 2 of 3 periods at 5 or more')).not.toContain('15 min');
    await sandbox.call('POST', '/api/reset');
    const many =
      'Threshold Crossed: 240 datapoints were greater than or equal to the threshold (1.0). The most recent datapoints which crossed the threshold: [1.0 (25/11/26 17:00:00), 1.0 (25/11/26 16:59:30)] (minimum 240 datapoints for OK -> ALARM transition).';
    await publish('SHARR_Alarm', 'ALARM', many, { Period: 30, EvaluationPeriods: 240, DatapointsToAlarm: 240, Threshold: 1 });
    expect(await sandbox.cardSaying('1 in 30 s, 240 of 240 periods at 1 or more')).not.toContain('120 min');
  });

  it('05: without data after a firing says that nothing matched since, offers no more for it, and alone opens nothing', async () => {
    await publish('ConsoleSignInWithoutMfaAlarm', 'INSUFFICIENT_DATA', 'Unchecked: Initial alarm creation');
    await publish(
      'ConsoleSigninFailures',
      'ALARM',
      'Threshold Crossed: 1 datapoint [7.0 (25/11/26 17:00:00)] was greater than or equal to the threshold (5.0).',
    );
    await sandbox.card();
    await sandbox.advance(2);
    await publish('ConsoleSigninFailures', 'INSUFFICIENT_DATA', 'Insufficient Data: 1 datapoint was unknown.');
    const card = await sandbox.cardSaying('No matching event since');
    expect(card).not.toMatch(/cannot see|fired 0×/);
    expect(await sandbox.cards()).toHaveLength(1);
  });
});
