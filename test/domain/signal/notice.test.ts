import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { understand } from '../../../src/domain/signal/signal.ts';
import { prod, topic } from '../../support/sandbox.ts';

const publishedAt = Date.parse('2026-11-22T03:00:00Z');

function understood(message: string | object, subject?: string, topicArn = topic) {
  return understand({ topicArn, messageId: 'm', subject, message: typeof message === 'string' ? message : JSON.stringify(message), publishedAt });
}

function noticeOf(message: string | object, subject?: string, topicArn = topic) {
  const [signal, ...others] = understood(message, subject, topicArn);
  if (signal?.kind !== 'notice' || others.length > 0) throw new Error('not one notice');
  return signal;
}

const signIn = (eventID: string): object => ({
  eventSource: 'signin.amazonaws.com',
  eventName: 'ConsoleLogin',
  eventTime: '2026-11-22T02:59:00Z',
  eventID,
  recipientAccountId: prod,
  userIdentity: { type: 'IAMUser', accountId: prod, userName: 'alice' },
  responseElements: { ConsoleLogin: 'Success' },
});
const event = (more: object): object => ({
  version: '0',
  source: 'aws.x',
  account: prod,
  region: 'eu-west-1',
  time: '2026-11-22T02:59:00Z',
  ...more,
});

describe('what services write of themselves', () => {
  const delivery = (n: number): object => ({ s3Bucket: 'org-trail', s3ObjectKey: [`AWSLogs/${prod}/CloudTrail/us-east-1/${n}.json.gz`] });
  const all = [
    'CloudTrail validation message.',
    delivery(1),
    delivery(2),
    { Service: 'Amazon S3', Event: 's3:TestEvent', Time: '2026-11-22T02:59:00Z', Bucket: 'org-trail' },
    { Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3: { object: { key: 'a' } } }] },
    { messageType: 'ConfigurationHistoryDeliveryCompleted', s3Bucket: 'config', s3ObjectKey: 'a' },
    { Event: 'autoscaling:TEST_NOTIFICATION', Time: '2026-11-22T02:59:00Z' },
  ].map((message) => noticeOf(message));

  it('is noise of low severity, and one notice a topic', () => {
    expect(new Set(all.map(({ about, severity }) => `${about} ${severity}`))).toEqual(new Set(['noise LOW']));
    expect(new Set(all.map(({ digest }) => digest)).size).toBe(1);
    expect(noticeOf(delivery(1), undefined, `${topic}-b`).digest).not.toBe(all[0]?.digest);
    expect(all[0]?.title).toBe('This topic also gets CloudTrail’s log-delivery notices');
    expect(new Set(all.map(({ says }) => says)).size).toBe(5);
  });

  it('is not what was removed from a bucket, which nobody recognises', () => {
    const removed = noticeOf({ Records: [{ eventSource: 'aws:s3', eventName: 'ObjectRemoved:Delete', s3: {} }] });
    expect(removed).toMatchObject({ about: 'records', severity: 'MEDIUM', says: 'Records of aws:s3.' });
  });

  it.each(['test', 'Test message', 'This is a test.', 'SNS test'])('“%s” is a test', (text) => {
    expect(noticeOf(text)).toMatchObject({ about: 'test', severity: 'LOW' });
  });

  it.each(['A test user signed in as root', 'Testing whether root works'])('“%s” is none', (text) => {
    expect(noticeOf(text)).toMatchObject({ about: 'text', severity: 'MEDIUM' });
  });
});

