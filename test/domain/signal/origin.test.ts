import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { understand } from '../../../src/domain/signal/signal.ts';

const topicArn = 'arn:aws:sns:us-east-1:111122223333:signin-alarms';
const publishedAt = Date.UTC(2026, 10, 25, 12);
const said = (message: object) => understand({ topicArn, messageId: 'm', subject: undefined, message: JSON.stringify(message), publishedAt });

const alarmEvent = (more: object = {}) => ({
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: '111122223333',
  region: 'us-east-1',
  time: '2026-11-25T11:59:00Z',
  resources: ['arn:aws:cloudwatch:us-east-1:111122223333:alarm:root-login'],
  detail: { alarmName: 'root-login', state: { value: 'ALARM', reason: 'x', timestamp: '2026-11-25T11:59:00Z' } },
  ...more,
});
const alarmText = (more: object = {}) => ({
  AlarmName: 'root-login',
  AlarmArn: 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:root-login',
  AWSAccountId: '111122223333',
  NewStateValue: 'OK',
  StateChangeTime: '2026-11-25T11:59:00.000+0000',
  ...more,
});
const signIn = (eventTime: string) => ({
  eventName: 'ConsoleLogin',
  eventSource: 'signin.amazonaws.com',
  eventTime,
  userIdentity: { type: 'Root', accountId: '111122223333' },
});

describe('when a signal was', () => {
  it('is never later than its message, whatever it says', () => {
    const times = fc.date({ min: new Date('1990-01-01'), max: new Date('9999-01-01'), noInvalidDate: true }).map((date) => date.toISOString());
    fc.assert(
      fc.property(times, (time) => {
        const event = alarmEvent({ detail: { alarmName: 'a', state: { value: 'OK', timestamp: time } } });
        for (const message of [event, alarmText({ StateChangeTime: time }), signIn(time), { Records: [signIn(time)] }]) {
          const expected = Math.min(Date.parse(time), publishedAt);
          expect(said(message).map(({ at }) => at)).toEqual([expected]);
        }
      }),
    );
  });
});

describe('an alarm', () => {
  it('is believed of CloudWatch', () => {
    expect(said(alarmEvent())).toMatchObject([{ kind: 'alarm-change', name: 'root-login' }]);
    expect(said(alarmText())).toMatchObject([{ kind: 'alarm-change', name: 'root-login' }]);
  });

  it.each([
    ['an event of somebody’s own', alarmEvent({ source: 'my.app' })],
    ['an event without a source', alarmEvent({ source: undefined })],
    ['an event of another account’s alarm', alarmEvent({ account: '999999999999' })],
    ['a text of another account’s alarm', alarmText({ AWSAccountId: '999999999999' })],
  ])('is not believed of %s, which is told as what it is', (_what, message) => {
    expect(said(message)).toMatchObject([{ kind: 'notice' }]);
  });
});
