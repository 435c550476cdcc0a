/**
 * What the responder may do, least first: reading and responding are two roles, and each response demands the Slack user as STS SourceIdentity.
 * Source: the service authorization reference for each action's resources and condition keys.
 */
import { ownAlarmNames } from '../domain/alarm/own-alarms.ts';
import { denyAllPolicy } from '../domain/response/kept-state.ts';
import type { AllowedBy, Part } from '../domain/response/parts.ts';
import { protectedTag } from '../domain/response/protected.ts';
import { type MemberPermission, memberPermissionsOf } from '../domain/response/response.ts';
import { ruleQueueName } from '../domain/sweep/letters.ts';
import { responses } from '../features/responses.ts';
import { queueActions } from './event-letters.ts';

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  /** None where it says who may assume a role. */
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, unknown>>;
}

export const readRoleName = 'signin-responder-read';
export const respondRoleName = 'signin-responder-respond';

export const iamHere = (resource: string): object => ({ 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:${resource}` });
const here = (service: string, resource: string): object => ({ 'Fn::Sub': `arn:\${AWS::Partition}:${service}:*:\${AWS::AccountId}:${resource}` });

/** The actions whose Resource must be `*`, and why. A test holds that there are no others. */
export const forcedWildcards: Readonly<Record<string, string>> = {
  'cloudtrail:LookupEvents': 'has no resource type: it reads the account’s event history',
  'cloudtrail:DescribeTrails': 'has no resource type',
  'cloudwatch:DescribeAlarms': 'composite alarms are listed only for whoever may ask for all',
  'cloudwatch:DescribeAlarmHistory': 'the same',
  'events:ListRules': 'has no resource type',
  'iam:GetAccountPasswordPolicy': 'has no resource type: there is one policy per account',
  'iam:ListUsers': 'has no resource type: it names users, with their paths, and nothing else of them',
  'iam:ListVirtualMFADevices': 'has no resource type',
  'logs:TestMetricFilter': 'has no resource type: it runs a pattern over lines that are given, and reads no log',
  'signin:ListSessions': 'is in no reference yet, so no resource of it is known',
  'signin:GetSession': 'the same',
  'signin:BatchRevokeSessions': 'the same',
  'sso:ListInstances': 'has no resource type: it names the one instance of the organisation',
  'identitystore:DescribeUser': 'its resources carry neither account nor name, and the store is not known here',
};

export const readStatements: readonly Statement[] = [
  {
    Sid: 'ReadWhatHasNoResource',
    Effect: 'Allow',
    Action: [
      'cloudtrail:LookupEvents',
      'cloudtrail:DescribeTrails',
      'cloudwatch:DescribeAlarms',
      'cloudwatch:DescribeAlarmHistory',
      'events:ListRules',
      'iam:GetAccountPasswordPolicy',
      'iam:ListUsers',
      'iam:ListVirtualMFADevices',
      'identitystore:DescribeUser',
      'logs:TestMetricFilter',
    ],
    Resource: '*',
  },
  {
    Sid: 'ReadTrails',
    Effect: 'Allow',
    Action: ['cloudtrail:GetTrailStatus', 'cloudtrail:GetEventSelectors'],
    Resource: here('cloudtrail', 'trail/*'),
  },
  // A muted alarm notifies nobody: coverage and /signin-status say which are.
  { Sid: 'ReadMuteRules', Effect: 'Allow', Action: ['cloudwatch:ListAlarmMuteRules'], Resource: here('cloudwatch', 'alarm-mute-rule:*') },
  { Sid: 'ReadFilters', Effect: 'Allow', Action: ['logs:DescribeMetricFilters'], Resource: here('logs', 'log-group:*') },
  {
    Sid: 'ReadUsers',
    Effect: 'Allow',
    Action: [
      'iam:GetUser',
      'iam:GetLoginProfile',
      'iam:ListMFADevices',
      'iam:ListAccessKeys',
      'iam:GetAccessKeyLastUsed',
      'iam:ListAttachedUserPolicies',
      'iam:ListUserPolicies',
      'iam:ListGroupsForUser',
    ],
    Resource: iamHere('user/*'),
  },
  // Who is an administrator, by the names of what is attached.
  { Sid: 'ReadGroups', Effect: 'Allow', Action: ['iam:ListAttachedGroupPolicies', 'iam:ListGroupPolicies'], Resource: iamHere('group/*') },
  // The Check button: what the acting role may, before it is used. Of that role alone.
  { Sid: 'SimulateTheActingRole', Effect: 'Allow', Action: ['iam:SimulatePrincipalPolicy'], Resource: iamHere(`role/${respondRoleName}`) },
  // Events that the rules of a region could not send; what is taken in is removed.
  { Sid: 'EmptyDeadLetters', Effect: 'Allow', Action: queueActions, Resource: here('sqs', ruleQueueName) },
];

/**
 * What an alarm counted is read in the log group that it counted in, and in no other: whoever may filter a log group may read all of it.
 * @param groups ARNs of the log groups
 */
export function readLogs(groups: unknown): Statement {
  return { Sid: 'ReadWhatAlarmsCounted', Effect: 'Allow', Action: ['logs:FilterLogEvents'], Resource: groups };
}

/** What each kind of resource is, and the name of the statement about it. */
const resources: Record<MemberPermission['on'], { readonly sid: string; readonly resource: unknown }> = {
  alarm: { sid: 'RespondToAlarms', resource: here('cloudwatch', 'alarm:*') },
  user: { sid: 'RespondToUsers', resource: iamHere('user/*') },
  role: { sid: 'RespondToRoles', resource: iamHere('role/*') },
  mfa: { sid: 'RespondToMfaDevices', resource: iamHere('mfa/*') },
  session: { sid: 'RespondToSignInSessions', resource: '*' },
};

/** The policy that the template makes, which denies everything: no other can be attached or detached by the responder. */
const denyAll = iamHere(`policy${denyAllPolicy.path}${denyAllPolicy.name}`);
export const denyAllDocument = policy([{ Sid: 'DenyAll', Effect: 'Deny', Action: ['*'], Resource: '*' }]);

/** Whatever is allowed one day: not on what the responder itself is made of, nor on the alarms that tell of its death. */
export const neverItself: Statement = {
  Sid: 'NeverItself',
  Effect: 'Deny',
  Action: ['*'],
  Resource: [
    iamHere('role/signin-responder*'),
    here('cloudformation', 'stack/signin-responder*'),
    ...ownAlarmNames.map((name) => here('cloudwatch', `alarm:${name}`)),
  ],
};

const needed = memberPermissionsOf(responses);

/** What the responses need, one statement for each kind of resource; of users never those that are tagged as protected. */
export const respondStatements: readonly Statement[] = [...respondStatementsFor(needed.filter(({ part }) => part === undefined)), neverItself];

const readSignInSessions: Statement = {
  Sid: 'ReadSignInSessions',
  Effect: 'Allow',
  Action: ['signin:ListSessions', 'signin:GetSession'],
  Resource: '*',
};

/** What a part of the template allows besides: to the role that reads, and to the one that responds. */
export const partStatements: Readonly<Record<Part, { readonly read: readonly Statement[]; readonly respond: readonly Statement[] }>> = {
  ContainUsers: {
    read: [readSignInSessions],
    respond: respondStatementsFor(ofPart('ContainUsers')),
  },
  ContainRoles: {
    read: [
      { Sid: 'ReadRoles', Effect: 'Allow', Action: ['iam:GetRole', 'iam:ListAttachedRolePolicies'], Resource: resources.role.resource },
      readSignInSessions,
    ],
    respond: [...respondStatementsFor(ofPart('ContainRoles')), neverRolesOfAws('iam:AttachRolePolicy', 'iam:DetachRolePolicy')],
  },
};

function ofPart(wanted: Part): MemberPermission[] {
  const allowing: readonly (AllowedBy | undefined)[] = [wanted, 'each'];
  return needed.filter(({ part }) => part !== undefined && allowing.includes(part));
}

function respondStatementsFor(permissions: readonly MemberPermission[]): Statement[] {
  const alike = Map.groupBy(permissions, ({ on, withPolicy }) => `${on}${withPolicy === undefined ? '' : ' policy'}`);
  const allowed = [...alike.values()].map((all): Statement => {
    const [{ on, withPolicy }] = all as [MemberPermission];
    const { sid, resource } = resources[on];
    const Action = all.map(({ action }) => action);
    if (withPolicy === undefined) return { Sid: sid, Effect: 'Allow', Action, Resource: resource };
    return { Sid: `${sid}ByDenyAll`, Effect: 'Allow', Action, Resource: resource, Condition: { ArnEquals: { 'iam:PolicyARN': denyAll } } };
  });
  return [...allowed, ...neverProtected(permissions, 'user', 'NeverProtectedUsers'), ...neverProtected(permissions, 'role', 'NeverProtectedRoles')];
}

/** AWS refuses these itself; that rests on no list of AWS's. */
export function neverRolesOfAws(...Action: string[]): Statement {
  return { Sid: 'NeverRolesOfAws', Effect: 'Deny', Action, Resource: [iamHere('role/aws-service-role/*'), iamHere('role/aws-reserved/*')] };
}

export function neverProtected(permissions: readonly Pick<MemberPermission, 'action' | 'on'>[], on: 'user' | 'role', Sid: string): Statement[] {
  const Action = permissions.filter((one) => one.on === on).map(({ action }) => action);
  const Condition = { StringEquals: { [`aws:ResourceTag/${protectedTag.key}`]: protectedTag.value } };
  return Action.length === 0 ? [] : [{ Sid, Effect: 'Deny', Action, Resource: resources[on].resource, Condition }];
}

export function policy(statements: readonly Statement[]): object {
  return { Version: '2012-10-17', Statement: statements };
}
