import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { understand } from '../../../src/domain/signal/signal.ts';
import { samplesExist, samplesIn } from '../../support/samples.ts';
import { alarmText, prod, topic } from '../../support/sandbox.ts';

const publishedAt = Date.parse('2026-11-22T03:00:00Z');

function understood(message: string | object, subject?: string) {
  return understand({
    topicArn: topic,
    messageId: 'm',
    subject,
    message: typeof message === 'string' ? message : JSON.stringify(message),
    publishedAt,
  });
}

function only(message: string | object, subject?: string) {
  const signals = understood(message, subject);
  expect(signals).toHaveLength(1);
  return signals[0];
}

function record(more: object = {}): object {
  return {
    eventVersion: '1.08',
    eventSource: 'signin.amazonaws.com',
    eventName: 'ConsoleLogin',
    eventTime: '2026-11-22T02:59:00Z',
    awsRegion: 'us-east-2',
    eventID: 'e1',
    sourceIPAddress: '203.0.113.7',
    recipientAccountId: prod,
    userIdentity: { type: 'IAMUser', accountId: prod, userName: 'alice' },
    responseElements: { ConsoleLogin: 'Success' },
    additionalEventData: { MFAUsed: 'No' },
    ...more,
  };
}

describe('an alarm as SNS delivers it', () => {
  it('of a metric is known by its ARN, with its rule and its own time', () => {
    expect(only(alarmText('A', 'ALARM', publishedAt - 5_000))).toMatchObject({
      kind: 'alarm-change',
      arn: `arn:aws:cloudwatch:us-east-1:${prod}:alarm:A`,
      account: prod,
      region: 'us-east-1',
      shape: 'metric',
      state: 'ALARM',
      at: publishedAt - 5_000,
      measures: {
        metrics: [{ name: 'Failures', namespace: 'CloudTrailMetrics', statistic: 'Sum' }],
        threshold: 5,
        periods: { seconds: 300, evaluated: 1, needed: 1 },
      },
    });
  });

  it('keeps keys that AWS added since, and takes any contributor for what it is', () => {
    const signal = only(alarmText('A', 'ALARM', publishedAt, { AlarmTagsStatus: 'SUCCESS', AlarmContributor: { ContributorId: 'c1' } }));
    expect(signal).toMatchObject({ contributor: 'c1', extra: { AlarmTagsStatus: 'SUCCESS' } });
  });

  it.each([
    [
      'metric math',
      { Trigger: { Metrics: [{ Id: 'e1', Expression: 'm1+m2', ReturnData: true }], Threshold: 3, ComparisonOperator: 'GreaterThanThreshold' } },
      'metric-math',
    ],
    ['composite', { Trigger: undefined, AlarmRule: 'ALARM(x)', TriggeringChildren: [] }, 'composite'],
    ['log', { Trigger: undefined, QueryString: 'fields @message', LogGroups: ['trail'] }, 'log'],
    ['of a kind to come', { Trigger: undefined }, 'unknown'],
  ])('%s is of that shape', (_name, more, shape) => {
    expect(only(alarmText('A', 'ALARM', publishedAt, more))).toMatchObject({ kind: 'alarm-change', shape });
  });

  it('without an ARN takes its place from the topic', () => {
    expect(only({ AlarmName: 'Old: name', NewStateValue: 'ALARM' })).toMatchObject({
      arn: 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:Old: name',
      at: publishedAt,
    });
  });
});

