/** SNS: topics and their subscriptions. Source: the SNS API reference. */
import { AwsError } from './errors.ts';
import type { Operations } from './operation.ts';
import type { Topic } from './shapes.ts';
import type { AwsState } from './state.ts';

export function snsOperations(state: AwsState): Operations {
  const topicOf = (account: string, arn: unknown): Topic => {
    const found = state.accounts[account]?.topics[String(arn)];
    if (found === undefined) throw new AwsError('NotFound', 'Topic does not exist', 404);
    return found;
  };
  return {
    ConfirmSubscription: (_caller, input) => ({ SubscriptionArn: `${input.TopicArn}:00000000-0000-0000-0000-000000000000` }),
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
      return { Attributes: { entry: found?.deadLetters ? [...entry, { key: 'RedrivePolicy', value: '{}' }] : entry } };
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
