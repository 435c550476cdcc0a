import { asAppError } from '../domain/error.ts';
import type { Pager } from '../domain/incident/page.ts';
import { placeOf } from '../domain/place.ts';
import type { Accounts } from './accounts.ts';
import { onFirstUse, sdk } from './sdk.ts';

/** The Pager port over SNS. Tried once: the SDK's own retry would publish again what may have been published. */
export function pagerOf(accounts: Accounts, topicArn: string): Pager {
  const client = onFirstUse(() => accounts.sns(placeOf(topicArn).region, 1));
  return {
    topicArn,
    publish: async ({ subject, text }) => {
      const input = { TopicArn: topicArn, Subject: subject, Message: text };
      const { MessageId = '' } = await accounts.called('Publish', true, () => client().send(new sdk.sns.PublishCommand(input)));
      return MessageId;
    },
  };
}

/** By a message that is none for any protocol, which SNS refuses, so that it reaches nobody whatever the permission is. */
export async function publishFaultOf(accounts: Accounts, topicArn: string): Promise<string | undefined> {
  const client = accounts.sns(placeOf(topicArn).region, 1);
  const input = { TopicArn: topicArn, Message: '{}', MessageStructure: 'json' };
  try {
    await accounts.called('Publish', true, () => client.send(new sdk.sns.PublishCommand(input)));
    return undefined;
  } catch (thrown) {
    const { code, message } = asAppError(thrown);
    return code === 'refused' ? undefined : message;
  }
}
