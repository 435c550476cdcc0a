/** What is deployed once, in the account and region of the trail's log group: topic, filters, alarms, event bus, the responder's own role. */
import { filterPattern } from '../domain/condition.ts';
import { alarmName, type DetectionId, detectionIds, detectionOf } from '../domain/detections.ts';
import { policy, readRoleName, respondRoleName } from './policies.ts';

type Json = Record<string, unknown>;

const ref = (Ref: string): Json => ({ Ref });
const att = (name: string, attribute: string): Json => ({ 'Fn::GetAtt': [name, attribute] });
const sub = (text: string): Json => ({ 'Fn::Sub': text });

export const metricNamespace = 'SigninResponder';

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
    Conditions: { InOrganization: { 'Fn::Not': [{ 'Fn::Equals': [ref('OrganizationId'), ''] }] } },
    Resources: { ...delivery(), ...Object.assign({}, ...detectionIds.map(detectionResources)), ...directPath(), ...deadMansSwitch(), ...role() },
    Outputs: {
      TopicArn: { Description: 'For SNS_TOPIC_ARNS', Value: ref('Topic') },
      BusArn: { Description: 'For the regional rules: CentralBusArn', Value: att('Bus', 'Arn') },
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
    LogGroupName: { Type: 'String', MinLength: 1, Description: 'The CloudWatch Logs log group of a multi-region trail' },
    Endpoint: { Type: 'String', AllowedPattern: '^https://[^\\s]+/sns$', Description: 'Where the responder listens: https://HOST/sns' },
    Email: {
      Type: 'String',
      AllowedPattern: '^[^@\\s]+@[^@\\s]+$',
      Description: 'Told when the responder itself does not take messages; never through the responder',
    },
    RunsAs: {
      Type: 'String',
      AllowedPattern: '^arn:[^\\s]+$',
      Description: 'ARN of the role or user that the responder process runs as; it assumes the role made here',
    },
    OrganizationId: {
      Type: 'String',
      Default: '',
      AllowedPattern: '^(o-[a-z0-9]{10,32})?$',
      Description: 'Whose accounts may send events to the bus; empty: this account only',
    },
    ...Object.fromEntries(thresholds),
  };
}

function delivery(): Json {
  const publishing = (Sid: string, Service: string, Condition: Json): Json => ({
    Sid,
    Effect: 'Allow',
    Principal: { Service },
    Action: 'sns:Publish',
    Resource: ref('Topic'),
    Condition,
  });
  return {
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'signin-responder', SignatureVersion: '2' } },
    TopicPolicy: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: {
        Topics: [ref('Topic')],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            publishing('AlarmsOfThisAccount', 'cloudwatch.amazonaws.com', { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } }),
            publishing('EventsOfTheBus', 'events.amazonaws.com', { ArnEquals: { 'aws:SourceArn': att('BusToTopic', 'Arn') } }),
            withoutTls('sns:Publish', ref('Topic')),
          ],
        },
      },
    },
    Subscription: {
      Type: 'AWS::SNS::Subscription',
      DependsOn: 'DeadLettersPolicy',
      Properties: {
        TopicArn: ref('Topic'),
        Protocol: 'https',
        Endpoint: ref('Endpoint'),
        RedrivePolicy: { deadLetterTargetArn: att('DeadLetters', 'Arn') },
        // An hour is the most that SNS tries an HTTPS endpoint.
        DeliveryPolicy: { healthyRetryPolicy: { numRetries: 60, minDelayTarget: 20, maxDelayTarget: 60, backoffFunction: 'linear' } },
      },
    },
    DeadLetters: {
      Type: 'AWS::SQS::Queue',
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
      Properties: { QueueName: 'signin-responder-dead-letters', SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 },
    },
    DeadLettersPolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [ref('DeadLetters')],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'LettersOfTheTopic',
              Effect: 'Allow',
              Principal: { Service: 'sns.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: att('DeadLetters', 'Arn'),
              Condition: { ArnEquals: { 'aws:SourceArn': ref('Topic') } },
            },
            withoutTls('sqs:SendMessage', att('DeadLetters', 'Arn')),
          ],
        },
      },
    },
  };
}

