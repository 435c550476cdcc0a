import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { envelopeOf, newSigner, type PublishInput, type Signer } from '../../src/sandbox/sns.ts';
import type { Certificates } from '../../src/sns/certificates.ts';
import { readEnvelope, signedText } from '../../src/sns/envelope.ts';
import { rejectionOf, type SignatureRules } from '../../src/sns/signature.ts';
import { samplesExist, samplesIn } from '../support/samples.ts';

const topic = 'arn:aws:sns:us-east-1:111122223333:signin-alarms';
const zeros = '0'.repeat(32);
let signer: Signer;
beforeAll(async () => {
  signer = await newSigner();
});

function serving(at: Certificates['at']): Certificates {
  return { at, prove: () => undefined };
}

function rules(more: Partial<SignatureRules> = {}): SignatureRules {
  return { topicArns: [topic], requireVersion2: false, certificates: serving(async () => new X509Certificate(signer.certificate)), ...more };
}

function verdict(input: Partial<PublishInput>, change: Record<string, string> = {}, more: Partial<SignatureRules> = {}, now = Date.now()) {
  const envelope = readEnvelope(Buffer.from(JSON.stringify({ ...envelopeOf(signer, { message: 'hello', ...input }, topic), ...change })));
  if (envelope === undefined) throw new Error('no envelope');
  return rejectionOf(envelope, rules(more), now);
}

describe('a message signed by SNS', () => {
  it.each(['1', '2'] as const)('with signature version %s is taken', async (signatureVersion) => {
    expect(await verdict({ signatureVersion })).toBeUndefined();
    expect(await verdict({ signatureVersion, subject: 'with a subject' })).toBeUndefined();
    expect(await verdict({ signatureVersion, type: 'SubscriptionConfirmation' })).toBeUndefined();
    expect(await verdict({ signatureVersion, type: 'UnsubscribeConfirmation' })).toBeUndefined();
  });

  it('with version 1 is refused where version 2 is required', async () => {
    expect(await verdict({ signatureVersion: '1' }, {}, { requireVersion2: true })).toBe('signature-version');
  });

  it.each([
    ['Message', 'changed'],
    ['MessageId', 'changed'],
    ['Subject', 'added'],
    ['Timestamp', new Date(Date.now() - 1_000).toISOString()],
    ['Signature', Buffer.from('forged').toString('base64')],
  ])('is refused when %s was changed', async (key, value) => {
    expect(await verdict({}, { [key]: value })).toBe('signature');
  });

  it('is none where it holds half of a character, which has the signature of a replacement character', async () => {
    const envelope = { ...envelopeOf(signer, { message: 'alice \ufffd', subject: 'an alarm \ufffd' }, topic) };
    for (const key of ['Message', 'Subject'] as const) {
      expect(readEnvelope(Buffer.from(JSON.stringify(envelope)))).toBeDefined();
      expect(readEnvelope(Buffer.from(JSON.stringify({ ...envelope, [key]: envelope[key]?.replace('\ufffd', '\ud800') })))).toBeUndefined();
    }
  });

  it('of a topic that is not allowed is refused before a certificate is fetched', async () => {
    const certificate = async (): Promise<never> => {
      throw new Error('fetched');
    };
    expect(await verdict({ topicArn: 'arn:aws:sns:us-east-1:111122223333:other' }, {}, { certificates: serving(certificate) })).toBe('foreign-topic');
  });

  it.each([
    [`http://sns.us-east-1.amazonaws.com/SimpleNotificationService-${zeros}.pem`, 'certificate-host'],
    [`https://sns.us-east-1.amazonaws.com.evil.example/SimpleNotificationService-${zeros}.pem`, 'certificate-host'],
    [`https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-${zeros}.pem`, 'certificate-host'],
    [`https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-${zeros}.pem`, 'certificate-host'],
    [`https://user@sns.us-east-1.amazonaws.com/SimpleNotificationService-${zeros}.pem`, 'certificate-host'],
    [`https://sns.us-east-1.amazonaws.com:8443/SimpleNotificationService-${zeros}.pem`, 'certificate-host'],
    ['https://sns.us-east-1.amazonaws.com/?Action=GetTopicAttributes&x=.pem', 'certificate-path'],
    [`https://sns.us-east-1.amazonaws.com/SimpleNotificationService-${zeros}.pem?x=1`, 'certificate-path'],
    [`https://sns.us-east-1.amazonaws.com/x/SimpleNotificationService-${zeros}.pem`, 'certificate-path'],
    ['nonsense', 'certificate-host'],
    [`https://SNS.us-east-1.amazonaws.com/SimpleNotificationService-${zeros}.pem`, 'certificate-spelling'],
    [`HTTPS://sns.us-east-1.amazonaws.com/SimpleNotificationService-${zeros}.pem`, 'certificate-spelling'],
    [`https://sns.us-east-1.amazonaws.com:443/SimpleNotificationService-${zeros}.pem`, 'certificate-spelling'],
    [`https://sns.us-east-1.amazonaws.com/x/../SimpleNotificationService-${zeros}.pem`, 'certificate-spelling'],
    [`https:\\\\sns.us-east-1.amazonaws.com/SimpleNotificationService-${zeros}.pem`, 'certificate-spelling'],
    [` https://sns.us-east-1.amazonaws.com/SimpleNotificationService-${zeros}.pem`, 'certificate-spelling'],
    [`https://sns.us-east-1.amazonaws.com/SimpleNotificationService-${zeros}.p\nem`, 'certificate-spelling'],
    [`https://sns.us-east-1.amazonaws.com/SimpleNotificationService-${zeros}.pem#`, 'certificate-spelling'],
  ])('is refused with its certificate at %s', async (SigningCertURL, reason) => {
    expect(await verdict({}, { SigningCertURL })).toBe(reason);
  });

  it('is refused when the certificate is out of date, or the message is old or from the future', async () => {
    const day = 86_400_000;
    expect(await verdict({}, {}, {}, Date.now() + 400 * day)).toBe('certificate-dates');
    expect(await verdict({ timestamp: new Date(Date.now() - 3 * 3_600_000).toISOString() })).toBe('stale');
    expect(await verdict({ timestamp: new Date(Date.now() + 3_600_000).toISOString() })).toBe('from-the-future');
  });

  it('is refused when the certificate names somebody else', async () => {
    const elsewhere = 'arn:aws-cn:sns:cn-north-1:111122223333:signin-alarms';
    expect(
      await verdict(
        { topicArn: elsewhere },
        { SigningCertURL: `https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-${'0'.repeat(32)}.pem` },
        { topicArns: [elsewhere] },
      ),
    ).toBe('certificate-name');
  });
});

