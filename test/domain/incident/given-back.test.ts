/** Which events say that somebody gave back what was taken. */
import { describe, expect, it } from 'vitest';
import { isNewsOf, stateBy } from '../../../src/domain/incident/given-back.ts';
import type { Contained, KeptState } from '../../../src/domain/response/kept-state.ts';
import { signInFromRecord } from '../../../src/domain/sign-in/sign-in.ts';
import { iamUser } from '../../support/records.ts';

const account = '123456789012';
const at = Date.parse('2026-11-26T03:00:00Z');
const user = { kind: 'iam-user', account, name: 'alice' } as const;
const role = { kind: 'role', account, name: 'web' } as const;
const policyArn = `arn:aws:iam::${account}:policy/signin-responder/deny-all`;

const states = {
  quarantine: { v: 1, of: 'quarantine', holder: user, isOn: true },
  'quarantine of a role': { v: 1, of: 'quarantine', holder: role, isOn: true },
  keys: {
    v: 1,
    of: 'keys',
    holder: user,
    keys: [
      { id: 'AKIAONE', isActive: false },
      { id: 'AKIATWO', isActive: true },
    ],
  },
  sessions: { v: 1, of: 'sessions', holder: role, policy: 'signin-responder-older-sessions', document: '{}', isThere: true, until: at },
  password: { v: 1, of: 'password', holder: user, isReplaced: true },
} as const satisfies Record<string, KeptState>;

function by(eventName: string, requestParameters: object, more: object = {}) {
  const record = { eventName, eventSource: 'iam.amazonaws.com', eventTime: new Date(at).toISOString(), recipientAccountId: account };
  return signInFromRecord(
    { ...record, userIdentity: iamUser('mallory'), requestParameters: { ...requestParameters }, ...more },
    { account, region: 'us-east-1', at, id: 'e' },
  );
}

describe('an event', () => {
  it.each<[string, ReturnType<typeof by>, (keyof typeof states)[]]>([
    ['the quarantine taken off', by('DetachUserPolicy', { userName: 'alice', policyArn }), ['quarantine']],
    ['in another case', by('DetachUserPolicy', { userName: 'Alice', policyArn }), ['quarantine']],
    ['off a role', by('DetachRolePolicy', { roleName: 'web', policyArn }), ['quarantine of a role']],
    ['off a role of the user’s name', by('DetachRolePolicy', { roleName: 'alice', policyArn }), []],
    ['off somebody else', by('DetachUserPolicy', { userName: 'bella', policyArn }), []],
    ['in another account', by('DetachUserPolicy', { userName: 'alice', policyArn }, { recipientAccountId: '210987654321' }), []],
    ['another policy', by('DetachUserPolicy', { userName: 'alice', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }), []],
    ['that AWS refused', by('DetachUserPolicy', { userName: 'alice', policyArn }, { errorCode: 'AccessDenied' }), []],
    ['of another service', by('DetachUserPolicy', { userName: 'alice', policyArn }, { eventSource: 'example.amazonaws.com' }), []],
    ['the key switched on', by('UpdateAccessKey', { userName: 'alice', accessKeyId: 'AKIAONE', status: 'Active' }), ['keys']],
    ['without a name', by('UpdateAccessKey', { accessKeyId: 'AKIAONE', status: 'Active' }), ['keys']],
    ['a key that was left on', by('UpdateAccessKey', { userName: 'alice', accessKeyId: 'AKIATWO', status: 'Active' }), []],
    ['a key switched off', by('UpdateAccessKey', { userName: 'alice', accessKeyId: 'AKIAONE', status: 'Inactive' }), []],
    ['the deny deleted', by('DeleteRolePolicy', { roleName: 'web', policyName: 'signin-responder-older-sessions' }), ['sessions']],
    ['another deny', by('DeleteRolePolicy', { roleName: 'web', policyName: 'signin-responder-session-x' }), []],
    ['what is no text', by('UpdateAccessKey', { userName: ['alice'], accessKeyId: { a: 1 }, status: 'Active' }), []],
  ])('%s', (_what, event, given) => {
    const found = Object.entries(states).flatMap(([name, left]) => (stateBy(event, { left }) === undefined ? [] : [name]));
    expect(found).toEqual(given);
  });

  it('is news when it happened after what was taken, and was not found before', () => {
    const event = by('DetachUserPolicy', { userName: 'alice', policyArn });
    const contained = { seq: 1, on: 'alice', at: at - 1, left: states.quarantine } as unknown as Contained;
    expect(isNewsOf(event, contained)).toBe(true);
    expect(isNewsOf(event, { ...contained, at })).toBe(false);
    expect(isNewsOf(event, { ...contained, brokenAt: at })).toBe(false);
  });
});
