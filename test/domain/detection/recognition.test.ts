/** What an alarm means by its filters and its name, and what that may claim before anything was read. */
import { describe, expect, it } from 'vitest';
import { filterPattern } from '../../../src/domain/detection/condition.ts';
import { alarmName, detectionIds, detectionOf } from '../../../src/domain/detection/detections.ts';
import { type AlarmMeaning, claimOf, meaningByFilters, provenBy } from '../../../src/domain/detection/recognition.ts';
import { isWorse } from '../../../src/domain/severity.ts';

const rootPattern = filterPattern(detectionOf('root-sign-in').condition);
const rootUsage = '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"}';
const nothing: AlarmMeaning = {};
const meaning = (name: string, patterns: readonly string[], before = nothing): AlarmMeaning => meaningByFilters(name, { patterns }, before);

describe('what an alarm means', () => {
  it('is what its filter counts, whatever it is called', () => {
    expect(meaning('failed-login-count', [rootPattern]).recognised).toMatchObject({ detection: 'root-sign-in', by: 'metric-filter' });
    expect(meaning('root-account-usage', ['{ $.volume = "root" }'])).toMatchObject({ recognised: undefined, judgement: { is: 'something-else' } });
  });

  it('is what its name suggests where no filter can be read, or there is none', () => {
    for (const patterns of [[], ['ERROR'], [rootPattern, '[a, b]']])
      expect(meaning('root-account-usage', patterns).recognised).toMatchObject({ detection: 'root-sign-in', by: 'name' });
    expect(meaning('NightlyBackup', []).recognised).toBeUndefined();
  });

  it('stays what it was where its filters cannot be read now, and says why', () => {
    const read = meaning('x', [rootPattern]);
    const fault = 'AWS does not let the responder call DescribeMetricFilters.';
    expect(meaningByFilters('x', { fault }, read)).toEqual({ ...read, unread: fault });
    const vetoed = meaning('root-account-usage', ['{ $.volume = "root" }']);
    expect(meaningByFilters('root-account-usage', { fault }, vetoed).recognised).toBeUndefined();
    expect(meaningByFilters('root-account-usage', { fault }, nothing)).toMatchObject({ recognised: { by: 'name' }, unread: fault });
  });
});

describe('what it may claim before anything was read', () => {
  it('is the detection’s severity where its filter counts no more than that, where people said so, or an event did', () => {
    expect(claimOf(meaning('x', [rootPattern]).recognised)).toEqual({ severity: 'HIGH', isQuiet: false });
    expect(claimOf(meaning('x', [`{ (${rootPattern.slice(2, -2)}) && $.sourceIPAddress != "192.0.2.*" }`]).recognised).severity).toBe('HIGH');
    for (const by of ['configured', 'event', 'text'] as const)
      expect(claimOf({ detection: 'root-sign-in', by })).toEqual({ severity: 'HIGH', isQuiet: false });
    // As it was kept before filters were judged.
    expect(claimOf({ detection: 'root-sign-in', by: 'metric-filter' }).severity).toBe('HIGH');
  });

  it('is MEDIUM at most, and quiet, where its filter counts other things too, never matches, or only its name says it', () => {
    const neverMatching = '{ $.eventName = "ConsoleLogin" && $.userIdentity.type = "root" }';
    for (const patterns of [[rootUsage], [neverMatching], [rootPattern, '{ $.responseElements.ConsoleLogin = "Failure" }']])
      expect(claimOf(meaning('x', patterns).recognised)).toEqual({ severity: 'MEDIUM', isQuiet: true });
    for (const id of detectionIds) {
      const { recognised } = meaning(alarmName(id), []);
      expect(recognised).toMatchObject({ detection: id, by: 'name' });
      expect(claimOf(recognised).isQuiet).toBe(true);
      expect(isWorse(claimOf(recognised).severity, 'MEDIUM')).toBe(false);
      expect(isWorse(claimOf(recognised).severity, detectionOf(id).severity)).toBe(false);
    }
  });

  it('is that of an unknown alarm where it is not recognised', () => {
    expect(claimOf(undefined)).toEqual({ severity: 'MEDIUM', isQuiet: false });
  });
});

describe('what events prove', () => {
  it('is the severity of a single one of the detection, and nothing of another', () => {
    expect(provenBy('root-sign-in', [{ detections: ['root-sign-in', 'console-sign-in-without-mfa'] }])).toBe('HIGH');
    expect(provenBy('console-sign-in-failures', [{ detections: ['console-sign-in-failures'] }])).toBe('LOW');
    expect(provenBy('root-sign-in', [{ detections: ['console-sign-in-failures'] }])).toBe('LOW');
    expect(provenBy(undefined, [{ detections: ['root-sign-in'] }])).toBe('LOW');
  });
});
