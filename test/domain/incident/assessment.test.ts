import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assess, graver } from '../../../src/domain/incident/assessment.ts';
import { reasonWords, verdictLine } from '../../../src/domain/incident/reasons.ts';
import type { Json } from '../../../src/domain/json.ts';
import { type SignIn, signInFromRecord } from '../../../src/domain/sign-in/sign-in.ts';
import { type Subjects, withSignIn } from '../../../src/domain/sign-in/subjects.ts';
import { noSurroundings } from '../../../src/domain/sign-in/surroundings.ts';
import { around, whenItComes } from '../../support/memory.ts';
import { officeDays, signIn } from '../../support/office.ts';
import { consoleLogin, hiddenUser, iamUser, identityCenter } from '../../support/records.ts';

const t0 = Date.parse('2026-11-22T03:00:00Z');
let id = 0;

/** One sign-in, so many seconds after the start. */
function at(seconds: number, record: Json, address = '203.0.113.7'): Json {
  return { ...record, eventTime: new Date(t0 + seconds * 1_000).toISOString(), sourceIPAddress: address, eventID: `e${++id}` };
}

const failure = (name: string, mfa = 'No'): Json => consoleLogin({ type: 'IAMUser', userName: name }, 'Failure', mfa);
const success = (name: string, mfa = 'No'): Json => consoleLogin(iamUser(name), 'Success', mfa);

function signInsOf(...records: readonly Json[]): SignIn[] {
  const fallback = { account: '123456789012', region: 'us-east-1', at: t0, id: '' };
  return records.map((record) => signInFromRecord(record, fallback));
}

function subjectsOf(...records: readonly Json[]): Subjects {
  return signInsOf(...records).reduce<Subjects>(withSignIn, { subjects: [], moreSubjects: 0 });
}

