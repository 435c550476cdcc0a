/** What a card says of who got in and who did not: never that nobody did, where somebody did. */
import { describe, expect, it } from 'vitest';
import { assessed } from '../../src/domain/incident/intake.ts';
import type { Json } from '../../src/domain/json.ts';
import { noSurroundings } from '../../src/domain/sign-in/surroundings.ts';
import { drawn, minute, ofSignIns, t0 } from '../support/drawn.ts';
import { consoleLogin, iamUser } from '../support/records.ts';

const at = (minutes: number, record: Json, address = '203.0.113.7'): Json => ({
  ...record,
  eventTime: new Date(t0 + minutes * minute).toISOString(),
  sourceIPAddress: address,
});
const failure = (name: string, mfa: 'Yes' | 'No' = 'No'): Json =>
  consoleLogin({ type: 'IAMUser', userName: name }, 'Failure', mfa, { errorMessage: 'Failed authentication' });
const success = (name: string): Json => consoleLogin(iamUser(name), 'Success', 'No');

/** All regions in which sign-ins of IAM users are, looked through until long after it. */
const look = {
  since: t0,
  nextAt: undefined,
  found: 1,
  faults: {},
  through: Object.fromEntries(
    ['us-east-1', 'us-east-2', 'eu-north-1', 'ap-southeast-2'].flatMap((region) =>
      ['ConsoleLogin', 'CreateOAuth2Token'].map((name) => [`123456789012 ${region} ${name}`, t0 + 200 * minute]),
    ),
  ),
};

const guesses = Array.from({ length: 12 }, (_, index) => at(index, failure('alice')));
const sprayed = ['alice', 'bella', 'carl', 'dora', 'emil'].map((name, index) => at(index, failure(name)));
const atMfa = [0, 1, 2].map((index) => at(index, failure('alice', 'Yes')));

describe('that there was no success after it', () => {
  it.each([
    ['guesses', guesses],
    ['a spray', sprayed],
    ['failures at the MFA step', atMfa],
  ])('is said after %s where all was looked through', (_what, failures) => {
    expect(drawn({ ...ofSignIns(...failures), look })).toContain('no success after it in 4 regions until 06:20 UTC');
  });

  it.each([
    ['guesses, two hours later', [...guesses, at(130, success('alice'))]],
    ['guesses, through a service, which has no network', [...guesses, at(20, success('alice'), 'appstream.amazonaws.com')]],
    ['a spray, 70 minutes later and from there', [...sprayed, at(80, success('alice'))]],
    ['a spray, from elsewhere', [...sprayed, at(80, success('alice'), '198.51.100.9')]],
    ['a spray, by somebody who was not seen in it', [...sprayed, at(80, success('fred'))]],
    ['failures at the MFA step, 70 minutes later', [...atMfa, at(75, success('alice'))]],
  ])('is not said where there was one after %s', (_what, messages) => {
    const incident = { ...ofSignIns(...messages), look };
    expect(drawn(incident)).toContain('signed in 1×');
    expect(drawn(incident)).not.toContain('no success after it');
  });

  it('is not said either where it was the verdict before that success came to light, and stays it', () => {
    const before = ofSignIns(...sprayed);
    const { subjects } = ofSignIns(...sprayed, at(80, success('alice')));
    const after = assessed({ ...before, subjects }, noSurroundings);
    expect(after.assessment).toBe(before.assessment);
    expect(drawn({ ...before, look })).toContain('no success after it');
    expect(drawn({ ...after, look })).not.toContain('no success after it');
  });

  it('is still said where somebody else got in from elsewhere', () => {
    expect(drawn({ ...ofSignIns(...guesses, at(30, success('bella'), '198.51.100.9')), look })).toContain('no success after it');
  });
});

describe('those beyond the first three', () => {
  const names = ['alice', 'bella', 'carl', 'dora'];
  const enrolled = (name: string): Json => ({
    ...success('x'),
    eventSource: 'iam.amazonaws.com',
    eventName: 'EnableMFADevice',
    eventType: 'AwsApiCall',
    requestParameters: { userName: name },
    responseElements: null,
    additionalEventData: undefined,
    userIdentity: { ...iamUser(name), accountId: '123456789012' },
  });
  const mallory = {
    type: 'AssumedRole',
    principalId: 'AROA:mallory',
    arn: 'arn:aws:sts::123456789012:assumed-role/admin/mallory',
    accountId: '123456789012',
    sessionContext: { sessionIssuer: { type: 'Role', userName: 'admin' } },
  };
  const token = { ...success('x'), eventName: 'GetSigninToken', userIdentity: mallory, responseElements: { GetSigninToken: 'Success' } };

  it('did not get in where all of them failed', () => {
    expect(drawn(ofSignIns(...names.map((name, index) => at(index, failure(name)))))).toContain('and 1 more who did not get in');
  });

  it.each([
    ['a message reports their sign-ins', names.map((name) => `User signed in without MFA: ${name}`)],
    ['they changed credentials', names.map((name) => enrolled(name))],
    ['they came with a sign-in token', [success('alice'), token]],
  ])('are only counted where %s', (_what, messages) => {
    expect(drawn(ofSignIns(...messages))).toMatch(/and 1 more: see/);
  });
});
