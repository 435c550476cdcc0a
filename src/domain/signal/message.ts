interface MessageId {
  readonly topicArn: string;
  readonly messageId: string;
}

/** As SNS sends it, and sends it again. */
export interface PublishedMessage extends MessageId {
  /** Milliseconds since the epoch. */
  readonly publishedAt: number;
}

/** Tells messages apart: an id is unique within its topic. */
export function messageKey({ topicArn, messageId }: MessageId): string {
  return `${topicArn} ${messageId}`;
}
