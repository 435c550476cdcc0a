import { expect, it } from 'vitest';
import { aftermathLines, aftermathOf, aftermathSteps, beyondUser } from '../../../src/domain/response/aftermath.ts';

const at = Date.parse('2026-11-26T06:00:00Z');
const alice = { account: '123456789012', name: 'alice' };
const record = (eventName: string, requestParameters: object, responseElements: object = {}) => ({
  eventName,
  eventTime: new Date(at).toISOString(),
  userIdentity: { userName: 'alice' },
  requestParameters,
  responseElements,
});

it('of a user who is denied everything, only what others can use goes on, each with what stops it', () => {
  const found = aftermathOf(
    [
      record('CreateAccessKey', { userName: 'alice' }, { accessKey: { accessKeyId: 'AKIAALICEQQQQQQQQQQQ' } }),
      record('CreateAccessKey', {}),
      record('CreateLoginProfile', { userName: 'alice' }),
      record('CreateAccessKey', { userName: 'alicea' }, { accessKey: { accessKeyId: 'AKIAALICEAQQQQQQQQQQ' } }),
      record('CreateUser', { userName: 'support-2' }),
      record('CreateRole', { roleName: 'back-door' }),
      record('AssumeRole', { roleArn: 'arn:aws:iam::123456789012:role/data-team' }),
    ],
    at + 60_000,
  );
  const beyond = beyondUser(found, 'alice');
  const lines = aftermathLines(beyond, alice);
  expect(lines[0]?.of).toEqual({ what: 'sessions', whose: { kind: 'role', name: 'data-team', account: '123456789012' } });
  expect(lines.map(({ text }) => text)).toEqual([
    'role data-team, which alice assumed: its sessions run until 2026-11-26 07:00 UTC',
    'access key of alicea (AKIA…QQQQ), made by alice 2026-11-26 06:00 UTC',
    'user support-2, made by alice 2026-11-26 06:00 UTC',
    'role back-door, made by alice 2026-11-26 06:00 UTC',
  ]);
  const { steps, roles } = aftermathSteps(beyond, alice);
  expect(steps).toContain('User support-2: More responses, “Somebody else, by name”, Contain.');
  expect(steps).toContain('User alicea: More responses, “Somebody else, by name”, Contain.');
  expect(steps).toContain('Role back-door: end its older sessions by the command below.');
  expect(roles.map(({ name }) => name)).toEqual(['data-team', 'back-door']);
});

it('knows what gives more to others, or lets others in', () => {
  const policyArn = 'arn:aws:iam::123456789012:policy/devs';
  const found = aftermathOf(
    [
      record('AddUserToGroup', { userName: 'helper', groupName: 'admins' }),
      record('CreatePolicyVersion', { policyArn, setAsDefault: true }),
      record('SetDefaultPolicyVersion', { policyArn, versionId: 'v1' }),
      record('AttachGroupPolicy', { groupName: 'devs', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }),
      record('PutGroupPolicy', { groupName: 'devs', policyName: 'all' }),
      record('CreateSAMLProvider', { name: 'okta-2' }),
      record('CreateOpenIDConnectProvider', { url: 'https://idp.example.com' }),
      record('UpdateUser', { userName: 'bob', newUserName: 'robert' }),
    ],
    at + 60_000,
  );
  expect(aftermathLines(found, alice).map(({ text }) => text.replace(', made by alice 2026-11-26 06:00 UTC', ''))).toEqual([
    'group membership of helper in admins',
    `version of policy ${policyArn}`,
    `other default version of policy ${policyArn}`,
    'policy attached to group devs',
    'inline policy of group devs',
    'SAML provider okta-2',
    'OpenID Connect provider https://idp.example.com',
    'new name of a user, robert (before: bob)',
  ]);
  const { steps, commands } = aftermathSteps(found, alice);
  expect(steps).toEqual(['User robert: More responses, “Somebody else, by name”, Contain.']);
  expect(commands).toHaveLength(6);
  expect(aftermathOf([record('UpdateUser', { userName: 'bob', newPath: '/x/' })], at).made).toEqual([]);
  const reset = aftermathOf([record('UpdateLoginProfile', { userName: 'helper' }), record('UpdateLoginProfile', { userName: 'alice' })], at);
  expect(beyondUser(reset, 'alice').made.map(({ name }) => name)).toEqual(['helper']);
});

it('names the account of a role that is not of the user’s', () => {
  const roles = ['123456789012', '999988887777'].map((account) => record('AssumeRole', { roleArn: `arn:aws:iam::${account}:role/ops` }));
  const found = aftermathOf(roles, at + 60_000);
  expect(aftermathLines(found, alice).map(({ text }) => text)).toEqual([
    'role ops, which alice assumed: its sessions run until 2026-11-26 07:00 UTC',
    'role ops in account 999988887777, which alice assumed: its sessions run until 2026-11-26 07:00 UTC',
  ]);
  expect(aftermathSteps(found, alice).steps).toEqual([
    'Role ops: end its older sessions by the command below.',
    'Role ops in account 999988887777: end its older sessions by the command below, with credentials of that account.',
  ]);
});
