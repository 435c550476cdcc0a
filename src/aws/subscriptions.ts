import { asAppError } from '../domain/error.ts';
import { asText, parseObject } from '../domain/json.ts';
import { placeOf } from '../domain/place.ts';
import type { Subscriptions } from '../domain/ports.ts';
import type { Accounts } from './accounts.ts';
import { sdk } from './sdk.ts';

/** The Subscriptions port over SNS. */
export function subscriptionsOf(accounts: Accounts): Subscriptions {
  return {
    confirm: async (topicArn, token) => {
      const client = accounts.sns(placeOf(topicArn).region);
      const input = { TopicArn: topicArn, Token: token, AuthenticateOnUnsubscribe: 'true' };
      await accounts.called('ConfirmSubscription', true, () => client.send(new sdk.sns.ConfirmSubscriptionCommand(input)));
    },
    deadLetterQueues: async (topicArn) => {
      const client = accounts.sns(placeOf(topicArn).region);
      const own = await accounts.called('ListSubscriptionsByTopic', false, async () => {
        const found: string[] = [];
        for await (const page of sdk.sns.paginateListSubscriptionsByTopic({ client }, { TopicArn: topicArn }))
          for (const { Protocol, Endpoint = '', SubscriptionArn = '' } of page.Subscriptions ?? [])
            if (Protocol === 'https' && Endpoint.endsWith('/sns') && SubscriptionArn.startsWith('arn:')) found.push(SubscriptionArn);
        return found;
      });
      const asked = await Promise.allSettled(
        own.map(async (SubscriptionArn) => {
          const read = () => client.send(new sdk.sns.GetSubscriptionAttributesCommand({ SubscriptionArn }));
          const { Attributes = {} } = await accounts.called('GetSubscriptionAttributes', false, read);
          return deadLettersOf(Attributes.RedrivePolicy) ?? [];
        }),
      );
      const failed = asked.map((one) => (one.status === 'rejected' ? asAppError(one.reason) : undefined));
      const [first] = failed;
      if (first !== undefined && failed.every((one) => one !== undefined)) throw first;
      return {
        queues: [...new Set(asked.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])))],
        faults: own.flatMap((arn, index) => (failed[index] ? [`${arn}: its dead-letter queue is not known. ${failed[index].message}`] : [])),
      };
    },
  };
}

/** The queue that a subscription's redrive policy names. */
export function deadLettersOf(redrivePolicy: string | undefined): string | undefined {
  return asText(parseObject(redrivePolicy ?? '')?.deadLetterTargetArn);
}