describe('messages of one kind', () => {
  it.each<[string, string | object, string | object]>([
    [
      'an event of one source and type',
      event({ 'detail-type': 'A', id: '1', detail: { n: 1 } }),
      event({ 'detail-type': 'A', id: '2', detail: { n: 2 } }),
    ],
    ['a text that differs in times and ARNs', 'Job 12 done at 03:00, see arn:aws:x', 'Job 13 done at 04:00, see arn:aws:y'],
    ['JSON of the same keys', { 'Event Source': 'replication-task', SourceId: 'a' }, { 'Event Source': 'replication-task', SourceId: 'b' }],
  ])('are one: %s', (_what, a, b) => {
    expect(noticeOf(a).digest).toBe(noticeOf(b).digest);
  });

  it.each<[string, string | object, string | object]>([
    ['another detail type', event({ 'detail-type': 'A' }), event({ 'detail-type': 'B' })],
    ['another source', event({ 'detail-type': 'A' }), event({ 'detail-type': 'A', source: 'aws.y' })],
    ['another account', event({ 'detail-type': 'A' }), event({ 'detail-type': 'A', account: '999999999999' })],
    [
      'another API call',
      event({ 'detail-type': 'AWS API Call via CloudTrail', detail: { eventSource: 's', eventName: 'StopLogging' } }),
      event({ 'detail-type': 'AWS API Call via CloudTrail', detail: { eventSource: 's', eventName: 'CreateUser' } }),
    ],
    ['another person named', 'alice failed to sign in', 'bella failed to sign in'],
    ['other keys', { a: 1 }, { b: 1 }],
  ])('are two: %s', (_what, a, b) => {
    expect(noticeOf(a).digest).not.toBe(noticeOf(b).digest);
  });
});

describe('an event of EventBridge', () => {
  it('is about its own account and region, not about the topic’s', () => {
    expect(noticeOf(event({ 'detail-type': 'Glue Job State Change', detail: {} }))).toMatchObject({
      account: prod,
      region: 'eu-west-1',
      isPlaceTold: true,
      topic: 'signin-alarms',
      title: 'Glue Job State Change',
    });
    expect(noticeOf({ 'detail-type': 'X', account: 'nonsense' })).toMatchObject({ account: '111122223333', isPlaceTold: false });
  });

  it('of an API call says who called what, and what came of it', () => {
    const detail = {
      eventSource: 'ec2.amazonaws.com',
      eventName: 'RunInstances',
      sourceIPAddress: '203.0.113.7',
      userIdentity: { type: 'IAMUser', accountId: prod, userName: 'deploy' },
    };
    expect(noticeOf(event({ 'detail-type': 'AWS API Call via CloudTrail', detail }))).toMatchObject({
      about: 'cloudtrail-event',
      title: 'RunInstances',
      says: 'deploy called RunInstances from 203.0.113.7.',
    });
  });

  it.each<[string, object, object]>([
    [
      'GuardDuty Finding',
      { title: 'Port probed', description: 'A port is probed.', severity: 5 },
      { about: 'guardduty', severity: 'MEDIUM', title: 'GuardDuty: Port probed' },
    ],
    [
      'Security Hub Findings - Imported',
      { findings: [{ Title: 'Root has keys' }] },
      { about: 'security-hub', severity: 'MEDIUM', says: 'Root has keys' },
    ],
    ['AWS Health Event', { eventTypeCode: 'AWS_EC2_MAINTENANCE' }, { about: 'health', severity: 'LOW' }],
    ['AWS Health Event', { eventTypeCode: 'AWS_RISK_CREDENTIALS_EXPOSED' }, { about: 'health', severity: 'MEDIUM' }],
    ['Sign-in Anomaly Alert', {}, { about: 'event', severity: 'MEDIUM', title: 'Sign-in Anomaly Alert' }],
  ])('%s is known by its shape', (detailType, detail, what) => {
    expect(noticeOf(event({ 'detail-type': detailType, detail }))).toMatchObject(what);
  });
});

