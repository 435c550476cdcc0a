/**
 * What services write to a topic about themselves: that they delivered a file, or that the topic works. Nothing of it is about a sign-in, and
 * all of it on one topic is one notice. Sources: "Configuring Amazon SNS notifications for CloudTrail"; "Amazon S3 event message structure";
 * "Notifications that AWS Config sends"; "Getting Amazon SNS notifications when your Auto Scaling group scales"; SES developer guide.
 */
import { asList, asObject, asText, type Json } from '../json.ts';

export interface Noise {
  readonly about: 'noise' | 'test';
  readonly severity: 'LOW';
  readonly title: string;
  /** What it is, as a topic has it: `CloudTrail’s log-delivery notices`. */
  readonly says: string;
  readonly identity: readonly string[];
}

/** @param message the text, or the JSON object that it holds */
export function noiseIn(message: string | Json): Noise | undefined {
  if (typeof message === 'string' && isTest(message))
    return { about: 'test', severity: 'LOW', title: 'Test message', says: 'Somebody tests the topic.', identity: [] };
  const what = typeof message === 'string' ? saidBy(message) : writtenBy(message);
  return what === undefined ? undefined : { about: 'noise', severity: 'LOW', title: `This topic also gets ${what}`, says: what, identity: [] };
}

function isTest(text: string): boolean {
  return /^\s*(this is (only )?an? )?(sns )?test([ -]?(message|notification|publish|event))?[\s.!]*$/i.test(text);
}

function saidBy(text: string): string | undefined {
  if (/^CloudTrail validation message\.?$/i.test(text.trim())) return 'CloudTrail’s log-delivery notices';
  return /^Successfully validated SNS topic for Amazon SES/i.test(text.trim()) ? 'SES’s validation messages' : undefined;
}

function writtenBy(body: Json): string | undefined {
  if (asText(body.s3Bucket) !== undefined && (Array.isArray(body.s3ObjectKey) || asText(body.s3ObjectKey) !== undefined))
    return body.messageType === undefined ? 'CloudTrail’s log-delivery notices' : 'AWS Config’s delivery notices';
  if (body.Event === 's3:TestEvent') return 'S3’s test events';
  if (body.Event === 'autoscaling:TEST_NOTIFICATION') return 'Auto Scaling’s test messages';
  const messageType = asText(body.messageType) ?? '';
  if (/^Configuration(History|Snapshot)Delivery/.test(messageType)) return 'AWS Config’s delivery notices';
  const records = asList(body.Records).map(asObject);
  const isCreation =
    records.length > 0 && records.every((one) => one.eventSource === 'aws:s3' && /^ObjectCreated:/.test(asText(one.eventName) ?? ''));
  return isCreation ? 'S3’s notices of new objects' : undefined;
}
