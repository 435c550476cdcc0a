import type { Ports } from '../domain/ports.ts';

/**
 * Confirms a subscription by the signed API call, with AuthenticateOnUnsubscribe, so that only the owner can end it. SubscribeURL is never
 * fetched: it is text that a stranger may have chosen.
 * @throws AppError `denied`, `throttled` or `unavailable`, so that SNS tries again
 */
export async function confirmSubscription(ports: Ports, topicArn: string, token: string): Promise<void> {
  await ports.subscriptions.confirm(topicArn, token);
  await ports.store.remember(`subscribed:${topicArn}`, 'confirmed', ports.clock.now());
  ports.log.info({ topicArn }, 'subscription confirmed');
}
