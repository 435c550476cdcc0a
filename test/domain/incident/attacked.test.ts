/** Of several who are in an incident, whom headline, next step and buttons are about: whom the attack is on, whatever others did meanwhile. */
import { describe, expect, it } from 'vitest';
import { whatHappened } from '../../../src/domain/incident/headline.ts';
import type { Incident } from '../../../src/domain/incident/incident.ts';
import type { Json } from '../../../src/domain/json.ts';
import { isDone } from '../../../src/domain/response/standing.ts';
import { theIamUserOf } from '../../../src/domain/response/target.ts';
import { quarantine } from '../../../src/features/responses/quarantine.ts';
import { nextStepFor } from '../../../src/slack/next-step.ts';
import { drawn, minute, ofSignIns, t0 } from '../../support/drawn.ts';
import { settings } from '../../support/ports.ts';
import { consoleLogin, iamUser, identityCenter } from '../../support/records.ts';

const at = (minutes: number, record: Json): Json => ({ ...record, eventTime: new Date(t0 + minutes * minute).toISOString() });
const failure = (name: string, mfa: 'Yes' | 'No' = 'No'): Json =>
  consoleLogin({ type: 'IAMUser', userName: name }, 'Failure', mfa, { errorMessage: 'Failed authentication' });
const success = (name: string): Json => consoleLogin(iamUser(name), 'Success', 'No');
const inIam = (by: string, eventName: string, userName: string): Json => ({
  ...success(by),
  eventSource: 'iam.amazonaws.com',
  eventName,
  eventType: 'AwsApiCall',
  requestParameters: { userName },
  responseElements: null,
  additionalEventData: undefined,
});
const times = (count: number, record: () => Json): Json[] => Array.from({ length: count }, (_, index) => at(index, record()));
const takenOver = (name: string): Json[] => [...times(4, () => failure(name)), at(5, success(name))];
const next = (incident: Incident): string => nextStepFor(incident, settings);

