/** What is deployed once, in the account and region of the trail's log group: topic, filters, alarms, event bus, the responder's own role. */
import { filterPattern } from '../domain/detection/condition.ts';
import { alarmName, type DetectionId, detectionIds, detectionOf } from '../domain/detection/detections.ts';
import { busQueueName } from '../domain/sweep/letters.ts';
import { auditConditions, auditOutputs, auditParameters, auditResources } from './audit-resources.ts';
import { canary, deadMansSwitch, delivery } from './delivery-resources.ts';
import { eventLetters, queueActions } from './event-letters.ts';
import { att, type Json, ref, sub } from './functions.ts';
import { mailedEvents } from './mailed-events.ts';
import { identityCenterRoleName, rootAccessRoleName } from './management-template.ts';
import { isSet, organizationId } from './parameters.ts';
import { policy, readRoleName, respondRoleName } from './policies.ts';
import { sessionsRoleName } from './sessions-role.ts';

export const metricNamespace = 'SigninResponder';

/** Of a rule for events that only read. Source: "Receiving read-only management events from AWS services" in the EventBridge user guide. */
export const readOnlyRuleState = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

/** `console-sign-in-failures` → `ConsoleSignInFailures`, for the names of resources and parameters. */
export function resourceName(id: DetectionId): string {
  return id
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

export function centralTemplate(): Json {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'Sign-in Responder, central: topic, subscription, metric filters and alarms, event bus, and the role the responder runs as',
    Parameters: parameters(),
    Conditions: {
      WithEndpoint: isSet('Endpoint'),
      WithLogGroup: isSet('LogGroupName'),
      WithPager: isSet('EscalationTopicArn'),
      InOrganization: isSet('OrganizationId'),
      Elsewhere: isSet('RunsAs'),
      ...auditConditions,
      OnInstance: { 'Fn::And': [{ 'Fn::Equals': [ref('RunsAs'), ''] }, { 'Fn::Equals': [ref('RunsOn'), instances] }] },
      OnInstanceInChina: { 'Fn::And': [{ Condition: 'OnInstance' }, { 'Fn::Equals': [ref('AWS::Partition'), 'aws-cn'] }] },
    },
    Resources: {
      ...delivery(),
      ...Object.assign({}, ...detectionIds.map(detectionResources)),
      ...directPath(),
      ...deadMansSwitch(),
      ...mailedEvents(),
      ...canary(),
      ...role(),
      ...auditResources('ResponderRole'),
    },
    Outputs: {
      TopicArn: { Description: 'For SNS_TOPIC_ARNS', Value: ref('Topic') },
      BusArn: { Description: 'For the regional rules: CentralBusArn', Value: att('Bus', 'Arn') },
      CanaryAlarmArn: { Description: 'For CANARY_ALARM', Value: att('CanaryAlarm', 'Arn') },
      ...auditOutputs,
      ResponderRoleArn: { Description: 'For the member roles: ResponderRoleArn', Value: att('ResponderRole', 'Arn') },
    },
  };
}

function parameters(): Json {
  const thresholds = detectionIds.map((id) => [
    `${resourceName(id)}Threshold`,
    {
      Type: 'Number',
      MinValue: 1,
      Default: detectionOf(id).alarm.threshold,
      Description: `${detectionOf(id).title}: events in ${detectionOf(id).alarm.seconds} s`,
    },
  ]);
  return {
    LogGroupName: {
      Type: 'String',
      Default: '',
      Description: 'The CloudWatch Logs log group of a multi-region trail; empty: no filters and alarms, EventBridge only',
    },
    Endpoint: {
      Type: 'String',
      Default: '',
      AllowedPattern: '^(https://[^\\s]+/sns)?$',
      Description: 'Where the responder listens: https://HOST/sns; leave it out until it does, for it has to confirm',
    },
    Email: {
      Type: 'String',
      AllowedPattern: '^[^@\\s]+@[^@\\s]+$',
      Description: 'Told when the responder itself does not take messages; never through the responder',
    },
    RunsOn: {
      Type: 'String',
      Default: 'ecs-tasks.amazonaws.com',
      AllowedValues: ['ecs-tasks.amazonaws.com', instances],
      Description: 'What the responder runs on; its task or instance gets the role made here',
    },
    RunsAs: {
      Type: 'String',
      Default: '',
      AllowedPattern: '^(arn:[^\\s]+)?$',
      Description: 'Elsewhere than in AWS: the ARN of the role or user that assumes the role made here',
    },
    OrganizationId: organizationId('Whose accounts may send events to the bus; empty: this account only'),
    EscalationTopicArn: {
      Type: 'String',
      Default: '',
      AllowedPattern: '^(arn:[^\\s]+:sns:[^\\s]+)?$',
      Description: 'For ESCALATION_TOPIC_ARN: the topic of the pager, which the responder may then publish to; empty: none',
    },
    ...auditParameters,
    ...Object.fromEntries(thresholds),
  };
}

