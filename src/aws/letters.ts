import type { SQSClient } from '@aws-sdk/client-sqs';
import { nameIn, placeOf, queueUrlOf } from '../domain/place.ts';
import type { Letters } from '../domain/sweep/letters.ts';
import { ruleQueueName } from '../domain/sweep/letters.ts';
import type { Accounts } from './accounts.ts';
import { sdk } from './sdk.ts';

const mostAtOnce = 10;
/** Longer than it takes to take one in. */
const hiddenSeconds = 120;

/** The Letters port over SQS. */
export function lettersOf(accounts: Accounts): Letters {
  return {
    receive: async (queue) => {
      const client = await queueClient(accounts, queue);
      const input = {
        QueueUrl: queueUrlOf(queue),
        MaxNumberOfMessages: mostAtOnce,
        VisibilityTimeout: hiddenSeconds,
        // Waiting a moment asks all of SQS's servers, and not just some.
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ['SentTimestamp' as const],
      };
      const { Messages = [] } = await accounts.called('ReceiveMessage', false, () => client.send(new sdk.sqs.ReceiveMessageCommand(input)));
      return Messages.map(({ MessageId = '', ReceiptHandle = '', Body = '', Attributes }) => ({
        id: MessageId,
        receipt: ReceiptHandle,
        body: Body,
        sentAt: Number(Attributes?.SentTimestamp ?? 0),
      }));
    },
    remove: async (queue, letters) => {
      const client = await queueClient(accounts, queue);
      for (const { receipt } of letters) {
        const input = { QueueUrl: queueUrlOf(queue), ReceiptHandle: receipt };
        await accounts.called('DeleteMessage', false, () => client.send(new sdk.sqs.DeleteMessageCommand(input)));
      }
    },
    policy: async (queue) => {
      const client = await queueClient(accounts, queue);
      const input = { QueueUrl: queueUrlOf(queue), AttributeNames: ['Policy' as const] };
      const { Attributes } = await accounts.called('GetQueueAttributes', false, () => client.send(new sdk.sqs.GetQueueAttributesCommand(input)));
      return Attributes?.Policy;
    },
  };
}

/** The queues of the rules are in every account; the others are beside the topic, where the responder's own credentials may read them. */
export async function queueClient(accounts: Accounts, queue: string): Promise<SQSClient> {
  const { account, region } = placeOf(queue);
  return nameIn(queue) === ruleQueueName ? accounts.sqs(account, region) : accounts.ownSqs(region);
}
