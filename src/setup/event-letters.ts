/** A queue for what EventBridge could not deliver: only EventBridge puts anything there, and only for our own rules. */
import { longestKeptMs } from '../domain/sweep/letters.ts';
import { att, type Json, ref } from './functions.ts';

export const queueActions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'] as const;
export const keptSeconds = longestKeptMs / 1_000;

/**
 * What the queue holds carries no signature. Its policy stands for one: it names the rules, and shuts out everybody who is no service of AWS, whatever
 * his own policies allow. The responder reads it, and believes the queue only while it says so.
 * @param rules logical names of the rules
 */
export function eventLetters(name: string, QueueName: string, rules: readonly string[]): Json {
  const send = { Action: 'sqs:SendMessage', Resource: att(name, 'Arn') };
  return {
    [name]: {
      Type: 'AWS::SQS::Queue',
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
      Properties: { QueueName, SqsManagedSseEnabled: true, MessageRetentionPeriod: keptSeconds },
    },
    [`${name}Policy`]: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [ref(name)],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'LettersOfTheRules',
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              ...send,
              Condition: { ArnEquals: { 'aws:SourceArn': rules.map((rule) => att(rule, 'Arn')) } },
            },
            { Sid: 'NobodyElse', Effect: 'Deny', Principal: '*', ...send, Condition: { Bool: { 'aws:PrincipalIsAWSService': 'false' } } },
          ],
        },
      },
    },
  };
}
