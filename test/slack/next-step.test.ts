/** What a card says is to be done next. */
import { expect, it } from 'vitest';
import { blank } from '../../src/domain/incident/blank.ts';
import type { Incident } from '../../src/domain/incident/incident.ts';
import { meaningOf } from '../../src/domain/incident/triage.ts';
import type { Subject } from '../../src/domain/sign-in/subjects.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import { nextStepFor } from '../../src/slack/next-step.ts';
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
