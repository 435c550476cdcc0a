export interface MessageId {
  readonly topicArn: string;
  readonly messageId: string;
}

/** Tells messages apart: an id is unique within its topic, and SNS sends a message again under the same. */
export function messageKey({ topicArn, messageId }: MessageId): string {
  return `${topicArn} ${messageId}`;
}