describe('somebody whom an attack is on', () => {
  it('is that also after enrolling an MFA device: nobody is asked whether that was planned', () => {
    const incident = ofSignIns(...takenOver('alice'), at(7, inIam('alice', 'EnableMFADevice', 'alice')));
    expect(whatHappened(incident)).toBe('Likely takeover of alice');
    expect(next(incident)).toBe('Lock alice out (Reset password), switch off the keys, call alice.');
    expect(theIamUserOf(incident)?.name).toBe('alice');
  });

  it('is named before whom they changed, who is named as well', () => {
    const incident = ofSignIns(...takenOver('carl'), at(7, inIam('carl', 'UpdateLoginProfile', 'alice')));
    expect(whatHappened(incident)).toBe('Likely takeover of carl');
    expect(next(incident)).toBe(
      'Lock carl out (Reset password), switch off the keys, call carl. The same for alice, unless they asked for the change of their credentials.',
    );
    expect(theIamUserOf(incident)).toBeUndefined();
    expect(drawn(incident)).toMatch(/Who: carl .*\nWho: alice /);
  });

  it('is not taken for another one who signed in from the same network', () => {
    const incident = ofSignIns(...times(3, () => failure('bella', 'Yes')), at(2, success('alice')));
    expect(whatHappened(incident)).toBe('Somebody may have the password of bella');
    expect(next(incident)).toBe('Lock bella out (Reset password), switch off the keys, call bella.');
    expect(theIamUserOf(incident)).toBeUndefined();
    expect(drawn(incident)).toMatch(/Who: bella .*\nWho: alice /);
  });

  it('is not taken for another one of whom passwords are tried either', () => {
    const incident = ofSignIns(...times(10, () => failure('bella')), at(2, success('alice')));
    expect(whatHappened(incident)).toBe('Somebody tries passwords of bella');
    expect(theIamUserOf(incident)).toBeUndefined();
  });

  it('is who an owner says was somebody else, whoever else got in', () => {
    const incident = ofSignIns(at(0, failure('bella')), at(1, success('alice')));
    const bella = incident.subjects.find(({ name }) => name === 'bella')?.key ?? '';
    const question = { seq: 1, subject: bella, person: 'U1', by: { id: 'U2', name: 'Bob' }, at: t0, answer: { is: 'not-me' as const, at: t0 } };
    expect(next(incident)).toContain('Call alice');
    expect(next({ ...incident, ownerQuestions: [question] })).toContain('Lock bella out');
  });

  it('is not whose password is only tried, beside one whose owner says that it was somebody else', () => {
    const incident = ofSignIns(...times(10, () => failure('bella')), at(2, success('alice')));
    const { key = '', account = '' } = incident.subjects.find(({ name }) => name === 'alice') ?? {};
    const question = { seq: 1, subject: key, person: 'U1', by: { id: 'U2', name: 'Bob' }, at: t0, answer: { is: 'not-me' as const, at: t0 } };
    const disowned = { ...incident, ownerQuestions: [question] };
    expect(disowned.assessment?.verdict).toBe('guessing');
    expect(next(disowned)).toContain('Lock alice out');
    expect(next({ ...disowned, passwordsReset: [`${account}/alice`] })).not.toContain('bella out');
  });

  it('is not waited for where their password is only tried: what was done to all who got in is done', () => {
    const incident = ofSignIns(...times(10, () => failure('bella')), at(2, success('alice')));
    const holder = { kind: 'iam-user' as const, account: incident.account, name: 'alice' };
    const state = { v: 1 as const, of: 'quarantine' as const, holder };
    const held = { incident: 1, seq: 1, response: 'quarantine', on: 'alice', by: { id: 'U2', name: 'Bob' }, at: t0 };
    const contained = [{ ...held, before: { ...state, isOn: false }, left: { ...state, isOn: true } }];
    expect(isDone(quarantine, { responses: [quarantine], incident, reach: settings })).toBe(false);
    expect(isDone(quarantine, { responses: [quarantine], incident: { ...incident, contained }, reach: settings })).toBe(true);
  });

  it('loses access before the call in Identity Center too', () => {
    const failed = () => identityCenter('CredentialVerification', { CredentialType: 'TOTP' }, { CredentialVerification: 'Failure' });
    const organised = { ...settings, identityCenterAccount: '999999999999' };
    expect(nextStepFor(ofSignIns(...times(3, failed)), organised)).toMatch(/^Remove access of the user, .* then call the user\.$/);
    expect(nextStepFor(ofSignIns(failed()), organised)).toMatch(/^Call the user: was it them\?/);
  });

  it('is nobody of those listed where the headline names another one', () => {
    const incident = ofSignIns(...takenOver('alice'));
    const about = 'iam-user:123456789012:zoe';
    const assessment = incident.assessment && { ...incident.assessment, about };
    expect(next({ ...incident, assessment })).toBe('Begin with whom the headline names: only others are listed here.');
    expect(theIamUserOf({ ...incident, assessment })).toBeUndefined();
  });
});

it('whose credentials somebody changed is not said to have failed to sign in', () => {
  const incident = ofSignIns(at(0, failure('carl')), at(1, success('carl')), at(3, inIam('carl', 'UpdateLoginProfile', 'alice')));
  expect(incident.title).toBe('Console sign-in failures');
  expect(whatHappened(incident)).toBe('Sign-in credentials changed: alice');
});

it('whoever changed somebody is on the card beside them', () => {
  const other = {
    ...inIam('x', 'UpdateLoginProfile', 'alice'),
    userIdentity: { type: 'AWSAccount', principalId: 'AIDAX', accountId: '999988887777' },
  };
  expect(drawn(ofSignIns(other))).toMatch(/Who: alice .*changed by somebody of account 999988887777: .*\nWho: 999988887777 \(other account\)/);
});
