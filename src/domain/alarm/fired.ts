/** What an alarm's newest change says in numbers, as people read it. Nothing here is added up: values and limits are per period. */
import { breachingOf, type Evaluation } from './evaluation.ts';
import { type AlarmRule, comparisons, periodWords } from './rule.ts';

export interface Fired {
  readonly measures?: AlarmRule | undefined;
  /** Its newest firing; `measures` where the alarm measured something else then. */
  readonly fired?: { readonly evaluation: Evaluation; readonly measures?: AlarmRule | undefined } | undefined;
}

const limits: Partial<Record<keyof typeof comparisons, (threshold: number) => string>> = {
  GreaterThanOrEqualToThreshold: (threshold) => `at ${threshold} or more`,
  GreaterThanThreshold: (threshold) => `above ${threshold}`,
  LessThanOrEqualToThreshold: (threshold) => `at ${threshold} or less`,
  LessThanThreshold: (threshold) => `below ${threshold}`,
};

/** `7 in 5 min, 2 of 3 periods at 5 or more`: also of an alarm that is OK again; empty where it did not fire or its value is not told. */
export function firedWords({ measures: now, fired }: Fired): string {
  const measures = fired?.measures ?? now;
  if (fired === undefined || measures === undefined) return '';
  const { evaluation } = fired;
  const [newest] = breachingOf(evaluation, measures);
  const value = newest ?? evaluation.datapoints[0];
  if (value === undefined) return evaluation.cause === 'missing-data' ? missingWords(measures) : '';
  const within = measures.periods === undefined ? '' : ` in ${periodWords(measures.periods.seconds)}`;
  return `${valueWords(value.value, measures)}${within}${limitWords(measures)}`;
}

function missingWords({ periods }: AlarmRule): string {
  return periods === undefined ? 'no data' : `no data in ${periods.evaluated > 1 ? `${periods.evaluated} × ` : ''}${periodWords(periods.seconds)}`;
}

function valueWords(value: number, { metrics, unit, expression }: AlarmRule): string {
  const [only, another] = metrics;
  const number = `${Number(value.toPrecision(6))}${unit === undefined || unit === 'None' || unit === 'Count' ? '' : ` ${unit}`}`;
  if (expression !== undefined || another !== undefined) return number;
  const isCount = only?.statistic === undefined || only.statistic === 'Sum' || only.statistic === 'SampleCount';
  return isCount ? number : `${only.statistic} ${number}`;
}

function limitWords({ comparison, threshold, periods }: AlarmRule): string {
  const isBand = comparison !== undefined && /Upper|Lower/.test(comparison);
  const limit = isBand ? comparisons[comparison] : threshold === undefined || comparison === undefined ? '' : (limits[comparison]?.(threshold) ?? '');
  if (limit === '') return '';
  if (periods === undefined || periods.evaluated === 1) return isBand ? `, ${limit}` : ` (alarm ${limit})`;
  return `, ${periods.needed} of ${periods.evaluated} periods ${limit}`;
}

/** Over how many milliseconds an alarm looks: all its periods. */
export function spanMs(rule: AlarmRule | undefined): number | undefined {
  return rule?.periods === undefined ? undefined : rule.periods.seconds * rule.periods.evaluated * 1_000;
}