describe('a sign-in', () => {
  it('is the same bare, in EventBridge’s wrapping, and in a list of records', () => {
    const bare = only(record());
    expect(bare).toMatchObject({
      kind: 'sign-in',
      principal: { kind: 'iam-user', name: 'alice' },
      outcome: 'success',
      mfa: 'no',
      region: 'us-east-2',
      at: publishedAt - 60_000,
    });
    expect(only({ 'detail-type': 'AWS Console Signin via CloudTrail', account: prod, region: 'us-east-2', detail: record() })).toEqual(bare);
    expect(understood({ Records: [record(), record({ eventID: 'e2' })] })).toHaveLength(2);
  });

  it('that somebody put on a bus himself is none: AWS alone has sources of its name, and puts its own account around', () => {
    const event = { 'detail-type': 'AWS Console Sign In via CloudTrail', account: prod, region: 'us-east-2', detail: record() };
    expect(only({ ...event, source: 'aws.signin' })).toMatchObject({ kind: 'sign-in' });
    expect(only({ ...event, source: 'evil.app' })).toMatchObject({ kind: 'notice' });
    expect(only({ ...event, source: 'aws.signin', account: '999999999999' })).toMatchObject({ kind: 'notice' });
  });

  it.each([
    [{ type: 'Root', accountId: prod, arn: `arn:aws:iam::${prod}:root` }, 'root', 'root'],
    [{ type: 'AssumedRole', arn: `arn:aws:sts::${prod}:assumed-role/Admin/bob` }, 'role-session', 'Admin/bob'],
    [
      { type: 'AssumedRole', arn: `arn:aws:sts::${prod}:assumed-role/AWSReservedSSO_Admin_1/dora@example.com` },
      'identity-center-user',
      'dora@example.com',
    ],
    [{ type: 'FederatedUser', arn: `arn:aws:sts::${prod}:federated-user/frank` }, 'federated-user', 'frank'],
    [{ type: 'IdentityCenterUser', onBehalfOf: { userId: 'u-1' } }, 'identity-center-user', undefined],
    [{ type: 'IAMUser', userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' }, 'iam-user', undefined],
    [{ type: 'SomethingNew' }, 'unknown', undefined],
  ])('of %j is by a %s', (userIdentity, kind, name) => {
    expect(only(record({ userIdentity }))).toMatchObject({ principal: { kind, name } });
  });

  it('through an identity provider never claims that there was no MFA', () => {
    expect(only(record({ userIdentity: { type: 'FederatedUser' } }))).toMatchObject({ mfa: 'not-visible' });
    expect(only(record({ additionalEventData: { MFAUsed: 'YES' } }))).toMatchObject({ mfa: 'yes' });
  });
});

describe('the text of the Lambda function that seed 002 describes', () => {
  it('is a sign-in of the user it names, which counts as nothing until its event is found', () => {
    expect(only('User signed in without MFA: alice')).toMatchObject({
      kind: 'sign-in',
      principal: { kind: 'iam-user', name: 'alice' },
      outcome: 'unknown',
      mfa: 'no',
      detections: ['console-sign-in-without-mfa'],
    });
  });
});

describe('a record that somebody wrote by hand', () => {
  const evil = { toString: 1, valueOf: 1 };

  it.each<[string, object]>([
    ['a time', { eventTime: evil }],
    ['a kind of principal', { userIdentity: { type: evil } }],
    ['MFA', { additionalEventData: { MFAUsed: evil, CredentialType: evil } }],
    ['an outcome', { responseElements: { ConsoleLogin: evil }, serviceEventDetails: { CredentialVerification: evil } }],
  ])('with an object instead of %s is read as if it were not there', (_what, more) => {
    expect(only({ source: 'aws.signin', detail: record(more) })).toMatchObject({ kind: 'sign-in' });
  });

  it('names no region and no account but of AWS’s own form, for they become addresses', () => {
    const event = {
      source: 'aws.signin',
      account: prod,
      region: 'us-east-1',
      detail: record({ awsRegion: 'evil.example/#', recipientAccountId: undefined }),
    };
    expect(only(event)).toMatchObject({ region: 'us-east-1', account: prod });
    const other = {
      source: 'aws.signin',
      account: '1\u00002',
      region: 'x@evil',
      detail: record({ awsRegion: undefined, recipientAccountId: undefined }),
    };
    expect(JSON.stringify(only(other))).not.toMatch(/evil|u0000/);
  });

  it('does not come from the far future', () => {
    expect(only(record({ eventTime: '+275760-09-13T00:00:00Z' }))).toMatchObject({ at: publishedAt });
  });
});

describe('whatever is not understood', () => {
  it('is shown with its own text', () => {
    expect(only('User signed in without MFA: <!channel> alice')).toMatchObject({ kind: 'notice', about: 'text' });
    expect(only({ source: 'aws.guardduty', 'detail-type': 'GuardDuty Finding', detail: {} })).toMatchObject({
      kind: 'notice',
      about: 'guardduty',
      title: 'GuardDuty Finding',
    });
    expect(only('')).toMatchObject({ kind: 'notice', title: 'Empty message' });
    expect(only({ 'detail-type': { toString: 1 }, AlarmName: 'A', NewStateValue: 'ALARM', StateChangeTime: { toString: 1 } })?.kind).toBe('notice');
    expect(only(`${'['.repeat(9_000)}${']'.repeat(9_000)}`)?.kind).toBe('notice');
  });

  it('never throws and never vanishes, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.object().map((value) => JSON.stringify(value)),
        ),
        (text) => understood(text).length > 0,
      ),
    );
    fc.assert(
      fc.property(fc.object({ withNullPrototype: false }), (more) => understood({ AlarmName: 'A', NewStateValue: 'ALARM', ...more }).length > 0),
    );
    fc.assert(fc.property(fc.object({ withNullPrototype: false }), (more) => understood(record(more)).length > 0));
  });
});

describe.skipIf(!samplesExist)('real messages (samples)', () => {
  it.each(samplesIn('alarms/awsdocs-cloudwatch-eventbridge'))('$name is an alarm change, or a notice with a title', ({ name, text }) => {
    expect(only(text)?.kind).toBe(name.includes('state-change') ? 'alarm-change' : 'notice');
  });

  it.each(samplesIn('alarms/terraform-aws-notify-slack'))('$name is understood', ({ text }) => {
    expect(understood(text).length).toBeGreaterThan(0);
  });

  it.each(samplesIn('signin').filter(({ name }) => name.includes('/signin/') && name.includes('consolelogin')))(
    '$name is a sign-in with an outcome',
    ({ text }) => {
      const { event } = JSON.parse(text) as { event: object };
      expect(only(event)).toMatchObject({ kind: 'sign-in', outcome: expect.stringMatching(/success|failure/) });
    },
  );
});
