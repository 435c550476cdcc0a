/** What is deployed in every account, as StackSets: the roles once per account, the rules in every region where sign-ins are recorded. */
import { rulePattern } from '../domain/detection/detection.ts';
import { alarmName, type DetectionId, detectionIds, detectionOf } from '../domain/detection/detections.ts';
import { partitions } from '../domain/place.ts';
import { denyAllPolicy } from '../domain/response/kept-state.ts';
import { type Part, parts } from '../domain/response/parts.ts';
import { ruleQueueName } from '../domain/sweep/letters.ts';
import { readOnlyRuleState, resourceName } from './central-template.ts';
import { eventLetters } from './event-letters.ts';
import type { Json } from './functions.ts';
import { assumedRoleParameters, isSet, isYes, yesOrNo } from './parameters.ts';
import {
  denyAllDocument,
  partStatements,
  policy,
  readLogs,
  readRoleName,
  readStatements,
  respondRoleName,
  respondStatements,
  type Statement,
} from './policies.ts';
import { sessionsReadStatements, sessionsRoleName, sessionsStatements } from './sessions-role.ts';
import { readTrust, respondTrust } from './trust.ts';

export function memberRolesTemplate(): Json {
  const role = (RoleName: string, Description: string, AssumeRolePolicyDocument: object, PolicyDocument: object): Json => ({
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName,
      Description,
      AssumeRolePolicyDocument,
      MaxSessionDuration: 3_600,
      Policies: [{ PolicyName: 'responder', PolicyDocument }],
    },
  });
  const principal = { Ref: 'ResponderRoleArn' };
  const organization = { condition: 'InOrganization', id: { Ref: 'OrganizationId' } };
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'Sign-in Responder, every account: one role that reads, one that responds in the name of a Slack user',
    Parameters: {
      ...assumedRoleParameters,
      LogGroupArns: {
        Type: 'CommaDelimitedList',
        Default: '',
        Description:
          'The log groups that alarms count in, the trail’s first, as arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*; empty: none is read, and cards cannot say who set an alarm off',
      },
      ...Object.fromEntries(parts.map((part) => [part, yesOrNo(partDescriptions[part])])),
      DenySessions: yesOrNo(sessionsDescription),
    },
    Conditions: {
      InOrganization: isSet('OrganizationId'),
      ReadsLogs: { 'Fn::Not': [{ 'Fn::Equals': [{ 'Fn::Join': ['', { Ref: 'LogGroupArns' }] }, ''] }] },
      ...Object.fromEntries(parts.map((part) => [`With${part}`, isYes(part)])),
      WithDenySessions: isYes('DenySessions'),
      WithAnyPart: { 'Fn::Or': parts.map((part) => ({ Condition: `With${part}` })) },
    },
    Resources: {
      ReadRole: role(
        readRoleName,
        'Reads sign-in events, alarms, filters and what IAM says of a user',
        readTrust(principal, organization),
        policy(readStatements),
      ),
      ReadLogs: {
        Type: 'AWS::IAM::Policy',
        Condition: 'ReadsLogs',
        Properties: { PolicyName: 'logs-behind-alarms', Roles: [{ Ref: 'ReadRole' }], PolicyDocument: policy([readLogs({ Ref: 'LogGroupArns' })]) },
      },
      RespondRole: role(
        respondRoleName,
        'Resets alarms, passwords and MFA, only in the name of a Slack user',
        respondTrust(principal, organization),
        policy(respondStatements),
      ),
      DenyAll: {
        Type: 'AWS::IAM::ManagedPolicy',
        Condition: 'WithAnyPart',
        Properties: {
          ManagedPolicyName: denyAllPolicy.name,
          Path: denyAllPolicy.path,
          Description: 'Quarantine by Sign-in Responder: denies everything to the user or role that it is attached to',
          PolicyDocument: denyAllDocument,
        },
      },
      ...Object.fromEntries(parts.flatMap((part) => [ofPart(part, 'Read'), ofPart(part, 'Respond')])),
      SessionsRole: {
        ...role(
          sessionsRoleName,
          'Denies sessions by policies in users and roles, only in the name of a Slack user',
          respondTrust(principal, organization),
          policy(sessionsStatements),
        ),
        Condition: 'WithDenySessions',
      },
      DenySessionsRead: {
        Type: 'AWS::IAM::Policy',
        Condition: 'WithDenySessions',
        Properties: { PolicyName: 'deny-sessions', Roles: [{ Ref: 'ReadRole' }], PolicyDocument: policy(sessionsReadStatements) },
      },
    },
  };
}

const partDescriptions: Record<Part, string> = {
  ContainUsers:
    'yes: access keys of IAM users can be switched off and on, signin-responder/deny-all attached to users and detached, and sign-in sessions that AWS lists ended',
  ContainRoles: 'yes: signin-responder/deny-all can be attached to roles and detached, and sign-in sessions that AWS lists ended',
};

const sessionsDescription =
  'yes: a role of its own may write policies in users and roles, to deny sessions: whoever controls the responder and that role is administrator here';

/** What a part allows is a policy of its own, so that it goes with its parameter. */
function ofPart(part: Part, role: 'Read' | 'Respond'): [string, Json] {
  const statements: readonly Statement[] = partStatements[part][role === 'Read' ? 'read' : 'respond'];
  const PolicyName = `${part.replace(/^Contain/, 'contain-').toLowerCase()}`;
  const Properties = { PolicyName, Roles: [{ Ref: `${role}Role` }], PolicyDocument: policy(statements) };
  return [`${part}${role}`, { Type: 'AWS::IAM::Policy', Condition: `With${part}`, Properties }];
}

export function regionalRulesTemplate(): Json {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `Sign-in Responder, every account, in every region in use (in the partition aws also ${partitions.aws.signIn.regions.join(', ')}): sign-in events, to the central bus`,
    Parameters: {
      CentralBusArn: {
        Type: 'String',
        AllowedPattern: '^arn:[^\\s]+:event-bus/signin-responder$',
        Description: 'Output BusArn of the central stack',
      },
    },
    Resources: {
      SenderRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          Description: 'Lets the rules of this region send to the central bus',
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: 'events.amazonaws.com' },
                Action: 'sts:AssumeRole',
                Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
              },
            ],
          },
          Policies: [
            {
              PolicyName: 'send',
              PolicyDocument: policy([{ Sid: 'Send', Effect: 'Allow', Action: ['events:PutEvents'], Resource: { Ref: 'CentralBusArn' } }]),
            },
          ],
        },
      },
      ...Object.fromEntries(detectionIds.map((id) => [`${resourceName(id)}Rule`, rule(id)])),
      ...eventLetters(
        'RuleDeadLetters',
        ruleQueueName,
        detectionIds.map((id) => `${resourceName(id)}Rule`),
      ),
    },
  };
}

function rule(id: DetectionId): Json {
  const detection = detectionOf(id);
  return {
    Type: 'AWS::Events::Rule',
    Properties: {
      Name: alarmName(id),
      Description: detection.title,
      State: detection.needsReadOnlyEvents ? readOnlyRuleState : 'ENABLED',
      EventPattern: rulePattern(detection),
      Targets: [
        {
          Id: 'central',
          Arn: { Ref: 'CentralBusArn' },
          RoleArn: { 'Fn::GetAtt': ['SenderRole', 'Arn'] },
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['RuleDeadLetters', 'Arn'] } },
        },
      ],
    },
  };
}
