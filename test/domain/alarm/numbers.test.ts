/** What an alarm measures, what CloudWatch says it saw, and how that reads. */
import { describe, expect, it } from 'vitest';
import { evaluationOf } from '../../../src/domain/alarm/evaluation.ts';
import { firedWords } from '../../../src/domain/alarm/fired.ts';
import { ruleOf, ruleWords } from '../../../src/domain/alarm/rule.ts';

const trigger = {
  MetricName: 'Failures',
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
  TreatMissingData: '- TreatMissingData:                    notBreaching',
};
const changed = Date.UTC(2026, 10, 25, 17, 6);
const one = 'Threshold Crossed: 1 out of the last 1 datapoints [7.0 (25/11/26 17:00:00)] was greater than or equal to the threshold (5.0).';

function told(reason: string, more: object = {}, data?: object, state = 'ALARM') {
  const rule = ruleOf({ ...trigger, ...more });
  const reasonData = data === undefined ? undefined : JSON.stringify(data);
  return { rule, evaluation: evaluationOf({ state, reason, reasonData, at: changed, rule, children: [] }) };
}

function says(reason: string, more: object = {}): string {
  const { rule, evaluation } = told(reason, more);
  return firedWords({ measures: rule, fired: { evaluation } });
}

describe('a firing in numbers', () => {
  it('is of one period where there is one', () => {
    expect(says(one)).toBe('7 in 5 min (alarm at 5 or more)');
  });

  it('is per period where there are several', () => {
    const reason =
      'Threshold Crossed: 2 out of the last 3 datapoints [7.0 (25/11/26 17:00:00), 3.0 (25/11/26 16:55:00), 9.0 (25/11/26 16:50:00)] were greater than or equal to the threshold (5.0) (minimum 2 datapoints for OK -> ALARM transition).';
    expect(says(reason, { EvaluationPeriods: 3, DatapointsToAlarm: 2 })).toBe('7 in 5 min, 2 of 3 periods at 5 or more');
  });

  it('is of a period that breached also where the rule has no limit, as in events of EventBridge', () => {
    const metrics = [{ id: 'm', metricStat: { metric: { namespace: 'N', name: 'F', dimensions: {} }, period: 300, stat: 'Sum' }, returnData: true }];
    const values = [0, 7, 9].map((value, index) => ({ timestamp: `2026-11-25T17:0${4 - index}:00.000+0000`, sampleCount: 1, value }));
    const says = (words: string, threshold?: number): string => {
      const rule = ruleOf({ metrics });
      const reason = `Threshold Crossed: 2 out of the last 3 datapoints [7.0 (25/11/26 17:03:00), 9.0 (25/11/26 17:02:00)] were ${words} (minimum 2 datapoints for OK -> ALARM transition).`;
      const reasonData = JSON.stringify({ version: '1.0', evaluatedDatapoints: values, threshold });
      return firedWords({
        measures: rule,
        fired: { evaluation: evaluationOf({ state: 'ALARM', reason, reasonData, at: changed, rule, children: [] }) },
      });
    };
    expect(says('greater than or equal to the threshold (7.0)', 7)).toBe('7 in 5 min');
    expect(says('greater than the threshold (7.0)')).toBe('9 in 5 min');
    expect(says('less than or equal to the threshold (0.0)', 0)).toBe('0 in 5 min');
    expect(says('greater than the threshold (1.0E2)', 8)).toBe('9 in 5 min');
  });

  it('of many periods names the newest', () => {
    const reason =
      'Threshold Crossed: 240 datapoints were greater than or equal to the threshold (1.0). The most recent datapoints which crossed the threshold: [1.0 (25/11/26 17:00:00), 1.0 (25/11/26 16:59:30)] (minimum 240 datapoints for OK -> ALARM transition).';
    expect(says(reason, { Period: 30, EvaluationPeriods: 240, DatapointsToAlarm: 240, Threshold: 1 })).toBe(
      '1 in 30 s, 240 of 240 periods at 1 or more',
    );
  });

  it('names the statistic where it is no count, the unit where there is one, and the side of the limit', () => {
    const less = 'Threshold Crossed: 1 datapoint [0.0 (25/11/26 17:00:00)] was less than the threshold (1.0).';
    expect(says(less, { ComparisonOperator: 'LessThanThreshold', Threshold: 1 })).toBe('0 in 5 min (alarm below 1)');
    const average = { Statistic: 'AVERAGE', Unit: 'Percent', ComparisonOperator: 'GreaterThanThreshold', Threshold: 80 };
    expect(says(one, average)).toBe('Average 7 Percent in 5 min (alarm above 80)');
  });

  it('of a band says that it left the expected range', () => {
    const band = {
      MetricName: undefined,
      Threshold: undefined,
      ComparisonOperator: 'GreaterThanUpperThreshold',
      ThresholdMetricId: 'ad1',
      Metrics: [
        { Id: 'm1', MetricStat: { Metric: { MetricName: 'Failures', Namespace: 'N', Dimensions: [] }, Period: 300, Stat: 'Sum' }, ReturnData: true },
        { Id: 'ad1', Expression: 'ANOMALY_DETECTION_BAND(m1, 2)', ReturnData: true },
      ],
    };
    const reason =
      'Thresholds Crossed: 1 out of the last 1 datapoints [38.0 (25/11/26 17:00:00)] was greater than the upper thresholds [4.2] (minimum 1).';
    expect(says(reason, band)).toBe('38 in 5 min, above the expected range');
    const rule = ruleOf({ ...trigger, ...band });
    expect(rule && ruleWords(rule)).toBe('Sum of Failures (N) above the expected range ANOMALY_DETECTION_BAND(m1, 2) in 5 min');
  });
});

