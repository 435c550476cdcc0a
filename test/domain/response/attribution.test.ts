import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sessionNameOf, sessionPolicyOf, sessionTagsOf } from '../../../src/domain/response/attribution.ts';
import type { Call } from '../../../src/domain/response/plan.ts';
import { verdictOf } from '../../../src/sandbox/aws/policy.ts';

const account = '123456789012';
const named = { person: { id: 'U01BOBEK00', name: 'bob.ek' }, incident: 42, response: 'lock-out' };
const call = (action: string, resource: string, more: Partial<Call> = {}): Call => ({ action, resource, account, ...more });
const alarm = (name: string): string => `arn:aws:cloudwatch:us-east-1:${account}:alarm:${name}`;
const iam = (rest: string): string => `arn:aws:iam::${account}:${rest}`;

function policyOf(calls: readonly Call[]) {
  const policy = sessionPolicyOf(calls, account);
  if (!('text' in policy)) throw new Error(policy.is);
  return { ...policy, document: JSON.parse(policy.text) as Record<string, unknown> };
}

function may(calls: readonly Call[], action: string, resource: string, context: Record<string, string> = {}): boolean {
  return verdictOf([policyOf(calls).document], { action, resource, context }) === 'allowed';
}

it('a session is named and tagged with person, incident and response', () => {
  expect(sessionNameOf(named)).toBe('U01BOBEK00.SIN-42.lock-out');
  expect(sessionTagsOf(named)).toEqual({ person: 'U01BOBEK00', incident: 'SIN-42', response: 'lock-out' });
  const hostile = { person: { id: 'U/<!channel> '.repeat(9), name: '' }, incident: 1, response: 'x' };
  expect(sessionNameOf(hostile)).toMatch(/^[\w+=,.@-]{2,64}$/);
});