it.each(['Subject', 'Token', 'SubscribeURL'])('a line break in %s, which SNS never sends, makes it no SNS message', (field) => {
  const type = field === 'Subject' ? ('Notification' as const) : ('SubscriptionConfirmation' as const);
  const envelope = envelopeOf(signer, { message: 'hello', subject: 'one', type }, topic);
  expect(readEnvelope(Buffer.from(JSON.stringify(envelope)))).toBeDefined();
  expect(readEnvelope(Buffer.from(JSON.stringify({ ...envelope, [field]: 'x\nTimestamp' })))).toBeUndefined();
});

describe.skipIf(!samplesExist)('messages that AWS really signed (samples)', () => {
  const samples = samplesIn('sns-signed/aws-sdk-java-v2');
  const pem = samples.find(({ name }) => name.endsWith('.pem'))?.text ?? '';
  const messages = samples.filter(({ name }) => name.endsWith('.json'));

  it('are five', () => {
    expect(messages).toHaveLength(5);
  });

  it.each(messages)('$name is authentic, and is not once a letter of it is changed', async ({ text }) => {
    const envelope = readEnvelope(Buffer.from(text));
    if (envelope === undefined) throw new Error('no envelope');
    const allowed = rules({ topicArns: [envelope.TopicArn], certificates: serving(async () => new X509Certificate(pem)) });
    const now = Date.parse(envelope.Timestamp) + 1_000;
    expect(await rejectionOf(envelope, allowed, now)).toBeUndefined();
    expect(await rejectionOf({ ...envelope, Message: `${envelope.Message}.` }, allowed, now)).toBe('signature');
    expect(signedText(envelope)).toContain(`TopicArn\n${envelope.TopicArn}\n`);
  });
});