describe('the rule', () => {
  it('reads the same of SNS, EventBridge and DescribeAlarms', () => {
    const event = {
      metrics: [
        {
          id: 'm',
          metricStat: { metric: { namespace: 'CloudTrailMetrics', name: 'Failures', dimensions: { user: 'a' } }, period: 300, stat: 'Sum' },
          returnData: true,
        },
      ],
      evaluationPeriods: 3,
      threshold: 5,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      datapointsToAlarm: 2,
    };
    const sns = { ...trigger, Dimensions: [{ name: 'user', value: 'a' }], EvaluationPeriods: 3, DatapointsToAlarm: 2, TreatMissingData: undefined };
    const described = { ...sns, Statistic: 'Sum', Dimensions: [{ Name: 'user', Value: 'a' }] };
    const words = 'Sum of Failures (CloudTrailMetrics, user a) ≥ 5 in 5 min, in 2 of 3 periods';
    for (const body of [event, sns, described]) expect(ruleWords(ruleOf(body) as NonNullable<ReturnType<typeof ruleOf>>)).toBe(words);
  });

  it('of metric math names the expression and what goes into it', () => {
    const metric = (Id: string) => ({ Id, MetricStat: { Metric: { MetricName: Id, Namespace: 'N' }, Period: 60, Stat: 'Sum' }, ReturnData: false });
    const rule = ruleOf({
      Metrics: [metric('a'), metric('b'), { Id: 'e', Expression: 'a + b', ReturnData: true }],
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
    });
    expect(rule && ruleWords(rule)).toBe('a + b (a: Sum of a (N), b: Sum of b (N)) > 0 in 1 min');
  });

  it('is not there where nothing is told', () => {
    expect(ruleOf({})).toBeUndefined();
  });
});

