/**
 * The JSON that SNS posts. Source: "Parsing Amazon SNS message formats" (SNS developer guide).
 * MessageAttributes and UnsubscribeURL are not covered by the signature and so are not read at all.
 */
import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { isTopicArn } from '../domain/place.ts';
import { jsonOutline } from './json-outline.ts';

/** Half of a character, which JSON can write and UTF-8 cannot, is signed as a replacement character is: two texts would have one signature. */
const whole = z.string().refine((text) => text.isWellFormed());
/** The text that is signed is lines: a line break in a field that SNS never gives one would let its end pass for the next field. */
const line = whole.regex(/^[^\n\r]*$/);

const common = {
  MessageId: z.string().regex(/^[\x21-\x7e]{1,200}$/),
  TopicArn: z.string().refine(isTopicArn),
  Message: whole,
  Timestamp: z.iso.datetime(),
  SignatureVersion: z.enum(['1', '2']),
  Signature: z.string().min(1),
  SigningCertURL: z.string().min(1),
};

const envelope = z.discriminatedUnion('Type', [
  z.object({ ...common, Type: z.literal('Notification'), Subject: line.nullish() }),
  z.object({
    ...common,
    Type: z.enum(['SubscriptionConfirmation', 'UnsubscribeConfirmation']),
    Token: line.min(1),
    SubscribeURL: line.min(1),
  }),
]);

export type Envelope = z.infer<typeof envelope>;

/**
 * In bytes: V8 keeps the text of which it said that it is no JSON until it clears its whole heap, so it gets no longer one. Between the strings of what SNS
 * posts so much stands only with a thousand message attributes; alarms and rules give none.
 */
const longestRefused = 16 * 1024;

/** The envelope in a request body; undefined when the body is no SNS envelope. */
export function readEnvelope(body: Buffer): Envelope | undefined {
  if (!isUtf8(body)) return undefined;
  const text = withoutMark(body);
  try {
    if (text.length > longestRefused) JSON.parse(jsonOutline(text, longestRefused) ?? '');
    return envelope.parse(JSON.parse(text.toString('utf8')));
  } catch {
    return undefined;
  }
}

/** Without the byte order mark that a text may begin with. */
function withoutMark(body: Buffer): Buffer {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body;
}

const notificationKeys = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const;
const confirmationKeys = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const;

/** The text that SNS signed: `key\nvalue\n` in byte order, without keys that are absent. */
export function signedText(message: Envelope): string {
  const keys: readonly string[] = message.Type === 'Notification' ? notificationKeys : confirmationKeys;
  const values = message as Record<string, unknown>;
  let text = '';
  for (const key of keys) if (typeof values[key] === 'string') text += `${key}\n${values[key]}\n`;
  return text;
}
