/** What AWS is asked about the filters in use, and how its answer is told where it differs. */
import { describe, expect, it } from 'vitest';
import { filterPattern } from '../../../src/domain/detection/condition.ts';
import type { AwsSide, FilterFacts } from '../../../src/domain/detection/coverage.ts';
import { alarmName, detectionIds, detectionOf } from '../../../src/domain/detection/detections.ts';
import { difference, type Question, questionsFor } from '../../../src/domain/detection/second-opinion.ts';
import { filterMatches } from '../../support/filter-pattern.ts';

const filter = (name: string, pattern: string, logGroup = 'trail'): FilterFacts => ({
  account: '123456789012',
  region: 'us-east-1',
  name,
  pattern,
  logGroup,
  metrics: [],
});
const side = (...filters: FilterFacts[]): AwsSide => ({
  filters,
  alarms: [],
  rules: [],
  trailLogGroups: ['123456789012 us-east-1 trail'],
  faults: [],
});
const own = detectionIds.map((id) => filter(alarmName(id), filterPattern(detectionOf(id).condition)));
const cis = filter('CIS-4.6', '{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}');
const answer = ({ filter: { pattern }, lines }: Question): boolean[] => lines.map((line) => filterMatches(pattern, JSON.parse(line)));

describe('AWS is asked', () => {
  it('about filters that are about a detection, on the groups of trails, each pattern once, those of others first, a bounded number', () => {
    const app = filter('app', '{ $.level = "ERROR" }');
    const elsewhere = filter('elsewhere', cis.pattern, 'other-group');
    const copy = { ...cis, name: 'CIS-copy' };
    const unreadable = filter('words', 'ConsoleLogin Failure');
    const names = questionsFor(side(...own, app, elsewhere, unreadable, cis, copy)).map((one) => one.filter.name);
    expect(names).toHaveLength(12);
    expect(names[0]).toBe('CIS-4.6');
    expect(names).not.toContain('app');
    expect(names.filter((name) => /CIS-copy|elsewhere|words/.test(name))).toEqual([]);
  });

  it('with 50 lines at most, some that the filter counts and some that it does not, none of them secret', () => {
    for (const question of questionsFor(side(...own))) {
      expect(question.lines.length).toBeLessThanOrEqual(50);
      expect(new Set(answer(question))).toEqual(new Set([true, false]));
      expect(question.lines.join()).not.toMatch(/\n/);
    }
  });
});

describe('its answer', () => {
  it('is no news where it agrees', () => {
    for (const question of questionsFor(side(...own, cis))) expect(difference(question, answer(question))).toBeUndefined();
  });

  it('is told by kind where it differs', () => {
    const [question] = questionsFor(side(cis)) as [Question];
    const counted = question.asked.map(({ kind }, index) => {
      if (kind === 'failures with an unknown user name') return true;
      return kind === 'failures at the MFA step' ? false : (answer(question)[index] as boolean);
    });
    expect(difference(question, counted)).toBe(
      'AWS judges the filter CIS-4.6 (123456789012 us-east-1) otherwise than this responder: it counts failures with an unknown user name, and does not count failures at the MFA step.',
    );
  });
});
