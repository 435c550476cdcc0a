import { describe, expect, it } from 'vitest';
import { assess, graver } from '../../../src/domain/incident/assessment.ts';
import type { Json } from '../../../src/domain/json.ts';
import { signInFromRecord } from '../../../src/domain/sign-in/sign-in.ts';
import { type Subjects, withSignIn } from '../../../src/domain/sign-in/subjects.ts';
import { consoleLogin, hiddenUser, iamUser, identityCenter } from '../../support/records.ts';

const t0 = Date.parse('2026-11-22T03:00:00Z');
let id = 0;

/** One sign-in, so many seconds after the start. */
function at(seconds: number, record: Json, address = '203.0.113.7'): Json {
  return { ...record, eventTime: new Date(t0 + seconds * 1_000).toISOString(), sourceIPAddress: address, eventID: `e${++id}` };
}

const failure = (name: string, mfa = 'No'): Json => consoleLogin({ type: 'IAMUser', userName: name }, 'Failure', mfa);
const success = (name: string, mfa = 'No'): Json => consoleLogin(iamUser(name), 'Success', mfa);

function subjectsOf(...records: readonly Json[]): Subjects {
  const fallback = { account: '123456789012', region: 'us-east-1', at: t0, id: '' };
  return records.reduce<Subjects>((before, record) => withSignIn(before, signInFromRecord(record, fallback)), { subjects: [], moreSubjects: 0 });
}

function assessed(...records: readonly Json[]) {
  return assess({ detection: 'console-sign-in-failures', subjects: subjectsOf(...records).subjects, ownActions: [] });
}

const threeFailures = [1, 2, 3].map((seconds) => at(seconds, failure('alice')));
const users = ['a', 'b', 'c', 'd', 'e'];

