/** Queues of what services could not deliver. */

import type { Place } from '../detection/coverage.ts';
import { asList, asObject, asText, type Json, parseObject } from '../json.ts';
import { nameIn, partitionOf, placeOf } from '../place.ts';
import type { ReceivedMessage } from '../signal/notice.ts';
import type { Signal } from '../signal/signal.ts';

/** What a service could not deliver, in a queue. */
export interface Letter {
  readonly id: string;
  /** By which it is removed. */
  readonly receipt: string;
  readonly body: string;
  /** When it was put there. */
  readonly sentAt: number;
}

/** Of queues, by ARN. Throws `not-found` for one that does not exist, `throttled`, `denied`, `unavailable`. */
export interface Letters {
  /** Some of those that wait; nobody else is given them for the next two minutes. Empty: there is none. */
  receive(queue: string): Promise<Letter[]>;
  remove(queue: string, letters: readonly Letter[]): Promise<void>;
  /** The queue's own policy, as JSON text; undefined: it has none. */
  policy(queue: string): Promise<string | undefined>;
}

/** What a letter of SNS says, or why it is not believed. Throws where its certificate cannot be had for now. */
export type ReadLetter = (body: string) => Promise<{ message: ReceivedMessage; signals: readonly Signal[] } | { refused: string }>;

/** SQS keeps a message for 14 days at most. What is remembered of messages and events must outlive that, or a letter is taken twice. */
export const longestKeptMs = 14 * 24 * 3_600_000;

/** As the templates name them: of the rules in every account and region, and of the rule that sends from the central bus to the topic. */
export const ruleQueueName = 'signin-responder-rule-dead-letters';
export const busQueueName = 'signin-responder-bus-dead-letters';

export function queueArn({ account, region }: Place, name: string): string {
  return `arn:${partitionOf(region) ?? 'aws'}:sqs:${region}:${account}:${name}`;
}

/** Whether a queue holds events of EventBridge, which carry no signature. */
export function holdsEvents(arn: string): boolean {
  return [ruleQueueName, busQueueName].includes(nameIn(arn));
}

/**
 * Whether nobody but EventBridge may put anything into a queue, and EventBridge only for our own rules of that account and region: then what is in
 * it is as good as signed. A policy that cannot be told for sure says no. Source: "Using dead-letter queues" (EventBridge user guide), "Basic
 * examples of policies" (SQS developer guide); `aws:PrincipalIsAWSService` in the IAM user guide.
 */
export function onlyOurRulesMaySend(policy: string | undefined, arn: string): boolean {
  const statements = asList(parseObject(policy ?? '')?.Statement).map(asObject);
  const sending = statements.filter(({ Effect, Action, NotAction }) => Effect === 'Allow' && (NotAction !== undefined || isSending(Action)));
  const isClosed = statements.some(closesToOthers);
  return isClosed && sending.length > 0 && sending.every((statement) => isOfOurRules(statement, placeOf(arn)));
}

const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

function isSending(actions: unknown): boolean {
  return listed(actions).some((action) => /^(\*|sqs:(\*|send.*|.*\*.*|.*\?.*))$/i.test(String(action)));
}

/** Whoever is no service of AWS is denied, whatever his own policies allow. */
function closesToOthers({ Effect, Principal, Action, Condition }: Json): boolean {
  const condition = asObject(Condition);
  const value = asText(asObject(condition.Bool)['aws:PrincipalIsAWSService']);
  return (
    Effect === 'Deny' && Principal === '*' && Object.keys(condition).length === 1 && value === 'false' && listed(Action).includes('sqs:SendMessage')
  );
}

function isOfOurRules({ Principal, Action, Condition }: Json, { account, region }: Place): boolean {
  const principal = asObject(Principal);
  const isEventBridge = Object.keys(principal).length === 1 && principal.Service === 'events.amazonaws.com' && Action === 'sqs:SendMessage';
  const sources = listed(asObject(asObject(Condition).ArnEquals)['aws:SourceArn']).map(String);
  const ours = new RegExp(`^arn:[a-z-]+:events:${region}:${account}:rule/(signin-responder/)?signin-responder-[A-Za-z0-9-]+$`);
  return isEventBridge && sources.length > 0 && sources.every((source) => ours.test(source));
}
