/** What filters of ours and of others add up to. */
import { describe, expect, it } from 'vitest';
import { filterPattern } from '../../../src/domain/detection/condition.ts';
import { type AwsSide, type Coverage, coverageOf } from '../../../src/domain/detection/coverage.ts';
import { alarmName, type DetectionId, detectionOf } from '../../../src/domain/detection/detections.ts';

const place = { account: '123456789012', region: 'us-east-1' };
const topic = 'arn:aws:sns:us-east-1:123456789012:signin-responder';
const rootUsage = '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"}';

interface Watched {
  readonly name: string;
  readonly pattern: string;
  /** Whether its alarm notifies the responder; undefined: there is no alarm. */
  readonly notifies?: boolean;
}

function coverage(id: DetectionId, watched: readonly Watched[]): Coverage {
  const side: AwsSide = {
    filters: watched.map(({ name, pattern }) => ({ ...place, name, pattern, logGroup: 'trail', metrics: [{ name, namespace: 'N' }] })),
    alarms: watched
      .filter(({ notifies }) => notifies !== undefined)
      .map(({ name, notifies }) => ({
        ...place,
        name,
        metric: { name, namespace: 'N' },
        actionsEnabled: true,
        mutedBy: [],
        alarmActions: [notifies ? topic : 'arn:aws:sns:us-east-1:123456789012:pager'],
      })),
    rules: [],
    trailLogGroups: [`${place.account} ${place.region} trail`],
    faults: [],
  };
  const all = coverageOf(side, { topicArns: [topic], accounts: [place.account], regions: [place.region] });
  return all.find(({ detection }) => detection === id) as Coverage;
}

const ours = (id: DetectionId): Watched => ({ name: alarmName(id), pattern: filterPattern(detectionOf(id).condition), notifies: true });

describe('the coverage of a detection', () => {
  it('takes a flawed filter of others beside our own as a line to know', () => {
    const found = coverage('root-sign-in', [ours('root-sign-in'), { name: 'CIS-4.3', pattern: rootUsage, notifies: false }]);
    expect(found).toMatchObject({ state: 'watched', says: 'Alarm signin-responder-root-sign-in (123456789012 us-east-1).', fix: undefined });
    expect(found.toKnow).toEqual([expect.stringMatching(/^The filter CIS-4\.3 \(123456789012 us-east-1\) also counts: failed sign-ins.* of root/)]);
  });

  it('says of one that notifies the responder that it does', () => {
    const [line] = coverage('root-sign-in', [ours('root-sign-in'), { name: 'CIS-4.3', pattern: rootUsage, notifies: true }]).toKnow;
    expect(line).toContain('It notifies the responder: Alarm CIS-4.3');
  });

  it('is flawed where such a filter is all there is', () => {
    expect(coverage('root-sign-in', [{ name: 'CIS-4.3', pattern: rootUsage, notifies: true }])).toMatchObject({
      state: 'flawed',
      fix: 'Give the filter the pattern that npm run template prints.',
    });
    expect(coverage('root-sign-in', [{ name: 'their-root', pattern: ours('root-sign-in').pattern, notifies: false }])).toMatchObject({
      state: 'flawed',
    });
  });

  it('takes what is broken of ours as a fault, whatever others have', () => {
    const broken = { ...ours('root-sign-in'), pattern: '{ $.volume = "root" }' };
    const found = coverage('root-sign-in', [broken, { name: 'their-root', pattern: ours('root-sign-in').pattern, notifies: true }]);
    expect(found).toMatchObject({ state: 'flawed' });
    expect(found.says).toContain('The filter signin-responder-root-sign-in (123456789012 us-east-1) counts nothing about sign-ins.');
  });

  it('is watched by a filter of others that is spelt otherwise, and says what it keeps to', () => {
    const pattern = '{($.userIdentity.type=Root)&&($.responseElements.ConsoleLogin=Success)&&($.recipientAccountId=123456789012)}';
    const found = coverage('root-sign-in', [{ name: 'their-root', pattern, notifies: true }]);
    expect(found).toMatchObject({
      state: 'watched',
      toKnow: ['The filter their-root (123456789012 us-east-1) keeps to recipientAccountId 123456789012.'],
    });
  });

  it('is none where nothing is about it', () => {
    expect(coverage('root-sign-in', [{ name: 'root-usage', pattern: '{ $.volume = "root" }', notifies: true }])).toMatchObject({
      state: 'not-watched',
      toKnow: [],
    });
  });
});
