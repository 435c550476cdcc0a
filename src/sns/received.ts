import type { ReceivedMessage } from '../domain/signal/notice.ts';
import type { Envelope } from './envelope.ts';

/** @param ahead by how many milliseconds the injected clock is ahead of the one that SNS dates by */
export function receivedOf(message: Envelope, ahead: number): ReceivedMessage {
  const subject = message.Type === 'Notification' ? (message.Subject ?? undefined) : undefined;
  const publishedAt = Date.parse(message.Timestamp) + ahead;
  return { topicArn: message.TopicArn, messageId: message.MessageId, subject, message: message.Message, publishedAt };
}
