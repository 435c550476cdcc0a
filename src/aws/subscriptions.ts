import { ConfirmSubscriptionCommand } from '@aws-sdk/client-sns';
import { placeOf } from '../domain/place.ts';
import type { Subscriptions } from '../domain/ports.ts';
import type { Accounts } from './accounts.ts';

/** The Subscriptions port over SNS. */
export function subscriptionsOf(accounts: Accounts): Subscriptions {
  return {
    confirm: async (topicArn, token) => {
      const client = accounts.sns(placeOf(topicArn).region);
      const input = { TopicArn: topicArn, Token: token, AuthenticateOnUnsubscribe: 'true' };
      await accounts.called('ConfirmSubscription', true, () => client.send(new ConfirmSubscriptionCommand(input)));
    },
  };
}
