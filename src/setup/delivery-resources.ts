/** How messages reach the responder, and how people hear of it when they do not. */
import { ownAlarms } from '../domain/alarm/own-alarms.ts';
import { keptSeconds } from './event-letters.ts';
import { att, type Json, ref } from './functions.ts';
import { mailRule } from './mailed-events.ts';

export function delivery(): Json {
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
      Condition: 'WithEndpoint',
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
      Properties: { QueueName: 'signin-responder-dead-letters', SqsManagedSseEnabled: true, MessageRetentionPeriod: keptSeconds },
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

export function withoutTls(Action: string | readonly string[], Resource: Json | readonly Json[]): Json {
  return { Sid: 'TlsOnly', Effect: 'Deny', Principal: '*', Action, Resource, Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
}

/** Who watches the watchman: these alarms reach people by mail, on a topic that the responder does not listen to. */
export function deadMansSwitch(): Json {
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
            {
              Sid: 'EventsAboutTheResponder',
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sns:Publish',
              Resource: ref('WatchTopic'),
              Condition: { ArnEquals: { 'aws:SourceArn': att(mailRule, 'Arn') } },
            },
            withoutTls('sns:Publish', ref('WatchTopic')),
          ],
        },
      },
    },
    NotDelivered: alarm(
      ownAlarms.notDelivered,
      'The responder does not take messages from its topic: it is down, or its address or certificate is wrong',
      {
        Namespace: 'AWS/SNS',
        MetricName: 'NumberOfNotificationsFailed',
        ...dimension('TopicName', 'Topic'),
      },
    ),
    DeadLettersWaiting: alarm(ownAlarms.deadLetters, 'Messages that the responder never took wait in the dead-letter queue', {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      ...dimension('QueueName', 'DeadLetters'),
      Statistic: 'Maximum',
    }),
    EventsNotDelivered: alarm(
      ownAlarms.eventsNotDelivered,
      'EventBridge could not publish to the responder’s topic: its policy, its key or its name was changed',
      {
        Namespace: 'AWS/Events',
        MetricName: 'FailedInvocations',
        Dimensions: [
          { Name: 'EventBusName', Value: ref('Bus') },
          { Name: 'RuleName', Value: 'signin-responder-to-topic' },
        ],
      },
    ),
    EventsWaiting: alarm(ownAlarms.busDeadLetters, 'Events that EventBridge could not publish wait in the dead-letter queue', {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      ...dimension('QueueName', 'BusDeadLetters'),
      Statistic: 'Maximum',
    }),
  };
}

/** It watches nothing and is quiet by itself; the responder sets it off, and waits for its message. */
export function canary(): Json {
  return {
    CanaryAlarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: ownAlarms.canary,
        AlarmDescription: 'Set off every hour by the responder itself, to see whether alarms come through',
        Namespace: 'SigninResponderCanary',
        MetricName: 'canary',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        Threshold: 1,
        TreatMissingData: 'notBreaching',
        AlarmActions: [ref('Topic')],
      },
    },
  };
}
