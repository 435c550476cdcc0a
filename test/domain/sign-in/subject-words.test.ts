/** What is said of somebody who did several things: counted by kind of event and outcome. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/domain/json.ts';
import { signInFromRecord } from '../../../src/domain/sign-in/sign-in.ts';
import { nobodyWords, placesWords, shortName, subjectMfaWords } from '../../../src/domain/sign-in/subject-words.ts';
import { type Subject, withSignIn } from '../../../src/domain/sign-in/subjects.ts';
import { didWords } from '../../../src/domain/sign-in/tally.ts';
import { consoleLogin, hiddenUser, iamUser } from '../../support/records.ts';

const account = '123456789012';
const at = Date.parse('2026-11-22T03:00:00Z');

function subjectsOf(...records: Json[]): readonly Subject[] {
  const signIns = records.map((record, index) => signInFromRecord(record, { account, region: 'us-east-1', at: at + index, id: `e${index}` }));
  return signIns.reduce((before, signIn) => withSignIn(before, signIn), { subjects: [], moreSubjects: 0 } as Parameters<typeof withSignIn>[0])
    .subjects;
}

function subjectOf(...records: Json[]): Subject {
  const [only, ...others] = subjectsOf(...records);
  expect(others).toEqual([]);
  return only as Subject;
}

const failed = (more: Json = {}, mfa = 'No') =>
  consoleLogin({ type: 'IAMUser', userName: 'alice' }, 'Failure', mfa, { errorMessage: 'Failed authentication', ...more });
const gotIn = (mfa = 'No') => consoleLogin(iamUser('alice'), 'Success', mfa);
const refused = failed({ errorMessage: 'Authorization denied because of a resource-based policy' });
const step = (eventName: string, more: Json = {}): Json => ({
  eventName,
  eventSource: 'signin.amazonaws.com',
  userIdentity: iamUser('alice'),
  responseElements: { [eventName]: 'Success' },
  ...more,
});
const iam = (eventName: string, more: Json = {}) =>
  step(eventName, { eventSource: 'iam.amazonaws.com', requestParameters: { userName: 'alice' }, ...more });
const awsLogin = {
  requestParameters: { client_id: 'arn:aws:signin:::devtools/same-device' },
  additionalEventData: { success: 'true' },
  responseElements: null,
};

const ec2 = { eventSource: 'ec2.amazonaws.com', requestParameters: {} };

describe('what a subject did', () => {
  it.each<[string, Json[]]>([
    ['failed 2×, signed in 1×', [failed(), failed(), gotIn()]],
    ['failed 1×, was refused by a resource-based policy 2×', [refused, failed(), refused]],
    ['was checked for MFA while signing in', [step('CheckMfa')]],
    ['signed in 1×, was checked for MFA while signing in 2×', [step('CheckMfa'), step('CheckMfa'), gotIn()]],
    ['got a console sign-in token', [step('GetSigninToken')]],
    [
      'allowed a sign-in from the command line (aws login), signed in from the command line (aws login)',
      [step('AuthorizeOAuth2Access', awsLogin), step('CreateOAuth2Token', awsLogin)],
    ],
    [
      'renewed a session from the command line (aws login)',
      [step('CreateOAuth2Token', { ...awsLogin, additionalEventData: { success: 'true', grant_type: 'refresh_token' } })],
    ],
    ['RenewRole (outcome not in the record)', [step('RenewRole', { responseElements: null })]],
    ['changed: own password', [iam('ChangePassword', { requestParameters: null })]],
    ['failed to change: own password', [iam('ChangePassword', { requestParameters: null, errorCode: 'AccessDenied' })]],
    [
      'failed to change: console password of somebody whom the record does not name (taken away)',
      [iam('DeleteLoginProfile', { requestParameters: null, errorCode: 'AccessDenied' })],
    ],
    [
      'failed 1×, changed: MFA device of alice (enrolled), failed to change: MFA device of alice (taken away)',
      [failed(), iam('EnableMFADevice'), iam('DeactivateMFADevice', { errorCode: 'AccessDenied' })],
    ],
    [
      'changed: longest console session of alice (90 days); whether the password is not in the record',
      [iam('UpdateLoginProfile', { requestParameters: { userName: 'alice', maxSigninSessionDuration: 7_776_000 } })],
    ],
    [
      'called CreateSecurityGroup, tried CreateSecurityGroup and failed',
      [iam('CreateSecurityGroup', ec2), iam('CreateSecurityGroup', { ...ec2, errorCode: 'InvalidParameterValue' })],
    ],
    ['deleted a virtual MFA device that was not in use', [iam('DeleteVirtualMFADevice', { requestParameters: { serialNumber: 'arn:x' } })]],
  ])('%s', (expected, records) => {
    expect(didWords(subjectOf(...records))).toBe(expected);
  });

  it('is the same whatever the order', () => {
    const records = [failed(), gotIn(), refused, step('CheckMfa')];
    expect(didWords(subjectOf(...records))).toBe(didWords(subjectOf(...records.toReversed())));
  });

  it('of an older version is told by its numbers, and counted on', () => {
    const { did: _did, ...old } = subjectOf(failed(), gotIn());
    expect(didWords(old)).toBe('failed 1×, signed in 1×');
    const signIn = signInFromRecord(failed(), { account, region: 'us-east-1', at, id: 'x' });
    expect(didWords(withSignIn({ subjects: [old], moreSubjects: 0 }, signIn).subjects[0] as Subject)).toBe('failed 2×, signed in 1×');
  });

  it('failed and changed nothing: the other is no victim', () => {
    const subjects = subjectsOf(iam('UpdateLoginProfile', { userIdentity: iamUser('mallory'), errorCode: 'AccessDenied' }));
    expect(subjects.map(({ name, suffered }) => [name, suffered])).toEqual([['mallory', []]]);
  });

  it('to a role makes no user of that name a victim', () => {
    const change = { requestParameters: { roleName: 'deploy', maxSigninSessionDuration: 7_776_000 }, userIdentity: iamUser('mallory') };
    expect(subjectsOf(iam('UpdateRole', change)).map(({ name }) => name)).toEqual(['mallory']);
  });
});

describe('what is known of MFA', () => {
  it.each<[string, Json[], boolean | undefined]>([
    ['before any MFA', [failed()], true],
    ['MFA not reached or not used', [failed()], undefined],
    ['at or after the MFA step', [failed({}, 'Yes'), failed({}, 'Yes')], true],
    ['1 of 2 at or after the MFA step', [failed({}, 'Yes'), failed()], true],
    ['', [refused], true],
    ['without MFA', [failed({}, 'Yes'), gotIn('No')], true],
    ['with MFA', [gotIn('Yes'), failed()], undefined],
    ['', [iam('ChangePassword', { requestParameters: null })], undefined],
    ['', [step('CheckMfa')], undefined],
  ])('“%s”', (expected, records, hasDevice) => {
    expect(subjectMfaWords(subjectOf(...records), hasDevice)).toBe(expected);
  });
});

describe('what a policy refused', () => {
  it('is no failure at the MFA step, whatever MFAUsed says', () => {
    const atMfa = failed({ errorMessage: 'Authorization denied because of a resource control policy' }, 'Yes');
    expect(subjectOf(atMfa, atMfa, atMfa)).toMatchObject({ failures: 3, mfaFailures: 0 });
  });
});

describe('who and from where', () => {
  const hiddenFailure = consoleLogin(hiddenUser, 'Failure', 'No', { errorMessage: 'No username found in supplied account' });

  it('several hidden names are attempts, and nobody says of how many', () => {
    expect(nobodyWords(subjectOf(hiddenFailure))).toBe('a user whose name AWS hides');
    expect(nobodyWords(subjectOf(hiddenFailure, hiddenFailure))).toBe('users whose names AWS hides (how many is not known)');
    expect(shortName(subjectOf(hiddenFailure))).toBe('somebody');
    expect(shortName(subjectOf(hiddenFailure, hiddenFailure))).toBe('users whose names AWS hides');
  });

  it('a name that is left out is not one that is hidden', () => {
    const leftOut = consoleLogin({ type: 'IAMUser', principalId: 'AIDAEXAMPLE' }, 'Failure', 'No');
    expect(nobodyWords(subjectOf(leftOut))).toBe('a user whose name is not in the record');
    expect(nobodyWords(subjectOf(leftOut, leftOut))).toBe('users whose names are not in the record (how many is not known)');
    expect(subjectsOf(leftOut, hiddenFailure)).toHaveLength(2);
  });

  it('a service is no place', () => {
    const through = { sourceIPAddress: 'appstream.amazonaws.com' };
    expect(placesWords(subjectOf(failed(), failed({ sourceIPAddress: '192.0.2.9' }), failed(through)))).toBe(
      ' from 192.0.2.9 and 1 more, through appstream.amazonaws.com',
    );
    expect(placesWords(subjectOf(failed(through)))).toBe(' through appstream.amazonaws.com');
  });
});