/** With the line that it is told in. */
function assessed(...records: readonly Json[]) {
  const { subjects } = subjectsOf(...records);
  const assessment = assess({ detection: 'console-sign-in-failures', subjects, ownActions: [] }, around(signInsOf(...records)));
  return assessment && { ...assessment, line: verdictLine(assessment, subjects) };
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

  it('however the name is spelt that the failures tell: IAM does not tell names apart by case', () => {
    const shouted = ['ALICE', 'Alice', 'alice'].map((name, index) => at(index + 1, failure(name)));
    const all = [...shouted, at(9, success('Alice'))];
    for (const records of [all, all.toReversed()]) {
      expect(assessed(...records)).toMatchObject({ verdict: 'takeover', severity: 'CRITICAL', line: 'Likely takeover of Alice' });
      expect(subjectsOf(...records).subjects).toMatchObject([{ name: 'Alice', failures: 3, successes: 1 }]);
    }
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
    expect(assess({ detection: 'federated-sign-in', subjects, ownActions: [] }, noSurroundings)).toMatchObject({
      verdict: 'federated',
      severity: 'LOW',
    });
    expect(subjects[0]?.mfa).toBe('not-visible');
  });

  it('our own action alone is told as such; beside another subject it is not', () => {
    expect(assess({ detection: 'sign-in-credentials-changed', subjects: [], ownActions: ['SIN-3'] }, noSurroundings)).toMatchObject({
      verdict: 'own-action',
    });
    const { subjects } = subjectsOf(at(1, success('mallory')));
    expect(assess({ detection: 'sign-in-credentials-changed', subjects, ownActions: ['SIN-3'] }, noSurroundings)?.verdict).not.toBe('own-action');
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

describe('in whatever order sign-ins come', () => {
  const stories: Record<string, readonly Json[]> = {
    'a takeover': [...threeFailures, at(9, success('alice'))],
    'a takeover with MFA': [...threeFailures, at(9, success('alice', 'Yes'))],
    'a spray with a success': [...users.map((name, index) => at(index, failure(name))), at(60, success('carl'))],
    fatigue: [...[1, 2, 3].map((seconds) => at(seconds, failure('bella', 'Yes'))), at(9, success('bella', 'Yes'), '198.51.100.1')],
    'root after failures': [1, 2, 3, 4].map((seconds) => at(seconds, consoleLogin({ type: 'Root' }, seconds < 4 ? 'Failure' : 'Success', 'No'))),
    'one IPv6 /64': [
      ...users.map((name, index) => at(index, failure(name), `2001:db8:5:6::${index + 1}`)),
      at(60, success('carl'), '2001:db8:5:6:ffff::1'),
    ],
    'guessing from many networks': [
      ...Array.from({ length: 12 }, (_, index) => at(index, failure('alice'), `198.51.100.${index}`)),
      at(99, success('alice'), '192.0.2.9'),
    ],
  };

  it.each(Object.entries(stories))('the verdict is the same: %s', (_what, records) => {
    const { subjects: _, ...inOrder } = { subjects: 0, ...assessed(...records) };
    expect(inOrder.severity).toMatch(/HIGH|CRITICAL/);
    fc.assert(
      fc.property(fc.shuffledSubarray([...records], { minLength: records.length }), (shuffled) => {
        expect(assessed(...shuffled)).toEqual(inOrder);
      }),
      { numRuns: 30 },
    );
  });

  it('a success more than an hour after the failures is none', () => {
    expect(assessed(...threeFailures, at(3_590, success('alice')))?.verdict).toBe('takeover');
    expect(assessed(...threeFailures, at(3_700, success('alice')))?.verdict).not.toBe('takeover');
  });
});

describe('what is no address', () => {
  it.each(['AWS Internal', 'appstream.amazonaws.com', 'x'.repeat(9_000)])('is grounds for nothing: %s', (place) => {
    const failures = users.map((name, index) => at(index, failure(name), place));
    const taken = [1, 2, 3, 4].map((seconds) => at(seconds, failure('alice'), place));
    expect(assessed(...failures, ...taken, at(60, success('alice'), place))?.verdict).toBeUndefined();
  });
});

describe('twelve names that nobody tells', () => {
  it.each(['console', 'Identity Center'])('from one network are a spray, not one person: %s', (where) => {
    const nobody = { userIdentity: { type: 'Unknown', accountId: '123456789012', userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' } };
    const one = (): Json =>
      where === 'console'
        ? consoleLogin(hiddenUser, 'Failure', 'No')
        : identityCenter('CredentialVerification', { CredentialType: 'PASSWORD' }, { CredentialVerification: 'Failure' }, nobody);
    const twelve = Array.from({ length: 12 }, (_, index) => at(index * 60, one()));
    const verdict = assessed(...twelve);
    expect(verdict).toMatchObject({ verdict: 'spray', severity: 'HIGH', about: undefined, concerns: [{ who: 'network 203.0.113.7' }] });
    expect(reasonWords(verdict?.reasons ?? [], { subjects: [], look: undefined })).toBe(
      '12 attempts at names that AWS does not show failed from 203.0.113.7',
    );
  });
});

describe('a network that many use', () => {
  const opens = Date.parse('2026-11-02T08:00:00Z');
  const hour = 3_600_000;

  function verdictWhenItComes(signIns: readonly SignIn[], index: number) {
    const { subjects } = withSignIn({ subjects: [], moreSubjects: 0 }, signIns[index] as SignIn);
    return assess({ detection: undefined, subjects, ownActions: [] }, whenItComes(signIns, index));
  }

  it.each([
    ['within three hours', 3 * hour],
    ['all within half an hour', hour / 2],
  ])('proves nothing: 200 people who come %s, one in twenty mistyping, are nothing in 20 days', (_how, morningMs) => {
    const all = officeDays({ people: 200, days: 20, from: opens, morningMs });
    const grave = all.flatMap(({ at: when }, index) => {
      const verdict = verdictWhenItComes(all, index);
      return verdict === undefined || verdict.severity === 'LOW' ? [] : [`${verdict.verdict} ${new Date(when).toISOString()}`];
    });
    expect(grave).toEqual([]);
  });

  it('still shows who failed four times and then got in, and nobody else beside', () => {
    const office = officeDays({ people: 200, days: 2, from: opens, morningMs: hour });
    const from = opens + 24 * hour + 20 * 60_000;
    const taken = [0, 1, 2, 3].map((index) => signIn('user7', from + index * 10_000, 'Failure'));
    const all = [...office, ...taken, signIn('user7', from + 60_000, 'Success'), signIn('user8', from + 70_000, 'Success')].toSorted(
      (a, b) => a.at - b.at,
    );
    const indexOf = (name: string) =>
      all.findIndex(({ principal, at: when, outcome }) => principal.name === name && when >= from + 60_000 && outcome === 'success');
    expect(verdictWhenItComes(all, indexOf('user7'))).toMatchObject({ verdict: 'takeover', severity: 'CRITICAL' });
    expect(verdictWhenItComes(all, indexOf('user8'))).toBeUndefined();
  });

  it('in a spray from there whoever got in without failing is not taken for one of it', () => {
    const office = officeDays({ people: 200, days: 2, from: opens, morningMs: hour });
    const from = opens + 24 * hour + 6 * hour;
    const spray = Array.from({ length: 8 }, (_, index) => signIn(`victim${index}`, from + index * 30_000, 'Failure'));
    const all = [
      ...office.filter(({ at: when }) => when < from),
      ...spray,
      signIn('user8', from + 400_000, 'Success'),
      signIn('victim3', from + 500_000, 'Success'),
    ];
    expect(verdictWhenItComes(all, all.length - 3)).toMatchObject({ verdict: 'spray', severity: 'HIGH' });
    expect(verdictWhenItComes(all, all.length - 2)).toBeUndefined();
    expect(verdictWhenItComes(all, all.length - 1)).toMatchObject({ verdict: 'takeover' });
  });
});
