/** The emulated SNS: signs as SNS does, with a key of its own whose certificate the bot fetches from here. Source: "Verifying the signatures of Amazon SNS messages". */
import { createSign, KeyObject, randomUUID, webcrypto } from 'node:crypto';
import 'reflect-metadata';
import { X509CertificateGenerator } from '@peculiar/x509';
import type { z } from 'zod';
import type { publish } from './inputs.ts';

type Tamper = PublishInput['tamper'];

export type PublishInput = z.infer<typeof publish>;

export interface Published {
  readonly messageId: string;
  readonly status: number;
  readonly body: string;
  readonly ms: number;
}

/** Publishes to a target as an alarm's action or a rule does; targets that are not the bot's topic go nowhere. A rule gives no subject. */
export type Publish = (target: string, subject: string | undefined, message: object) => Promise<void>;

const pemName = `SimpleNotificationService-${'5a7d'.repeat(8)}.pem`;
export const certificatePath = `/${pemName}`;
const answerMs = 15_000;

export interface Signer {
  readonly certificate: string;
  /** Private. */
  readonly key: KeyObject;
  sign(text: string, version: '1' | '2'): string;
}

/** A key and a certificate that names SNS, valid from yesterday for a year. */
export async function newSigner(): Promise<Signer> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2_048 };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=sns.amazonaws.com',
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + 365 * 86_400_000),
    keys: keys as CryptoKeyPair,
    signingAlgorithm: algorithm,
  });
  return signerWith(`${certificate.toString('pem')}\n`, KeyObject.from(keys.privateKey as webcrypto.CryptoKey));
}

export function signerWith(certificate: string, key: KeyObject): Signer {
  return {
    certificate,
    key,
    sign: (text, version) =>
      createSign(version === '2' ? 'RSA-SHA256' : 'RSA-SHA1')
        .update(text, 'utf8')
        .sign(key, 'base64'),
  };
}

/** What would be posted, for a test that wants to change it. */
export function envelopeOf(signer: Signer, input: PublishInput, defaultTopic: string): Record<string, string> {
  const type = input.type ?? 'Notification';
  const topic = input.topicArn ?? defaultTopic;
  const region = topic.split(':')[3];
  const stale = new Date(Date.now() - 6 * 3_600_000).toISOString();
  const isConfirmation = type !== 'Notification';
  const token = 'sandboxtoken0123456789';
  const fields: Record<string, string> = {
    Message: typeof input.message === 'string' ? input.message : JSON.stringify(input.message),
    MessageId: input.messageId ?? randomUUID(),
    ...(input.subject !== undefined && !isConfirmation ? { Subject: input.subject } : {}),
    ...(isConfirmation
      ? { SubscribeURL: `https://sns.${region}.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=${token}`, Token: token }
      : {}),
    Timestamp: input.timestamp ?? (input.tamper === 'stale' ? stale : new Date().toISOString()),
    TopicArn: topic,
    Type: type,
  };
  const version = input.signatureVersion ?? '2';
  const order = Object.keys(fields).toSorted();
  const signed = order.map((key) => `${key}\n${fields[key]}\n`).join('');
  return tampered(
    {
      ...fields,
      SignatureVersion: version,
      Signature: signer.sign(signed, version),
      SigningCertURL: `https://sns.${region}.amazonaws.com${certificatePath}`,
    },
    input.tamper,
  );
}

function tampered(envelope: Record<string, string>, tamper: Tamper): Record<string, string> {
  switch (tamper) {
    case 'message':
      return { ...envelope, Message: `${envelope.Message} ` };
    case 'signature':
      return { ...envelope, Signature: Buffer.from('forged'.repeat(20)).toString('base64') };
    case 'topic':
      return { ...envelope, TopicArn: 'arn:aws:sns:us-east-1:999999999999:somebody-elses' };
    case 'certificate-host':
      return { ...envelope, SigningCertURL: `https://sns.us-east-1.amazonaws.com.evil.example${certificatePath}` };
    case 'certificate-path':
      return { ...envelope, SigningCertURL: `https://sns.us-east-1.amazonaws.com/?Action=GetTopicAttributes&x=${pemName}` };
    default:
      return envelope;
  }
}

/** One delivery attempt; status 0 when there was no answer. */
export async function deliver(botUrl: string, envelope: Record<string, string>, raw: boolean): Promise<Published> {
  const headers = {
    'content-type': 'text/plain; charset=UTF-8',
    'user-agent': 'Amazon Simple Notification Service Agent',
    'x-amz-sns-message-type': String(envelope.Type),
    'x-amz-sns-message-id': String(envelope.MessageId),
    'x-amz-sns-topic-arn': String(envelope.TopicArn),
    ...(raw ? { 'x-amz-sns-rawdelivery': 'true' } : {}),
  };
  const start = Date.now();
  const body = raw ? String(envelope.Message) : JSON.stringify(envelope);
  const result = await fetch(`${botUrl}/sns`, { method: 'POST', headers, body, signal: AbortSignal.timeout(answerMs) })
    .then(async (response) => ({ status: response.status, body: await response.text() }))
    .catch(() => ({ status: 0, body: '' }));
  return { messageId: String(envelope.MessageId), ...result, ms: Date.now() - start };
}
