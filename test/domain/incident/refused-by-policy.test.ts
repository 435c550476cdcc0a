import { describe, expect, it } from 'vitest';
import { whatHappened } from '../../../src/domain/incident/headline.ts';
import type { Json } from '../../../src/domain/json.ts';
import { nextStepFor } from '../../../src/slack/next-step.ts';
import { drawn, minute, ofSignIns, t0 } from '../../support/drawn.ts';
import { settings } from '../../support/ports.ts';
import { consoleLogin, iamUser } from '../../support/records.ts';

const at = (minutes: number, record: Json, address = '203.0.113.7'): Json => ({
  ...record,
  eventTime: new Date(t0 + minutes * minute).toISOString(),
  sourceIPAddress: address,
});
const refused = (name: string, mfa: 'Yes' | 'No' = 'No'): Json =>
  consoleLogin({ type: 'IAMUser', userName: name }, 'Failure', mfa, {
    errorMessage: `User: arn:aws:iam::123456789012:user/${name} is not authorized to perform: signin:Authenticate with an explicit deny in a resource-based policy`,
  });
const failure = (name: string): Json => consoleLogin({ type: 'IAMUser', userName: name }, 'Failure', 'No', { errorMessage: 'Failed authentication' });
const success = (name: string): Json => consoleLogin(iamUser(name), 'Success', 'No');
const times = (count: number, one: (index: number) => Json): Json[] => Array.from({ length: count }, (_, index) => one(index));

describe('whoever a policy refuses tries no password', () => {
  it.each([
    ['ten times one user', 'alice was refused at sign-in by policy', times(10, (index) => at(index, refused('alice')))],
    ['ten times one user, with MFA', 'alice was refused at sign-in by policy', times(10, (index) => at(index, refused('alice', 'Yes')))],
    ['five users from one network', '· 5 users', times(5, (index) => at(index, refused(`user${index}`)))],
    ['thirty users from thirty networks', '· 30 users', times(30, (index) => at(0, refused(`user${index}`), `198.51.100.${index}`))],
    [
      'three times, and in the office again',
      'alice signed in without MFA',
      [...times(3, (index) => at(index, refused('alice'))), at(5, success('alice'))],
    ],
    ['once, and then in', 'alice signed in without MFA', [at(0, refused('alice')), at(1, success('alice'))]],
  ])('%s', (_what, said, messages) => {
    const incident = ofSignIns(...messages);
    expect(whatHappened(incident)).toContain(said);
    expect(incident.assessment).toBeUndefined();
  });

  it('and what is refused beside wrong passwords adds nothing to them', () => {
    const wrong = times(4, (index) => at(index, failure(`user${index}`)));
    expect(ofSignIns(...wrong, at(5, refused('user5'))).assessment).toBeUndefined();
    expect(ofSignIns(...wrong, at(5, failure('user5'))).assessment?.verdict).toBe('spray');
  });

  it('and is told so: how often, and what that says', () => {
    const incident = ofSignIns(...times(3, (index) => at(index, refused('alice'))));
    expect(drawn(incident)).toContain('was refused by a resource-based policy 3×');
    expect(nextStepFor(incident, settings)).toBe('Call alice: was it them? A policy refused it: that says nothing of the password.');
    expect(nextStepFor(ofSignIns(failure('alice')), settings)).toContain('A success after failures may be a takeover.');
  });
});
