/**
 * Whether a message really comes from SNS, by numbered rules. Source: "Verifying the signatures of Amazon SNS messages" (SNS developer
 * guide) and the host and certificate names that AWS's own verifier uses. Both validators on npm leave holes here, so these are our own.
 */
import { type KeyObject, verify, type X509Certificate } from 'node:crypto';
import { placeOf, snsOf } from '../domain/place.ts';
import type { Certificates } from './certificates.ts';
import { type Envelope, signedText } from './envelope.ts';

export type Rejection =
  | 'foreign-topic'
  | 'certificate-host'
  | 'certificate-path'
  | 'certificate-spelling'
  | 'certificate-name'
  | 'certificate-dates'
  | 'signature-version'
  | 'signature'
  | 'stale'
  | 'from-the-future';

export interface SignatureRules {
  readonly topicArns: readonly string[];
  readonly requireVersion2: boolean;
  /** Asked only for URLs that rules 1 to 3 have passed. */
  readonly certificates: Certificates;
}

/** SNS retries for up to an hour, and a message may be an hour old when it is first sent. */
const oldest = 2 * 3_600_000;
const furthestAhead = 15 * 60_000;

/**
 * @param now milliseconds since the epoch, for certificate dates and message age
 * @returns the first rule that fails, undefined when the message is authentic
 * @throws AppError when the certificate cannot be had for now: our trouble or the network's, so SNS should try again
 */
export async function rejectionOf(message: Envelope, rules: SignatureRules, now: number): Promise<Rejection | undefined> {
  const forgery = await forgeryOf(message, rules, now);
  if (forgery) return forgery;
  // 6. It is not a recording from long ago.
  const age = now - Date.parse(message.Timestamp);
  if (age > oldest) return 'stale';
  return age < -furthestAhead ? 'from-the-future' : undefined;
}

/**
 * The same but for its age: of a message that nobody but SNS can have put where it was.
 * @param at milliseconds since the epoch, for certificate dates
 */
export async function forgeryOf(message: Envelope, rules: SignatureRules, at: number): Promise<Rejection | undefined> {
  // 1. The topic is one we listen to. First, because everything after may cost a fetch.
  if (!rules.topicArns.includes(message.TopicArn)) return 'foreign-topic';
  // 2. The signature version is strong enough.
  if (rules.requireVersion2 && message.SignatureVersion !== '2') return 'signature-version';
  // 3. The certificate is at exactly the place where SNS of the topic's own region keeps it.
  const place = misplaced(message.SigningCertURL, message.TopicArn);
  if (place) return place;
  // 4. It names SNS and is valid.
  const certificate = await rules.certificates.at(message.SigningCertURL);
  const certificateName = snsOf(placeOf(message.TopicArn).region)?.certificateName;
  const { names, from, until, key } = readCertificate(certificate);
  if (certificateName === undefined || !names(certificateName)) return 'certificate-name';
  if (at < from || at > until) return 'certificate-dates';
  // 5. It signed this very text.
  const algorithm = message.SignatureVersion === '2' ? 'RSA-SHA256' : 'RSA-SHA1';
  if (!verify(algorithm, Buffer.from(signedText(message), 'utf8'), key, Buffer.from(message.Signature, 'base64'))) return 'signature';
  rules.certificates.prove(message.SigningCertURL);
  return undefined;
}

interface ReadCertificate {
  /** Whether it names a host. */
  readonly names: (host: string) => boolean;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
  readonly key: KeyObject;
}

const readCertificates = new WeakMap<X509Certificate, ReadCertificate>();

/** What is read of a certificate once, and asked for with every message. */
function readCertificate(certificate: X509Certificate): ReadCertificate {
  const known = readCertificates.get(certificate);
  if (known) return known;
  const hosts = new Map<string, boolean>();
  const read = {
    names: (host: string): boolean => {
      const isNamed = hosts.get(host) ?? certificate.checkHost(host) !== undefined;
      hosts.set(host, isNamed);
      return isNamed;
    },
    from: certificate.validFromDate.getTime(),
    until: certificate.validToDate.getTime(),
    key: certificate.publicKey,
  };
  readCertificates.set(certificate, read);
  return read;
}

/**
 * What is wrong with where a certificate is said to be; undefined: SNS of the topic's region keeps its certificates there. One place has one
 * spelling, so that nobody makes us keep or fetch one certificate under many names.
 */
export function misplaced(text: string, topicArn: string): Rejection | undefined {
  const host = snsOf(placeOf(topicArn).region)?.host;
  const start = `https://${host}`;
  return text.startsWith(start) && certificatePath.test(text.slice(start.length)) ? undefined : misplacement(text, host);
}

const certificatePath = /^\/SimpleNotificationService-[0-9a-f]{32}\.pem$/;

function misplacement(text: string, host: string | undefined): Rejection {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return 'certificate-host';
  }
  const isPlain = url.protocol === 'https:' && url.username === '' && url.password === '' && url.port === '';
  if (!isPlain || url.hostname !== host) return 'certificate-host';
  return certificatePath.test(url.pathname) && url.search === '' && url.hash === '' ? 'certificate-spelling' : 'certificate-path';
}
