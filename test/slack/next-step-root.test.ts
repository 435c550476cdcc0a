/** What a card says is to be done about root: nothing is deleted because of what anybody may do. */
import { describe, expect, it } from 'vitest';
import { detectionIds, isOfRootAlone } from '../../src/domain/detection/detections.ts';
import type { Json } from '../../src/domain/json.ts';
import { nextStepFor } from '../../src/slack/next-step.ts';
import { drawn, minute, ofChanges, ofSignIns, t0 } from '../support/drawn.ts';
import { settings } from '../support/ports.ts';
import { consoleLogin } from '../support/records.ts';
import { alarmText } from '../support/sandbox.ts';

const root = { type: 'Root', arn: 'arn:aws:iam::123456789012:root', accountId: '123456789012' };
const at = (minutes: number, record: Json): Json => ({ ...record, eventTime: new Date(t0 + minutes * minute).toISOString() });
const of = (eventName: string, outcome = 'Success', more: Json = {}): Json => ({
  ...consoleLogin(root, 'Success', undefined),
  eventName,
  responseElements: { [eventName]: outcome },
  ...more,
});
const asked = of('PasswordRecoveryRequested');
const managing = { ...settings, rootAccessAccount: '999999999999' };
const askOwner = 'Ask whoever holds the e-mail address of root: did they ask for it? If not: secure that mailbox, and make sure that root has MFA.';
const ofAssumed = { ...root, sessionContext: { assumedRoot: 'true' } };
const removed = of('DeactivateMFADevice', 'Success', {
  eventSource: 'iam.amazonaws.com',
  responseElements: null,
  requestParameters: { userName: 'AWS ROOT USER' },
  userIdentity: ofAssumed,
});

describe('the next step', () => {
  it.each<[string, Json[], string]>([
    ['a password recovery that anybody may ask for', [asked], askOwner],
    ['one that failed', [of('PasswordRecoveryRequested', 'Failure')], askOwner],
    ['one that was completed', [asked, at(2, of('PasswordRecoveryCompleted'))], 'If not: Delete root credentials, and undo what was changed.'],
    ['one after a sign-in', [consoleLogin(root, 'Success', 'Yes'), at(2, asked)], 'If not: Delete root credentials.'],
    [
      'failures alone',
      [consoleLogin(root, 'Failure', 'No', { errorMessage: 'Failed authentication' })],
      'was it them? Make sure root has MFA. A success after failures may be a takeover.',
    ],
    ['a session of AssumeRoot, which has no credentials of root', [removed], 'find in CloudTrail of the management account who called AssumeRoot.'],
  ])('after %s', (_what, messages, said) => {
    expect(nextStepFor(ofSignIns(...messages), managing)).toContain(said);
  });

  it('in the management account, which nobody takes root from, is the mailbox first', () => {
    const incident = ofSignIns(asked, at(2, of('PasswordRecoveryCompleted')));
    expect(nextStepFor(incident, { ...managing, rootAccessAccount: '123456789012' })).toContain(
      'secure the mailbox of its address, then root’s password',
    );
    expect(nextStepFor(ofSignIns(asked), settings)).toBe(askOwner);
  });

  it('of an alarm that names nobody and counts root alone contains no IAM user', () => {
    const alarm = ofChanges(alarmText('A', 'ALARM', t0));
    const said = detectionIds.filter(isOfRootAlone).map((detection) => nextStepFor({ ...alarm, detection, subjects: [] }, settings));
    expect(said).toHaveLength(4);
    expect(said.filter((one) => one.includes('Contain'))).toEqual([]);
    expect(nextStepFor({ ...alarm, detection: 'console-sign-in-failures', subjects: [] }, settings)).toContain('Contain');
  });
});

it('the sentence on the card begins as one; a name stays as it is', () => {
  expect(drawn(ofSignIns(asked))).toContain('\nSomebody asked for a password recovery of root from');
  expect(drawn(ofSignIns(consoleLogin(root, 'Success', 'Yes')))).toContain('\nroot signed in to the console');
});