function detectionResources(id: DetectionId): Json {
  const { title, condition, alarm, means, mails } = detectionOf(id);
  const name = resourceName(id);
  return {
    [`${name}Filter`]: {
      Type: 'AWS::Logs::MetricFilter',
      Condition: 'WithLogGroup',
      Properties: {
        FilterName: alarmName(id),
        LogGroupName: ref('LogGroupName'),
        FilterPattern: filterPattern(condition),
        MetricTransformations: [{ MetricName: id, MetricNamespace: metricNamespace, MetricValue: '1' }],
      },
    },
    [`${name}Alarm`]: {
      Type: 'AWS::CloudWatch::Alarm',
      Condition: 'WithLogGroup',
      Properties: {
        AlarmName: alarmName(id),
        AlarmDescription: `${title}. ${means}`,
        MetricName: id,
        Namespace: metricNamespace,
        Statistic: 'Sum',
        Period: alarm.seconds,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        Threshold: ref(`${name}Threshold`),
        TreatMissingData: 'notBreaching',
        // What is about the responder itself reaches people without it too.
        AlarmActions: [ref('Topic'), ...(mails ? [ref('WatchTopic')] : [])],
        OKActions: [ref('Topic')],
      },
    },
  };
}

/** Events of all regions and accounts come together on a bus of their own, and from there to the topic. */
function directPath(): Json {
  const put = { Action: 'events:PutEvents', Resource: att('Bus', 'Arn') };
  return {
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'signin-responder' } },
    ...eventLetters('BusDeadLetters', busQueueName, ['BusToTopic']),
    BusOfThisAccount: {
      Type: 'AWS::Events::EventBusPolicy',
      Properties: {
        EventBusName: ref('Bus'),
        StatementId: 'this-account',
        Statement: { Effect: 'Allow', Principal: { AWS: sub(`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:root`) }, ...put },
      },
    },
    BusOfTheOrganization: {
      Type: 'AWS::Events::EventBusPolicy',
      Condition: 'InOrganization',
      Properties: {
        EventBusName: ref('Bus'),
        StatementId: 'organization',
        Statement: { Effect: 'Allow', Principal: '*', ...put, Condition: { StringEquals: { 'aws:PrincipalOrgID': ref('OrganizationId') } } },
      },
    },
    BusToTopic: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Name: 'signin-responder-to-topic',
        Description: 'All that the regional rules send, to the topic',
        EventBusName: ref('Bus'),
        // Nobody but AWS itself can put events of such a source.
        EventPattern: { source: [{ prefix: 'aws.' }], detail: { eventSource: [{ exists: true }] } },
        State: readOnlyRuleState,
        Targets: [{ Id: 'topic', Arn: ref('Topic'), DeadLetterConfig: { Arn: att('BusDeadLetters', 'Arn') } }],
      },
    },
  };
}

/** AWS China names EC2 otherwise than all other partitions, and takes no other name. Source: "IAM", Getting Started with Amazon Web Services in China. */
const instances = 'ec2.amazonaws.com';
const runsOn = { 'Fn::If': ['OnInstanceInChina', `${instances}.cn`, ref('RunsOn')] };

function role(): Json {
  const member = (name: string): Json => sub(`arn:\${AWS::Partition}:iam::*:role/${name}`);
  return {
    ResponderRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'signin-responder',
        Description:
          'What the responder runs as: confirms its subscription, empties its dead-letter queues, sets the canary alarm off, assumes the member roles',
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { 'Fn::If': ['Elsewhere', { AWS: ref('RunsAs') }, { Service: runsOn }] }, Action: 'sts:AssumeRole' },
          ],
        },
        Policies: [
          {
            PolicyName: 'responder',
            PolicyDocument: policy([
              {
                Sid: 'ReadAndRespondInTheNameOfAPerson',
                Effect: 'Allow',
                Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
                Resource: [readRoleName, respondRoleName, sessionsRoleName, identityCenterRoleName, rootAccessRoleName].map(member),
              },
              {
                Sid: 'Subscription',
                Effect: 'Allow',
                Action: ['sns:ConfirmSubscription', 'sns:GetTopicAttributes', 'sns:ListSubscriptionsByTopic', 'sns:GetSubscriptionAttributes'],
                Resource: ref('Topic'),
              },
              { Sid: 'SetOffCanary', Effect: 'Allow', Action: ['cloudwatch:SetAlarmState'], Resource: att('CanaryAlarm', 'Arn') },
              { Sid: 'DeadLetters', Effect: 'Allow', Action: queueActions, Resource: [att('DeadLetters', 'Arn'), att('BusDeadLetters', 'Arn')] },
            ]),
          },
        ],
      },
    },
    NotifyPager: {
      Type: 'AWS::IAM::Policy',
      Condition: 'WithPager',
      Properties: {
        PolicyName: 'notify-pager',
        Roles: [ref('ResponderRole')],
        PolicyDocument: policy([{ Sid: 'NotifyPager', Effect: 'Allow', Action: ['sns:Publish'], Resource: ref('EscalationTopicArn') }]),
      },
    },
    InstanceProfile: {
      Type: 'AWS::IAM::InstanceProfile',
      Condition: 'OnInstance',
      Properties: { InstanceProfileName: 'signin-responder', Roles: [ref('ResponderRole')] },
    },
  };
}
