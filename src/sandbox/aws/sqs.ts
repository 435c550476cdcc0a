/** SQS: what services put into dead-letter queues, and its receiving. Source: the SQS API reference. */
import { createHash, randomUUID } from 'node:crypto';
import { AwsError } from './errors.ts';
import type { Caller, Json, Operations } from './operation.ts';
import type { Letter, Queue } from './queue.ts';
import type { AwsState } from './state.ts';

const mostAtOnce = 10;
const defaultVisibility = 30;
/** Of a queue that does not say: four days. */
const defaultRetention = 345_600;

export interface QueueName {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

export function queueNamed(arn: string): QueueName {
  const [, , , region = '', account = '', name = ''] = arn.split(':');
  return { account, region, name };
}

/** A service puts a message into a queue; false when there is none. */
export function putLetter(state: AwsState, { account, region, name }: QueueName, body: string): boolean {
  const queue = state.accounts[account]?.queues.find((one) => one.region === region && one.name === name);
  if (queue === undefined) return false;
  const now = state.clock.now();
  queue.letters.push({ messageId: randomUUID(), body, sentAt: now, visibleAt: now, receipt: null, receives: 0 });
  return true;
}

export function sqsOperations(state: AwsState): Operations {
  const queueOf = (caller: Caller, url: unknown): Queue => {
    const [account, name] = new URL(String(url)).pathname.split('/').slice(-2);
    if (account !== caller.account) throw new AwsError('AccessDenied', 'Access to the resource is denied.', 403);
    const found = state.accounts[account]?.queues.find((one) => one.region === caller.region && one.name === name);
    if (found === undefined) throw new AwsError('AWS.SimpleQueueService.NonExistentQueue', 'The specified queue does not exist.');
    const oldest = state.clock.now() - (found.retentionSeconds ?? defaultRetention) * 1_000;
    found.letters = found.letters.filter(({ sentAt }) => sentAt >= oldest);
    return found;
  };
  return {
    ReceiveMessage: (caller, input) => receive(state, queueOf(caller, input.QueueUrl), input),
    DeleteMessage: (caller, { QueueUrl, ReceiptHandle }) => {
      const fault = remove(queueOf(caller, QueueUrl), ReceiptHandle);
      if (fault !== undefined) throw new AwsError(fault, 'The input receipt handle is invalid.');
      return {};
    },
    GetQueueAttributes: (caller, { QueueUrl, AttributeNames = [] }) => attributesOf(caller, queueOf(caller, QueueUrl), AttributeNames as string[]),
  };
}

function receive(state: AwsState, queue: Queue, input: Json): Json {
  const { MaxNumberOfMessages: most = 1, VisibilityTimeout: hidden = defaultVisibility, WaitTimeSeconds: wait = 0 } = input as Record<string, number>;
  if (most < 1 || most > mostAtOnce) throw new AwsError('InvalidParameterValue', 'MaxNumberOfMessages must be between 1 and 10.');
  if (hidden < 0 || hidden > 43_200) throw new AwsError('InvalidParameterValue', 'VisibilityTimeout must be between 0 and 43200.');
  if (wait < 0 || wait > 20) throw new AwsError('InvalidParameterValue', 'WaitTimeSeconds must be between 0 and 20.');
  const now = state.clock.now();
  const names = (input.MessageSystemAttributeNames ?? input.AttributeNames ?? []) as string[];
  const found = queue.letters.filter(({ visibleAt }) => visibleAt <= now).slice(0, most);
  for (const letter of found) Object.assign(letter, { visibleAt: now + hidden * 1_000, receipt: randomUUID(), receives: letter.receives + 1 });
  return found.length === 0 ? {} : { Messages: found.map((letter) => messageOf(letter, names)) };
}

function messageOf({ messageId, body, sentAt, receipt, receives }: Letter, names: readonly string[]): Json {
  const all: Record<string, string> = { SentTimestamp: String(sentAt), ApproximateReceiveCount: String(receives) };
  const asked = Object.entries(all).filter(([name]) => names.includes('All') || names.includes(name));
  return {
    MessageId: messageId,
    ReceiptHandle: receipt,
    MD5OfBody: createHash('md5').update(body, 'utf8').digest('hex'),
    Body: body,
    ...(asked.length > 0 ? { Attributes: Object.fromEntries(asked) } : {}),
  };
}

/** A receipt that a later one has replaced deletes nothing. */
function remove(queue: Queue, receipt: unknown): string | undefined {
  if (typeof receipt !== 'string' || !/^[0-9a-f-]{36}$/.test(receipt)) return 'ReceiptHandleIsInvalid';
  queue.letters = queue.letters.filter((letter) => letter.receipt !== receipt);
  return undefined;
}

function attributesOf({ account }: Caller, queue: Queue, names: readonly string[]): Json {
  const all: Record<string, string | null> = {
    QueueArn: `arn:aws:sqs:${queue.region}:${account}:${queue.name}`,
    ApproximateNumberOfMessages: String(queue.letters.length),
    MessageRetentionPeriod: String(queue.retentionSeconds ?? defaultRetention),
    Policy: queue.policy,
  };
  const unknown = names.find((name) => name !== 'All' && !(name in all));
  if (unknown !== undefined) throw new AwsError('InvalidAttributeName', `The sandbox does not know the attribute ${unknown}.`);
  const asked = Object.entries(all).filter(([name, value]) => value !== null && (names.includes('All') || names.includes(name)));
  return { Attributes: Object.fromEntries(asked) };
}
