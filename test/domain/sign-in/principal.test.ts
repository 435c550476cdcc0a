import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/domain/json.ts';
import { errorOf, outcomeOf } from '../../../src/domain/sign-in/outcome.ts';
import { principalOf } from '../../../src/domain/sign-in/principal.ts';

const account = '123456789012';
const other = '999988887777';
const hidden = 'HIDDEN_DUE_TO_SECURITY_REASONS';
const arn = (path: string, service = 'sts') => `arn:aws:${service}::${account}:${path}`;
const step = { eventSource: 'signin.amazonaws.com', eventType: 'AwsServiceEvent', additionalEventData: { AuthWorkflowID: 'w' } };

function of(userIdentity: Json, more: Json = {}) {
  const { kind, name, nameIs, directory } = principalOf({ eventSource: 'ec2.amazonaws.com', ...more, userIdentity }, account);
  return [kind, name ?? nameIs, directory?.userId];
}

describe('who a record says that it was', () => {
  it.each<[string, unknown[], Json, Json?]>([
    ['an IAM user', ['iam-user', 'alice', undefined], { type: 'IAMUser', userName: 'alice' }],
    ['an IAM user by ARN alone', ['iam-user', 'alice', undefined], { type: 'IAMUser', arn: arn('user/team/alice', 'iam') }],
    [
      'an IAM user through CloudFormation',
      ['iam-user', 'alice', undefined],
      { type: 'IAMUser', userName: 'alice', invokedBy: 'cloudformation.amazonaws.com' },
    ],
    ['root', ['root', 'root', undefined], { type: 'Root', arn: arn('root', 'iam') }],
    ['a role session', ['role-session', 'deploy/ci', undefined], { type: 'AssumedRole', arn: arn('assumed-role/deploy/ci') }],
    ['a federated user', ['federated-user', 'frank', undefined], { type: 'FederatedUser', arn: arn('federated-user/frank') }],
    ['a SAML user', ['federated-user', 'x@example.com', undefined], { type: 'SAMLUser', userName: 'x@example.com' }],
    [
      "a permission set's session",
      ['identity-center-user', 'dora@example.com', undefined],
      { type: 'AssumedRole', arn: arn('assumed-role/AWSReservedSSO_Admin_01/dora@example.com') },
    ],
    [
      'the same with its issuer',
      ['identity-center-user', 'dora@example.com', undefined],
      {
        type: 'AssumedRole',
        arn: arn('assumed-role/AWSReservedSSO_Admin_01/dora@example.com'),
        sessionContext: { sessionIssuer: { arn: arn('role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_01', 'iam') } },
      },
    ],
    [
      'a session of a role that somebody gave such a name, and that of whomever he likes',
      ['role-session', 'AWSReservedSSO_Admin_01/dora@example.com', undefined],
      {
        type: 'AssumedRole',
        arn: arn('assumed-role/AWSReservedSSO_Admin_01/dora@example.com'),
        sessionContext: { sessionIssuer: { arn: arn('role/AWSReservedSSO_Admin_01', 'iam') } },
      },
    ],
    [
      'the same with an id',
      ['identity-center-user', 'dora', 'u1'],
      { type: 'AssumedRole', arn: arn('assumed-role/AWSReservedSSO_Admin_01/dora'), onBehalfOf: { userId: 'u1' } },
    ],
    [
      'an Identity Center user by id',
      ['identity-center-user', 'not-in-record', 'u1'],
      { type: 'IdentityCenterUser', onBehalfOf: { userId: 'u1' } },
      step,
    ],
    ['an Identity Center user with neither', ['identity-center-user', 'not-in-record', undefined], { type: 'IdentityCenterUser' }, step],
    [
      'an administrator of Identity Center, who is no step of it',
      ['role-session', 'admin/eve', undefined],
      { type: 'AssumedRole', arn: arn('assumed-role/admin/eve') },
      { eventSource: 'sso.amazonaws.com', eventType: 'AwsApiCall' },
    ],
    ['a service', ['service', 'ec2.amazonaws.com', undefined], { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' }],
    [
      'AWS itself',
      ['service', 'kms.amazonaws.com', undefined],
      { accountId: account, invokedBy: 'AWS Internal' },
      { eventSource: 'kms.amazonaws.com', eventType: 'AwsServiceEvent' },
    ],
    [
      'a service-linked role',
      ['service', 'autoscaling.amazonaws.com', undefined],
      {
        type: 'AssumedRole',
        arn: arn('assumed-role/AWSServiceRoleForAutoScaling/AutoScaling'),
        invokedBy: 'autoscaling.amazonaws.com',
        sessionContext: { sessionIssuer: { arn: arn('role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling', 'iam') } },
      },
    ],
    ['another account', ['account', other, undefined], { type: 'AWSAccount', accountId: other, principalId: 'AIDAEXAMPLE' }],
    ['anybody', ['unknown', 'not-in-record', undefined], { type: 'AWSAccount', accountId: 'anonymous', principalId: 'anonymous' }],
    [
      'a user of WorkSpaces',
      ['unknown', 'exampleuser', undefined],
      { type: 'Unknown', userName: 'exampleuser' },
      { eventSource: 'signin.amazonaws.com', eventType: 'AwsServiceEvent' },
    ],
  ])('%s', (_what, expected, identity, more) => {
    expect(of(identity, more)).toEqual(expected);
  });

  it.each<[string, string, Json, Json?]>([
    ['as the user name', 'iam-user', { type: 'IAMUser', userName: hidden, accessKeyId: '' }],
    ['as the principal id', 'iam-user', { type: 'IAMUser', principalId: hidden }],
    ['within the ARN', 'iam-user', { type: 'IAMUser', arn: arn(`user/${hidden}`, 'iam') }],
    ['as the name of an Identity Center step', 'identity-center-user', { type: 'Unknown', userName: hidden }, step],
    [
      'beside an Identity Center step',
      'identity-center-user',
      { type: 'IdentityCenterUser' },
      { ...step, additionalEventData: { AuthWorkflowID: 'w', UserName: hidden } },
    ],
    ['as the id of an Identity Center user', 'identity-center-user', { type: 'IdentityCenterUser', onBehalfOf: { userId: hidden } }, step],
  ])('AWS hides a name %s', (_where, kind, identity, more) => {
    expect(of(identity, more)).toEqual([kind, 'hidden', undefined]);
  });

  it('never throws, and never tells the placeholder', () => {
    fc.assert(
      fc.property(fc.object(), fc.constantFrom('IAMUser', 'AssumedRole', 'Unknown', hidden), (identity, type) => {
        expect(principalOf({ userIdentity: { ...identity, type } }, account).name ?? '').not.toContain(hidden);
      }),
    );
  });
});

describe('what came of it', () => {
  const signIn = { eventSource: 'signin.amazonaws.com' };
  it.each<[string, string, Json]>([
    ['a word', 'success', { ...signIn, responseElements: { ConsoleLogin: 'Success' } }],
    ['the other word', 'failure', { ...signIn, responseElements: { PasswordUpdated: 'Failure' } }],
    ['a word and an error', 'unknown', { ...signIn, responseElements: { ConsoleLogin: 'Success' }, errorMessage: 'Failed authentication' }],
    ['an error alone', 'failure', { ...signIn, errorMessage: 'Failed authentication' }],
    ['nothing', 'unknown', signIn],
    ['a step', 'failure', { ...signIn, serviceEventDetails: { CredentialVerification: 'Failure' } }],
    ['success of aws login', 'success', { ...signIn, additionalEventData: { success: 'true' } }],
    ['failure of aws login', 'failure', { ...signIn, additionalEventData: { success: false } }],
    ['a call without an error', 'success', { eventSource: 'iam.amazonaws.com' }],
    ['a call with one', 'failure', { eventSource: 'iam.amazonaws.com', errorCode: 'AccessDenied' }],
    ['a call whose answer holds the word', 'success', { eventSource: 'ec2.amazonaws.com', responseElements: { state: 'Failure' } }],
  ])('%s', (_what, expected, record) => {
    expect(outcomeOf(record)).toBe(expected);
  });

  it('and the error of any record', () => {
    expect(errorOf({ errorCode: 'AccessDenied', errorMessage: 'no' })).toEqual({ code: 'AccessDenied', message: 'no' });
    expect(errorOf({ errorCode: '', errorMessage: 7 })).toEqual({ code: undefined, message: undefined });
  });
});
