/** What a card says is to be done next. */
import { expect, it } from 'vitest';
import { blank } from '../../src/domain/incident/blank.ts';
import { whatHappened } from '../../src/domain/incident/headline.ts';
import type { Incident } from '../../src/domain/incident/incident.ts';
import { meaningOf } from '../../src/domain/incident/triage.ts';
import { type Subject, withSignIn } from '../../src/domain/sign-in/subjects.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import { nextStepFor } from '../../src/slack/next-step.ts';
import { unknownRow, where } from '../../src/slack/who.ts';
import { settings } from '../support/ports.ts';
import { prod as account, alarmText } from '../support/sandbox.ts';

const message = JSON.stringify(alarmText('route-tables', 'ALARM', 0));
const [signal] = understand({ topicArn: 'arn:aws:sns:us-east-1:111122223333:t', messageId: 'm', subject: undefined, publishedAt: 0, message });
if (signal === undefined) throw new Error('no signal');
const alarm: Incident = { ...blank(signal, { before: undefined, meaning: meaningOf(signal, undefined, settings), now: 0 }), id: 1 };

const failed = (name: string): Subject =>
  ({ key: name, kind: 'iam-user', name, account, successes: 0, failures: 5, changes: [], suffered: [], contacts: [], workflows: [] }) as never;

it('names whom the headline names, among others who only failed', () => {
  const subjects = [failed('alice'), failed('bella')];
  const assessment: Incident['assessment'] = { verdict: 'mfa-fatigue', reasons: [], severity: 'HIGH', about: 'bella', concerns: [] };
  const attacked: Incident = { ...alarm, detection: 'console-sign-in-failures', subjects, assessment };
  expect(nextStepFor(attacked, settings)).toBe('Lock bella out (Reset password), switch off the keys, call bella.');
  const sprayed: Incident = { ...attacked, assessment: { ...assessment, verdict: 'spray', about: undefined } };
  expect(nextStepFor(sprayed, settings)).toBe('Call them: was it them?');
});

it('says where somebody of another account is whom the headline names: one of the same name here is not meant', () => {
  const alice = { ...failed('alice'), key: `iam-user:${account}:alice` };
  const about = 'iam-user:210987654321:alice';
  const assessment: Incident['assessment'] = { verdict: 'takeover', reasons: [], severity: 'CRITICAL', about, concerns: [] };
  const attacked: Incident = { ...alarm, detection: 'console-sign-in-failures', subjects: [alice], assessment };
  expect(whatHappened(attacked)).toBe('Likely takeover of alice of account 2109-8765-4321');
  expect(nextStepFor(attacked, settings)).toBe('Begin in account 2109-8765-4321: whom the headline names is there, not here.');
  const own: Incident = { ...attacked, assessment: { ...assessment, about: alice.key } };
  expect(whatHappened(own)).toBe('Likely takeover of alice');
  expect(nextStepFor(own, settings)).toContain('Lock alice out');
});

it('has root called by nobody, also in an account that is not configured', () => {
  const root = { ...failed('root'), kind: 'root' as const, account: '210987654321', successes: 1 };
  const incident: Incident = { ...alarm, origin: 'sign-in', detection: 'root-sign-in', account: root.account, subjects: [root] };
  const reach = { ...settings, accounts: new Map([[account, 'prod']]) };
  expect(nextStepFor(incident, reach)).toMatch(/^Ask whoever may act as root: was it planned\? Respond in that account by hand/);
});

it('has people asked of a change that root, a service or an account made', () => {
  const root = { ...failed('root'), kind: 'root' as const, failures: 0, changes: ['MFA device of root (enrolled)'] };
  const incident: Incident = { ...alarm, origin: 'sign-in', detection: 'sign-in-credentials-changed', subjects: [root] };
  const asks = 'Ask whoever may act as root: was it planned? If not: undo it, and look at what else they did.';
  expect(nextStepFor(incident, settings)).toBe(asks);
  expect(nextStepFor({ ...incident, subjects: [{ ...root, kind: 'iam-user', name: 'carl' }] }, settings)).toContain('Ask carl: was it planned?');
  const ofNobody = (kind: 'service' | 'account', name: string) => nextStepFor({ ...incident, subjects: [{ ...root, kind, name }] }, settings);
  expect(ofNobody('service', 'cloudformation.amazonaws.com')).toContain('Ask whoever set cloudformation.amazonaws.com up to do it: was it planned?');
  expect(ofNobody('account', '210987654321')).toContain('Ask whoever is responsible for account 210987654321: was it planned?');
});

it('concludes nothing from the account of the topic that a message came through', () => {
  const topicArn = 'arn:aws:sns:us-east-1:111122223333:t';
  const [told] = understand({ topicArn, messageId: 'm', subject: undefined, publishedAt: 0, message: 'User signed in without MFA: alice' });
  if (told === undefined) throw new Error('no signal');
  const meaning = meaningOf(told, undefined, settings);
  if (told.kind !== 'sign-in') throw new Error('no sign-in');
  const { subjects } = withSignIn({ subjects: [], moreSubjects: 0 }, told);
  const incident: Incident = { ...blank(told, { before: undefined, meaning, now: 0 }), id: 1, subjects };
  const [alice] = incident.subjects;
  const missing: Incident = { ...incident, users: { [alice?.key ?? '']: { isMissing: true } as never } };
  expect(whatHappened(missing)).toBe('alice signed in (says a message) without MFA');
  expect(where(missing, new Map())).toBe('Came through a topic in account 1111-2222-3333 · us-east-1. Which account it is about is not known.');
  expect(nextStepFor(missing, settings)).toBe(
    'Find out in which account alice is: the message does not say, and IAM of the topic’s has no such user.',
  );
});

it('says of an alarm that never fired just that, and not that its log is being read', () => {
  const said = (incident: Incident): string => JSON.stringify(unknownRow({ ...incident, look: undefined }));
  expect(said({ ...alarm, alarm: alarm.alarm && { ...alarm.alarm, fired: undefined } })).toContain('The alarm has not fired.');
  const fired = { at: 0, evaluation: { cause: 'not-told' as const, datapoints: [], areAll: false, children: [] } };
  expect(said({ ...alarm, alarm: { ...(alarm.alarm as NonNullable<Incident['alarm']>), fired } })).toContain('Reading the log');
});

it('sends nobody to a log where none says what the alarm counted', () => {
  const counted = (notRead: string | undefined): Incident =>
    ({
      ...alarm,
      counted: [
        {
          arn: 'a',
          name: 'n',
          firedAt: 0,
          measures: undefined,
          nobody: undefined,
          readings: [],
          notRead,
          extent: undefined,
          isWider: false,
          groups: [],
          otherLines: 0,
        },
      ],
    }) as never;
  expect(nextStepFor(counted('no-filter'), settings)).toBe('Find out what publishes its metric, and why it changed.');
  expect(nextStepFor(counted('denied'), settings)).toBe('Open its log and find out what it counted.');
});