describe('a session may do', () => {
  it('the calls of its response, in the account that each is in, and nothing else', () => {
    const calls = [
      call('iam:DeactivateMFADevice', iam('user/alice')),
      call('iam:DeleteVirtualMFADevice', iam('mfa/alice-phone')),
      call('iam:UpdateLoginProfile', iam('user/alice')),
      { ...call('iam:UpdateLoginProfile', 'arn:aws:iam::999999999999:user/alice'), account: '999999999999' },
    ];
    expect(policyOf(calls).document.Statement).toEqual([
      { Effect: 'Allow', Action: ['iam:DeactivateMFADevice', 'iam:UpdateLoginProfile'], Resource: [iam('user/alice')] },
      { Effect: 'Allow', Action: ['iam:DeleteVirtualMFADevice'], Resource: [iam('mfa/alice-phone')] },
    ]);
    expect(may(calls, 'iam:DeleteVirtualMFADevice', iam('mfa/bella-phone'))).toBe(false);
    expect(sessionPolicyOf(calls, '111111111111')).toEqual({ is: 'empty' });
  });

  it('what it does under the conditions that the call names', () => {
    const quarantine = 'arn:aws:iam::123456789012:policy/signin-responder-quarantine';
    const calls = [call('iam:AttachUserPolicy', iam('user/alice'), { context: { 'iam:PolicyARN': quarantine } })];
    expect(may(calls, 'iam:AttachUserPolicy', iam('user/alice'), { 'iam:PolicyARN': quarantine })).toBe(true);
    expect(may(calls, 'iam:AttachUserPolicy', iam('user/alice'), { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/AdministratorAccess' })).toBe(false);
    expect(may(calls, 'iam:AttachUserPolicy', iam('user/alice'))).toBe(false);
  });

  it('nothing more by the name of an alarm, which people choose', () => {
    for (const name of ['*', '?????', `\${aws:username}`, 'a*', 'Fehlversuche: größer 5 ☠️']) {
      const calls = [call('cloudwatch:SetAlarmState', alarm(name))];
      expect(policyOf(calls).text).toMatch(/^[\x20-\x7e]+$/);
      expect(may(calls, 'cloudwatch:SetAlarmState', alarm(name)), name).toBe(true);
      expect(may(calls, 'cloudwatch:SetAlarmState', alarm('other')), name).toBe(false);
    }
  });

  it('nothing more by a path, which may hold any letter', () => {
    const calls = [call('iam:UpdateLoginProfile', iam('user/a*/?/alice'))];
    expect(policyOf(calls).is).toBe('exact');
    expect(may(calls, 'iam:UpdateLoginProfile', iam('user/a*/?/alice'))).toBe(true);
    for (const other of ['user/ab/c/alice', 'user/a/x/y/alice', 'user/a*/?/malice'])
      expect(may(calls, 'iam:UpdateLoginProfile', iam(other))).toBe(false);
  });

  it('the same by a path that is not known: names in IAM are one of each in an account', () => {
    const calls = [call('iam:UpdateLoginProfile', iam('user*/alice'))];
    expect(may(calls, 'iam:UpdateLoginProfile', iam('user/team/alice'))).toBe(true);
    expect(may(calls, 'iam:UpdateLoginProfile', iam('user/malice'))).toBe(false);
  });
});

describe('a policy of more than AWS takes', () => {
  const many = (count: number, name: (index: number) => string): Call[] =>
    Array.from({ length: count }, (_, index) => call('iam:DeleteVirtualMFADevice', iam(`mfa/${name(index)}`)));

  it('names what the resources have in common, and no other kind or account', () => {
    const calls = [call('iam:DeactivateMFADevice', iam('user/alice')), ...many(40, (index) => `alice-${index}-${'x'.repeat(40)}`)];
    const policy = policyOf(calls);
    expect(policy.is).toBe('wider');
    expect(policy.text.length).toBeLessThan(2_048);
    expect(JSON.stringify(policy.document)).toContain(iam('mfa/alice-*'));
    expect(may(calls, 'iam:DeleteVirtualMFADevice', iam('mfa/bella-phone'))).toBe(false);
  });

  it.each([
    ['a path that JSON writes by numbers', 'iam:UpdateLoginProfile', iam(`user/${'\u007f'.repeat(510)}/alice`), iam('user/malice')],
    ['a path of stars', 'iam:AttachRolePolicy', iam(`role/${'*'.repeat(510)}/web`), iam('role/webx')],
    ['a name of letters of two halves', 'cloudwatch:SetAlarmState', alarm('𝔞'.repeat(255)), alarm('𝔟')],
  ])('is of one resource as well: %s', (_what, action, resource, other) => {
    const calls = [call(action, resource)];
    expect(policyOf(calls)).toMatchObject({ is: 'wider' });
    expect(policyOf(calls).text.length).toBeLessThanOrEqual(2_048);
    expect([may(calls, action, resource), may(calls, action, other)]).toEqual([true, false]);
  });

  it('tells kinds apart: what is in a directory has ids that nothing else begins with', () => {
    const of = (kind: string, id: number): string => `arn:aws:identitystore:::${kind}/90677c608a-${id}-2222-3333-4444-555566667777`;
    const groups = Array.from({ length: 40 }, (_, id) => [of('group', id), of('membership', id)]).flat();
    const calls = [`arn:aws:identitystore::${account}:identitystore/d-9067642ac7`, of('user', 1), ...groups].map((one) =>
      call('identitystore:DeleteGroupMembership', one),
    );
    expect(policyOf(calls)).toMatchObject({ is: 'wider' });
    expect(
      [of('group', 39), of('user', 1), of('user', 2), 'arn:aws:identitystore:::x/1'].map((one) =>
        may(calls, 'identitystore:DeleteGroupMembership', one),
      ),
    ).toEqual([true, true, false, false]);
  });

  it('is none where even that is too long', () => {
    const calls = Array.from({ length: 60 }, (_, index) => call(`iam:Action${index}`, iam(`user/${index}/alice`)));
    expect(sessionPolicyOf(calls, account)).toEqual({ is: 'too-long' });
  });

  it('whatever the calls are: each is allowed, within the length that AWS takes', () => {
    const names = fc.stringMatching(/^[\w+=,.@*?$-]{1,64}$/);
    const anyCall = fc.oneof(
      names.map((name) => call('cloudwatch:SetAlarmState', alarm(name))),
      names.map((name) => call('iam:UpdateLoginProfile', iam(`user/${name.replace(/[*?$]/g, '-')}`))),
    );
    fc.assert(
      fc.property(fc.array(anyCall, { minLength: 1, maxLength: 60 }), (calls) => {
        const policy = policyOf(calls);
        expect(policy.text.length).toBeLessThanOrEqual(2_048);
        for (const { action, resource } of calls) expect(may(calls, action, resource)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
