/**
 * POST /sns: raw bytes → envelope → allow-list → signature → understood → committed → 200. SNS tries again only after 5xx and timeouts, so
 * 503 is for our own trouble and 4xx for what must not come again.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { asAppError } from '../domain/error.ts';
import type { Ports } from '../domain/ports.ts';
import { type ReceivedMessage, unsubscribed } from '../domain/signal/notice.ts';
import { understand } from '../domain/signal/signal.ts';
import { confirmSubscription } from '../features/confirm-subscription.ts';
import { type Arrival, receiveSignals } from '../features/receive-signals.ts';
import { batched } from './batch.ts';
import { type Envelope, readEnvelope } from './envelope.ts';
import { rejectionOf, type SignatureRules } from './signature.ts';

const largestBody = 512 * 1024;

interface Reply {
  readonly status: number;
  readonly text: string;
}

export type SnsHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** @param wallClock real time: signatures are not subject to the injected clock */
export function snsHandler(ports: Ports, rules: SignatureRules, wallClock: () => number): SnsHandler {
  const receive = batched<Arrival>((arrivals) => receiveSignals(ports, arrivals));

  const answer = async (request: IncomingMessage): Promise<Reply> => {
    if (request.headers['x-amz-sns-rawdelivery'] === 'true')
      return refuse('raw-delivery', 400, 'Raw message delivery has no signature: switch it off on this subscription.');
    const body = await readBody(request);
    if (body === undefined) return refuse('too-large', 413, `More than ${largestBody} bytes.`);
    const message = readEnvelope(body);
    if (message === undefined) return refuse('no-envelope', 400, 'Not an SNS message.');
    const rejection = await rejectionOf(message, rules, wallClock());
    if (rejection) return refuse(rejection, 403, `Refused: ${rejection}.`);
    return accept(message);
  };

  // Counted in memory: anybody can send these, and must not make us write.
  const refuse = (reason: string, status: number, text: string): Reply => {
    ports.metrics.count('refusals', reason);
    ports.log.warn({ reason }, 'SNS message refused');
    return { status, text };
  };

  const accept = async (message: Envelope): Promise<Reply> => {
    const received = receivedOf(message);
    if (message.Type === 'SubscriptionConfirmation') {
      await confirmSubscription(ports, message.TopicArn, message.Token);
      return { status: 200, text: 'Confirmed.' };
    }
    const signals = message.Type === 'Notification' ? understand(received) : [unsubscribed(received)];
    await receive({ message: received, signals });
    return { status: 200, text: 'Recorded.' };
  };

  return (request, response) => {
    void answer(request)
      .catch((thrown): Reply => {
        const error = asAppError(thrown);
        ports.log[error.code === 'throttled' ? 'debug' : 'error']({ err: error }, 'SNS message not recorded; SNS will send it again');
        ports.metrics.count('refusals', `own-trouble ${error.code}`);
        return { status: 503, text: 'Not recorded; send it again.' };
      })
      .then(({ status, text }) => {
        response
          .writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...(status === 413 ? { connection: 'close' } : {}) })
          .end(`${text}\n`);
        if (status === 413) request.destroy();
      });
  };
}

function receivedOf(message: Envelope): ReceivedMessage {
  const subject = message.Type === 'Notification' ? (message.Subject ?? undefined) : undefined;
  return { topicArn: message.TopicArn, messageId: message.MessageId, subject, message: message.Message, publishedAt: Date.parse(message.Timestamp) };
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += (part as Buffer).length;
    if (size > largestBody) return undefined;
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}
