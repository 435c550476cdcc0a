/**
 * What the headers alone tell of a POST, before any of its body is read. Source: "Parsing Amazon SNS message formats" (SNS developer guide):
 * SNS always names the topic; the content type is text/plain unless the subscription's delivery policy sets another one.
 */
import type { IncomingHttpHeaders } from 'node:http';

export type HeaderRefusal = 'raw-delivery' | 'foreign-topic' | 'content-type';

/** A header that is absent refuses nothing: something in between may have left it out, and the envelope is judged by itself. */
export function headerRefusal(headers: IncomingHttpHeaders, topicArns: readonly string[]): HeaderRefusal | undefined {
  if (headers['x-amz-sns-rawdelivery'] === 'true') return 'raw-delivery';
  const topicArn = headers['x-amz-sns-topic-arn'];
  if (topicArn !== undefined && (typeof topicArn !== 'string' || !topicArns.includes(topicArn))) return 'foreign-topic';
  const { 'content-type': type = 'text/plain', 'content-encoding': encoding = 'identity' } = headers;
  return /^(text|application)\//i.test(type) && encoding === 'identity' ? undefined : 'content-type';
}

export const headerAnswers: Readonly<Record<HeaderRefusal, { readonly status: number; readonly text: string }>> = {
  'raw-delivery': { status: 400, text: 'Raw message delivery has no signature: switch it off on this subscription.' },
  'foreign-topic': { status: 403, text: 'Refused: foreign-topic.' },
  'content-type': { status: 415, text: 'Not as SNS posts it: text, not encoded.' },
};