describe('an alarm’s configuration', () => {
  const change = (operation: string, configuration: object, previousConfiguration?: object): object =>
    event({
      'detail-type': 'CloudWatch Alarm Configuration Change',
      source: 'aws.cloudwatch',
      resources: [`arn:aws:cloudwatch:eu-west-1:${prod}:alarm:A`],
      detail: { alarmName: 'A', operation, state: { value: 'ALARM' }, configuration, previousConfiguration },
    });

  it.each<[string, object, string, string]>([
    [
      'deleted',
      change('delete', {}),
      'MEDIUM',
      'Alarm A in eu-west-1 was deleted. It was ALARM. It warns nobody any more. Who did it is not in this event.',
    ],
    [
      'changed',
      change('update', { threshold: 80, metrics: [{ id: '86bfa85f-b14c' }] }, { threshold: 70, metrics: [{ id: 'd6bfa85f-893e' }] }),
      'LOW',
      'Alarm A in eu-west-1 was changed. Changed: threshold 70 → 80. Who did it is not in this event.',
    ],
    [
      'switched off',
      change('update', { actionsEnabled: false }, { actionsEnabled: true }),
      'MEDIUM',
      'Alarm A in eu-west-1 was changed, and its actions are switched off. Changed: actionsEnabled true → false. It warns nobody any more. Who did it is not in this event.',
    ],
    [
      'changed while it was switched off',
      change('update', { actionsEnabled: false, threshold: 80 }, { actionsEnabled: false, threshold: 70 }),
      'LOW',
      'Alarm A in eu-west-1 was changed. Changed: threshold 70 → 80. Its actions were switched off before, and are. Who did it is not in this event.',
    ],
    [
      'switched off, as what it was before is not told',
      change('update', { actionsEnabled: false }),
      'MEDIUM',
      'Alarm A in eu-west-1 was changed, and its actions are switched off. Changed: actionsEnabled. It warns nobody. Who did it is not in this event.',
    ],
    [
      'deleted while it was switched off',
      change('delete', { actionsEnabled: false }),
      'MEDIUM',
      'Alarm A in eu-west-1 was deleted. It was ALARM. Its actions were switched off before. Who did it is not in this event.',
    ],
    ['made', change('create', {}), 'LOW', 'Alarm A in eu-west-1 was made. Who did it is not in this event.'],
  ])('that was %s is told as that', (_what, message, severity, says) => {
    expect(noticeOf(message)).toMatchObject({ about: 'alarm-configuration', severity, says });
  });
});

describe('a list', () => {
  it('gives each its due: sign-ins and alarms as what they are, the rest as one notice', () => {
    const foreign = { eventSource: 'ec2.amazonaws.com', eventName: 'RunInstances' };
    const alarm = { AlarmName: 'A', NewStateValue: 'ALARM' };
    for (const records of [
      [signIn('e1'), foreign, alarm, signIn('e2'), { what: 'else' }],
      [foreign, { what: 'else' }, alarm, signIn('e1'), signIn('e2')],
    ]) {
      for (const message of [JSON.stringify(records), { Records: records }]) {
        const signals = understood(message);
        expect(signals.map(({ kind }) => kind).toSorted()).toEqual(['alarm-change', 'notice', 'sign-in', 'sign-in']);
        expect(signals.find(({ kind }) => kind === 'notice')).toMatchObject({ about: 'records', title: '2 of 5 records that are no sign-ins' });
        expect(new Set(signals.flatMap((one) => (one.kind === 'sign-in' ? one.eventId : []))).size).toBe(2);
      }
    }
  });

  it('of messages that SNS wrapped for a function gives each message its due', () => {
    const wrapped = (Message: string, Subject?: string): object => ({ EventSource: 'aws:sns', Sns: { Message, Subject } });
    const alarm = JSON.stringify({ AlarmName: 'A', NewStateValue: 'ALARM' });
    const signals = understood({ Records: [wrapped(alarm), wrapped('Job 1 done'), wrapped('Job 2 done'), wrapped('Hello', 'Greetings')] });
    expect(signals.map((one) => (one.kind === 'notice' ? one.title : one.kind))).toEqual(['alarm-change', 'Job 2 done', 'Greetings']);
  });

  it('of anything gives something', () => {
    fc.assert(fc.property(fc.array(fc.jsonValue()), (list) => understood(JSON.stringify(list)).length > 0));
    fc.assert(fc.property(fc.array(fc.jsonValue()), (Records) => understood({ Records }).length > 0));
    fc.assert(
      fc.property(fc.nat(5), fc.array(fc.jsonValue(), { minLength: 1, maxLength: 5 }), (count, others) => {
        const records = [...Array.from({ length: count }, (_, index) => signIn(`e${index}`)), ...others];
        expect(understood(JSON.stringify(records)).filter(({ kind }) => kind === 'sign-in')).toHaveLength(count);
      }),
    );
  });
});
