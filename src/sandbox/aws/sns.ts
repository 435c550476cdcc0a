/** SNS: topics and their subscriptions. Source: the SNS API reference. */
import { randomUUID } from 'node:crypto';
import { AwsError } from './errors.ts';
import { deadLetterQueueOf } from './names.ts';
import type { Json, Operations } from './operation.ts';
import type { Topic } from './shapes.ts';
import type { AwsState } from './state.ts';

const mostBytes = 262_144;

/** @param seen told of each page that is published */
export function snsOperations(state: AwsState, seen: (what: string, status: string) => void): Operations {
  const topicOf = (account: string, arn: unknown): Topic => {
    const found = state.accounts[account]?.topics[String(arn)];
    if (found === undefined) throw new AwsError('NotFound', 'Topic does not exist', 404);
    return found;
  };
  return {
    ConfirmSubscription: (_caller, input) => ({ SubscriptionArn: `${input.TopicArn}:00000000-0000-0000-0000-000000000000` }),
    Publish: (_caller, input) => {
      const topicArn = String(input.TopicArn);
      topicOf(topicArn.split(':')[4] ?? '', topicArn);
      refuseUnpublishable(input);
      const page = { at: state.clock.now(), topicArn, subject: String(input.Subject ?? ''), message: String(input.Message), messageId: randomUUID() };
      state.pages.push(page);
      seen(`page: ${page.subject || page.message}`, topicArn.split(':').at(-1) ?? '');
      return { MessageId: page.messageId };
    },
    GetTopicAttributes: ({ account }, { TopicArn }) => ({
      Attributes: {
        entry: [
          { key: 'TopicArn', value: String(TopicArn) },
          { key: 'SignatureVersion', value: topicOf(account, TopicArn).signatureVersion },
        ],
      },
    }),
    GetSubscriptionAttributes: ({ account }, { SubscriptionArn }) => {
      const parts = String(SubscriptionArn).split(':');
      const found = topicOf(account, parts.slice(0, 6).join(':')).subscriptions[Number(parts.at(-1)?.slice(-1))];
      const entry = [{ key: 'RawMessageDelivery', value: String(found?.raw ?? false) }];
      const redrive = JSON.stringify({ deadLetterTargetArn: deadLetterQueueOf(parts.slice(0, 6).join(':')) });
      return { Attributes: { entry: found?.deadLetters ? [...entry, { key: 'RedrivePolicy', value: redrive }] : entry } };
    },
    ListSubscriptionsByTopic: ({ account }, { TopicArn }) => ({
      Subscriptions: topicOf(account, TopicArn).subscriptions.map(({ protocol, endpoint, confirmed }, index) => ({
        TopicArn: String(TopicArn),
        Protocol: protocol,
        Endpoint: endpoint,
        Owner: account,
        SubscriptionArn: confirmed ? `${TopicArn}:00000000-0000-0000-0000-00000000000${index}` : 'PendingConfirmation',
      })),
    }),
  };
}

/** Source: Publish in the SNS API reference. */
function refuseUnpublishable({ Subject, Message, MessageStructure }: Json): void {
  const refused = (what: string): AwsError => new AwsError('InvalidParameter', `Invalid parameter: ${what}`);
  const message = String(Message ?? '');
  if (message === '') throw refused('Empty message');
  if (Buffer.byteLength(message) > mostBytes) throw refused('Message too long');
  if (Subject !== undefined && !/^[!-~][ -~]{0,98}$/.test(String(Subject))) throw refused('Subject');
  if (MessageStructure !== 'json') return;
  const isWhole = /"default"\s*:\s*"/.test(message);
  if (!isWhole) throw refused('Message Structure - No default entry in JSON message body');
}