describe('why an alarm changed', () => {
  const cause = (reason: string, more: object = {}, data?: object, state?: string) => told(reason, more, data, state).evaluation.cause;

  it('is told from the reason', () => {
    expect(cause(one)).toBe('crossed');
    expect(cause('Maintenance drill')).toBe('set-by-hand');
    expect(cause('Unchecked: Initial alarm creation', {}, undefined, 'INSUFFICIENT_DATA')).toBe('created');
    expect(cause('Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [Breaching].')).toBe(
      'missing-data',
    );
    expect(
      cause('Threshold Crossed: 1 datapoint [0.0 (25/11/26 17:00:00)] was less than the threshold (1.0).', {
        ComparisonOperator: 'LessThanThreshold',
      }),
    ).toBe('fell-below');
  });

  it('of a band is told from the numbers, for one sentence tells of both its sides', () => {
    const outside = (values: string, lower: string, upper: string): string =>
      `Thresholds Crossed: 1 out of the last 1 datapoints [${values}] was less than the lower thresholds [${lower}] or greater than the upper thresholds [${upper}] (minimum 1 datapoint for OK -> ALARM transition).`;
    expect(cause(outside('31.0 (25/11/26 17:00:00)', '0.02', '5.3'))).toBe('crossed');
    expect(cause(outside('0.0 (25/11/26 17:00:00)', '0.020599444741798756', '0.3006915352732461'))).toBe('fell-below');
    expect(cause(outside('0.0 (25/11/26 17:00:00), 31.0 (25/11/26 16:55:00)', '0.02, 0.02', '5.3, 5.3'))).toBe('crossed');
    expect(cause(outside('0.0 (25/11/26 17:00:00)', 'unknown', 'unknown'))).toBe('crossed');
    const data = (value: number) => ({ recentDatapoints: [value], recentLowerThresholds: [0.02], recentUpperThresholds: [5.3] });
    const twoSided = { ComparisonOperator: 'LessThanLowerOrGreaterThanUpperThreshold' };
    expect(cause('Thresholds Crossed: 1 datapoint was outside.', twoSided, data(31))).toBe('crossed');
    expect(cause('Thresholds Crossed: 1 datapoint was outside.', twoSided, data(0))).toBe('fell-below');
    expect(cause('Thresholds Crossed: 1 datapoint [-3.0 (25/11/26 17:00:00)] was outside.', twoSided)).toBe('crossed');
    expect(
      cause(outside('31.0 (25/11/26 17:00:00)', '0.02', '5.3').replace('was less', 'was not less').replace('or greater', 'or not greater')),
    ).toBe('crossed');
    const below = 'Thresholds Crossed: 1 datapoint [0.0 (25/11/26 17:00:00)] was less than the lower thresholds [0.02].';
    expect(cause(below, { ComparisonOperator: 'LessThanLowerThreshold' })).toBe('fell-below');
  });

  it.each(['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc'])(
    'of a composite alarm is its children, also where their names have spaces, in %s',
    (partition) => {
      for (const name of ['x', 'Console sign-in failures']) {
        const reason = `arn:${partition}:cloudwatch:us-east-1:123456789012:alarm:${name} transitioned to ALARM at Friday 20 November, 2026 03:00:00 UTC`;
        expect(cause(reason, { AlarmRule: `ALARM("${name}")`, MetricName: undefined })).toBe('children');
      }
      expect(cause('arn and Bob transitioned to ALARM', { AlarmRule: 'ALARM("x")', MetricName: undefined })).toBe('set-by-hand');
    },
  );

  it('takes the machine-readable reason first', () => {
    const data = {
      startDate: '2026-11-25T16:55:00.000+0000',
      period: 300,
      evaluatedDatapoints: [{ timestamp: '2026-11-25T17:00:00.000+0000', sampleCount: 9, value: 9 }],
    };
    expect(told(one, {}, data).evaluation.datapoints).toEqual([{ value: 9, at: Date.UTC(2026, 10, 25, 17) }]);
  });

  it('does not take periods that lie far from the change for its own', () => {
    expect(told(one.replace('25/11/26', '21/01/26')).evaluation.datapoints).toEqual([{ value: 7, at: undefined }]);
  });
});
