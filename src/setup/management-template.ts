/**
 * What is deployed in the management account, where it is wanted: a role for Identity Center and one for root users of member accounts. Each reads
 * for anybody who may use the responder, and changes only in the name of a Slack user. Sources: the service authorization reference of IAM Identity
 * Center, Identity Store and STS; IAM user guide, "Centrally manage root access for member accounts".
 */
import { rootTasks } from '../domain/response/root-access.ts';
import { att, type Json, ref, sub } from './functions.ts';
import { assumedRoleParameters, isSet, isYes, yesOrNo } from './parameters.ts';
import { policy, type Statement } from './policies.ts';
import { readTrust, slackUsers } from './trust.ts';

export const identityCenterRoleName = 'signin-responder-identity-center';
export const rootAccessRoleName = 'signin-responder-root-access';

const task = (name: string): object => sub(`arn:\${AWS::Partition}:iam::aws:policy/${name}`);
const ofPerson = { StringLike: { 'aws:SourceIdentity': slackUsers } };

/** Instances and directories have ids that nobody knows before; what is in them is named by kind. */
const instance = sub(`arn:\${AWS::Partition}:sso:::instance/*`);
const permissionSets = sub(`arn:\${AWS::Partition}:sso:::permissionSet/*`);
const accounts = sub(`arn:\${AWS::Partition}:sso:::account/*`);
const directory = sub(`arn:\${AWS::Partition}:identitystore::\${AWS::AccountId}:identitystore/*`);
const inDirectory = (kind: string): object => sub(`arn:\${AWS::Partition}:identitystore:::${kind}/*`);

const identityCenterStatements: readonly Statement[] = [
  { Sid: 'FindInstance', Effect: 'Allow', Action: ['sso:ListInstances'], Resource: '*' },
  {
    Sid: 'ReadAssignments',
    Effect: 'Allow',
    Action: [
      'sso:ListAccountAssignmentsForPrincipal',
      'sso:DescribeAccountAssignmentDeletionStatus',
      'sso:DescribePermissionSet',
      'sso:ListManagedPoliciesInPermissionSet',
      'sso:ListCustomerManagedPolicyReferencesInPermissionSet',
      'sso:GetInlinePolicyForPermissionSet',
    ],
    Resource: [instance, permissionSets],
  },
  {
    Sid: 'ReadDirectory',
    Effect: 'Allow',
    Action: ['identitystore:DescribeUser', 'identitystore:GetUserId', 'identitystore:DescribeGroup', 'identitystore:ListGroupMembershipsForMember'],
    Resource: [directory, inDirectory('user'), inDirectory('group'), inDirectory('membership')],
  },
  {
    Sid: 'RemoveAssignments',
    Effect: 'Allow',
    Action: ['sso:DeleteAccountAssignment'],
    Resource: [instance, permissionSets, accounts],
    Condition: ofPerson,
  },
  {
    Sid: 'LeaveGroups',
    Effect: 'Allow',
    Action: ['identitystore:DeleteGroupMembership'],
    Resource: [directory, inDirectory('user'), inDirectory('group'), inDirectory('membership')],
    Condition: ofPerson,
  },
];

const anyRoot = sub(`arn:\${AWS::Partition}:iam::*:root`);

const rootAccessStatements: readonly Statement[] = [
  {
    Sid: 'AuditRoot',
    Effect: 'Allow',
    Action: ['sts:AssumeRoot'],
    Resource: anyRoot,
    Condition: { ArnEquals: { 'sts:TaskPolicyArn': task(rootTasks.audit) } },
  },
  {
    Sid: 'DeleteRootCredentials',
    Effect: 'Allow',
    Action: ['sts:AssumeRoot'],
    Resource: anyRoot,
    Condition: { ArnEquals: { 'sts:TaskPolicyArn': task(rootTasks.remove) }, ...ofPerson },
  },
];

const organization = { condition: 'InOrganization', id: ref('OrganizationId') };

/** The Check button: what a role may, asked by itself of itself alone. */
const simulates = (RoleName: string): Statement => ({
  Sid: 'SimulateItself',
  Effect: 'Allow',
  Action: ['iam:SimulatePrincipalPolicy'],
  Resource: sub(`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${RoleName}`),
});

function role(RoleName: string, Condition: string, Description: string, statements: readonly Statement[]): Json {
  return {
    Type: 'AWS::IAM::Role',
    Condition,
    Properties: {
      RoleName,
      Description,
      AssumeRolePolicyDocument: readTrust(ref('ResponderRoleArn'), organization),
      MaxSessionDuration: 3_600,
      Policies: [{ PolicyName: 'responder', PolicyDocument: policy([...statements, simulates(RoleName)]) }],
    },
  };
}

const output = (resource: string, Condition: string, Description: string): Json => ({
  Condition,
  Description,
  Value: att(resource, 'Arn'),
});

export function managementRoleTemplate(): Json {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'Sign-in Responder, management account: roles that take access from Identity Center users and from root users of member accounts',
    Parameters: {
      ...assumedRoleParameters,
      ContainIdentityCenter: yesOrNo('Assignments and group memberships of Identity Center users can be removed'),
      ContainRoot: yesOrNo('Credentials of root users of member accounts can be listed and deleted; root access management must be on in IAM'),
    },
    Conditions: {
      InOrganization: isSet('OrganizationId'),
      ForIdentityCenter: isYes('ContainIdentityCenter'),
      ForRoot: isYes('ContainRoot'),
    },
    Resources: {
      IdentityCenterRole: role(
        identityCenterRoleName,
        'ForIdentityCenter',
        'Reads assignments and groups, and removes them only in the name of a Slack user',
        identityCenterStatements,
      ),
      RootAccessRole: role(
        rootAccessRoleName,
        'ForRoot',
        'Lists credentials of root users of member accounts, and deletes them only in the name of a Slack user',
        rootAccessStatements,
      ),
    },
    Outputs: {
      IdentityCenterRoleArn: output('IdentityCenterRole', 'ForIdentityCenter', 'Set IDENTITY_CENTER_ROLE to it'),
      RootAccessRoleArn: output('RootAccessRole', 'ForRoot', 'Set ROOT_ACCESS_ROLE to it'),
    },
  };
}