function withoutTls(Action: string, Resource: Json): Json {
  return { Sid: 'TlsOnly', Effect: 'Deny', Principal: '*', Action, Resource, Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
}

function detectionResources(id: DetectionId): Json {
  const { title, condition, alarm, means } = detectionOf(id);
  const name = resourceName(id);
  return {
    [`${name}Filter`]: {
      Type: 'AWS::Logs::MetricFilter',
      Properties: {
        FilterName: alarmName(id),
        LogGroupName: ref('LogGroupName'),
        FilterPattern: filterPattern(condition),
        MetricTransformations: [{ MetricName: id, MetricNamespace: metricNamespace, MetricValue: '1' }],
      },
    },
    [`${name}Alarm`]: {
      Type: 'AWS::CloudWatch::Alarm',
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
        AlarmActions: [ref('Topic')],
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
        EventPattern: { detail: { eventSource: [{ exists: true }] } },
        State: 'ENABLED',
        Targets: [{ Id: 'topic', Arn: ref('Topic') }],
      },
    },
  };
}

/** Who watches the watchman: these alarms reach people by mail, on a topic that the responder does not listen to. */
function deadMansSwitch(): Json {
  const alarm = (AlarmName: string, AlarmDescription: string, metric: Json): Json => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName,
      AlarmDescription,
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
      AlarmActions: [ref('WatchTopic')],
      ...metric,
    },
  });
  const dimension = (Name: string, name: string): Json => ({ Dimensions: [{ Name, Value: att(name, Name) }] });
  return {
    WatchTopic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'signin-responder-watch', SignatureVersion: '2' } },
    WatchMail: { Type: 'AWS::SNS::Subscription', Properties: { TopicArn: ref('WatchTopic'), Protocol: 'email', Endpoint: ref('Email') } },
    WatchTopicPolicy: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: {
        Topics: [ref('WatchTopic')],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'AlarmsOfThisAccount',
              Effect: 'Allow',
              Principal: { Service: 'cloudwatch.amazonaws.com' },
              Action: 'sns:Publish',
              Resource: ref('WatchTopic'),
              Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } },
            },
            withoutTls('sns:Publish', ref('WatchTopic')),
          ],
        },
      },
    },
    NotDelivered: alarm(
      'signin-responder-not-delivered',
      'The responder does not take messages from its topic: it is down, or its address or certificate is wrong',
      {
        Namespace: 'AWS/SNS',
        MetricName: 'NumberOfNotificationsFailed',
        ...dimension('TopicName', 'Topic'),
      },
    ),
    DeadLettersWaiting: alarm('signin-responder-dead-letters', 'Messages that the responder never took wait in the dead-letter queue', {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      ...dimension('QueueName', 'DeadLetters'),
      Statistic: 'Maximum',
    }),
  };
}

function role(): Json {
  const member = (name: string): Json => sub(`arn:\${AWS::Partition}:iam::*:role/${name}`);
  return {
    ResponderRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'signin-responder',
        Description: 'What the responder runs as: it may confirm its subscription and assume the member roles, nothing else',
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { AWS: ref('RunsAs') }, Action: 'sts:AssumeRole' }],
        },
        Policies: [
          {
            PolicyName: 'responder',
            PolicyDocument: policy([
              { Sid: 'Read', Effect: 'Allow', Action: ['sts:AssumeRole'], Resource: member(readRoleName) },
              {
                Sid: 'RespondInTheNameOfAPerson',
                Effect: 'Allow',
                Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
                Resource: member(respondRoleName),
              },
              {
                Sid: 'Subscription',
                Effect: 'Allow',
                Action: ['sns:ConfirmSubscription', 'sns:GetTopicAttributes', 'sns:ListSubscriptionsByTopic'],
                Resource: ref('Topic'),
              },
            ]),
          },
        ],
      },
    },
  };
}
