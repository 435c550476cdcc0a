import { understand } from '../domain/signal/signal.ts';
import type { ReadLetter } from '../domain/sweep/letters.ts';
import { readEnvelope } from './envelope.ts';
import { receivedOf } from './received.ts';
import { forgeryOf, type SignatureRules } from './signature.ts';

/**
 * Reads what SNS put into a dead-letter queue: the envelope as it would have posted it. Its age is not asked about, for SQS keeps it up to two weeks,
 * and its certificate has to be valid on the day on which it was signed.
 * @param ahead by how many milliseconds the injected clock is ahead of the one that SNS dates by
 */
export function letterReader(rules: SignatureRules, ahead: () => number): ReadLetter {
  return async (body) => {
    const envelope = readEnvelope(Buffer.from(body, 'utf8'));
    if (envelope === undefined) return { refused: 'no-envelope' };
    const forgery = await forgeryOf(envelope, rules, Date.parse(envelope.Timestamp));
    if (forgery !== undefined) return { refused: forgery };
    if (envelope.Type !== 'Notification') return { refused: 'no-notification' };
    const message = receivedOf(envelope, ahead());
    return { message, signals: understand(message) };
  };
}