describe('what the subjects add up to', () => {
  it('a success after three failures from the same address is a takeover, graver without MFA', () => {
    expect(assessed(...threeFailures, at(9, success('alice')))).toMatchObject({
      verdict: 'takeover',
      severity: 'CRITICAL',
      line: 'Likely takeover of alice',
    });
    expect(assessed(...threeFailures, at(9, success('alice', 'Yes')))).toMatchObject({ verdict: 'takeover', severity: 'HIGH' });
  });

  it('whatever the order in which the events come to light', () => {
    const all = [...threeFailures, at(9, success('alice'))];
    expect(assessed(...all.toReversed())).toEqual(assessed(...all));
  });

  it('a success before the failures, or from another address, is none', () => {
    expect(assessed(at(0, success('alice')), ...threeFailures)?.verdict).not.toBe('takeover');
    expect(assessed(...threeFailures, at(9, success('alice'), '198.51.100.1'))?.verdict).not.toBe('takeover');
  });

  it('one slip and then a success is mistyped, and raises nothing', () => {
    expect(assessed(at(1, failure('alice')), at(9, success('alice', 'Yes')))).toMatchObject({ verdict: 'mistyped', severity: 'LOW' });
  });

  it('many names from one address are a spray; one who gets in from there was taken over', () => {
    const spray = users.map((name, index) => at(index, failure(name)));
    expect(assessed(...spray)).toMatchObject({ verdict: 'spray', severity: 'HIGH' });
    expect(assessed(...spray, at(9, success('alice')))).toMatchObject({ verdict: 'takeover', severity: 'CRITICAL' });
    expect(assessed(...spray, at(9, success('alice', 'Yes')))).toMatchObject({ verdict: 'takeover', severity: 'HIGH' });
    expect(assessed(at(0, success('alice')), ...spray)?.verdict).toBe('spray');
    expect(assessed(...users.map((name, index) => at(index, failure(name), `198.51.100.${index}`)))?.verdict).not.toBe('spray');
  });

  it('hidden names are attempts: five are somebody who mistypes his own name, ten from one address are a spray', () => {
    const hidden = (count: number): Json[] => Array.from({ length: count }, (_, index) => at(index, consoleLogin(hiddenUser, 'Failure', 'No')));
    expect(assessed(...hidden(5))).toMatchObject({ verdict: 'only-unknown-names', severity: 'LOW' });
    expect(assessed(...hidden(10))).toMatchObject({ verdict: 'spray', severity: 'HIGH' });
    expect(assessed(at(1, consoleLogin(hiddenUser, 'Failure', 'No')))).toMatchObject({ verdict: 'only-unknown-names', severity: 'LOW' });
  });

  it('three failures at MFA say that the password may be known; a success after them is grave', () => {
    const fatigue = [1, 2, 3].map((seconds) => at(seconds, failure('bella', 'Yes')));
    expect(assessed(...fatigue)).toMatchObject({ verdict: 'mfa-fatigue', severity: 'HIGH' });
    expect(assessed(at(0, success('bella', 'Yes'), '198.51.100.1'), ...fatigue)).toMatchObject({ severity: 'HIGH' });
    expect(assessed(...fatigue, at(9, success('bella', 'Yes'), '198.51.100.1'))).toMatchObject({ verdict: 'mfa-fatigue', severity: 'CRITICAL' });
  });

  it('many failures of one user are guessing', () => {
    expect(assessed(...Array.from({ length: 10 }, (_, index) => at(index, failure('alice'))))).toMatchObject({
      verdict: 'guessing',
      severity: 'MEDIUM',
    });
  });

  it('who guesses from many addresses is seen to get in from another', () => {
    const guesses = Array.from({ length: 12 }, (_, index) => at(index, failure('alice'), `198.51.100.${index}`));
    expect(assessed(...guesses, at(99, success('alice'), '192.0.2.9'))).toMatchObject({ verdict: 'takeover', severity: 'HIGH' });
  });

  it('is not taken back by noise: neither by addresses, nor by names, nor by a milder verdict', () => {
    const taken = [...threeFailures, at(9, success('alice'))];
    const addresses = Array.from({ length: 30 }, (_, index) => at(60 + index, failure('alice'), `198.51.100.${index}`));
    const names = Array.from({ length: 250 }, (_, index) => at(60 + index, failure(`user${index}`), '198.51.100.9'));
    expect(assessed(...taken, ...addresses, ...names)).toMatchObject({ verdict: 'takeover', line: 'Likely takeover of alice' });
    expect(graver(assessed(...taken), assessed(at(1, failure('bob')), at(9, success('bob'))))?.verdict).toBe('takeover');
  });

  it('a password that is right and an MFA code that is wrong is no sign-in', () => {
    const step = (CredentialType: string, outcome: string): Json =>
      identityCenter('CredentialVerification', { CredentialType }, { CredentialVerification: outcome });
    const wrong = [1, 2, 3].map((seconds) => at(seconds, step('TOTP', 'Failure')));
    expect(assessed(at(0, step('PASSWORD', 'Success')), ...wrong)).toMatchObject({ verdict: 'mfa-fatigue', severity: 'HIGH' });
    const once = [
      at(0, step('PASSWORD', 'Success')),
      at(1, step('TOTP', 'Success')),
      at(2, identityCenter('UserAuthentication', {}, { UserAuthentication: 'Success' })),
    ];
    expect(subjectsOf(...once).subjects[0]).toMatchObject({ successes: 1, failures: 0 });
    expect(assessed(at(1, step('PASSWORD', 'Failure')))?.verdict).toBeUndefined();
  });

  it('of a federated user says who judges MFA', () => {
    const federated = consoleLogin({ type: 'FederatedUser', arn: 'arn:aws:sts::123456789012:federated-user/frank' }, 'Success', 'No');
    const { subjects } = subjectsOf(at(1, federated));
    expect(assess({ detection: 'federated-sign-in', subjects, ownActions: [] })).toMatchObject({ verdict: 'federated', severity: 'LOW' });
    expect(subjects[0]?.mfa).toBe('not-visible');
  });

  it('our own action alone is told as such; beside another subject it is not', () => {
    expect(assess({ detection: 'sign-in-credentials-changed', subjects: [], ownActions: ['SIN-3'] })).toMatchObject({ verdict: 'own-action' });
    const { subjects } = subjectsOf(at(1, success('mallory')));
    expect(assess({ detection: 'sign-in-credentials-changed', subjects, ownActions: ['SIN-3'] })?.verdict).not.toBe('own-action');
  });
});

describe('the steps of one Identity Center sign-in', () => {
  it('are one subject by their workflow, under the name that one of them tells', () => {
    const failed = identityCenter('CredentialVerification', { CredentialType: 'TOTP' }, { CredentialVerification: 'Failure' });
    const named = identityCenter(
      'UserAuthentication',
      { UserName: 'dora@example.com' },
      { UserAuthentication: 'Failure' },
      { userIdentity: { type: 'Unknown', accountId: '123456789012' } },
    );
    const { subjects } = subjectsOf(at(1, failed), at(2, named));
    expect(subjects).toHaveLength(1);
    expect(subjects[0]).toMatchObject({
      kind: 'identity-center-user',
      name: 'dora@example.com',
      directory: { userId: 'f12bb510-aaaa' },
      mfaFailures: 1,
    });
  });
});
