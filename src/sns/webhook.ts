/**
 * POST /sns: headers → raw bytes → envelope → allow-list → signature → understood → committed → 200. SNS tries again only after 5xx and timeouts, so
 * 503 is for our own trouble and 4xx for what must not come again.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { asAppError } from '../domain/error.ts';
import { duration } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import type { Arrival } from '../domain/signal/arrival.ts';
import { unsubscribed } from '../domain/signal/notice.ts';
import { understand } from '../domain/signal/signal.ts';
import { confirmSubscription } from '../features/confirm-subscription.ts';
import { receiveSignals } from '../features/receive-signals.ts';
import { batched } from './batch.ts';
import { type Envelope, readEnvelope } from './envelope.ts';
import { headerAnswers, headerRefusal } from './headers.ts';
import { receivedOf } from './received.ts';
import { rejectionOf, type SignatureRules } from './signature.ts';

interface Reply {
  readonly status: number;
  readonly text: string;
}

/** For so long after the last such message people are told. */
const clockTroubleMs = 10 * 60_000;

export type SnsHandler = (request: IncomingMessage, response: ServerResponse) => void;

interface Intake {
  readonly rules: SignatureRules;
  /** Counts what is refused, by reason; writes little: anybody can send these. */
  readonly refused: (reason: string, fields?: object) => void;
  /** Real time, in milliseconds since the epoch: signatures are not subject to the injected clock. */
  readonly wallClock: () => number;
  /** In bytes. */
  readonly largestBody: number;
  /** Transactions. */
  readonly atOnce: number;
}

export function snsHandler(ports: Ports, { rules, refused, wallClock, largestBody, atOnce }: Intake): SnsHandler {
  const receive = batched<Arrival>((arrivals) => receiveSignals(ports, arrivals), atOnce);

  const answer = async (request: IncomingMessage): Promise<Reply | 'aborted'> => {
    const byHeaders = headerRefusal(request.headers, rules.topicArns);
    if (byHeaders) {
      refused(byHeaders);
      return headerAnswers[byHeaders];
    }
    const body = await readBody(request, largestBody);
    if (body === 'aborted') return body;
    if (body === 'too-large') return refuse('too-large', 413, `More than ${largestBody} bytes.`);
    const message = readEnvelope(body);
    if (message === undefined) return refuse('no-envelope', 400, 'Not an SNS message.');
    const rejection = await rejectionOf(message, rules, wallClock()).catch(unfetched);
    if (typeof rejection === 'object') return rejection;
    if (rejection === 'from-the-future') return behind(message);
    return rejection ? refuse(rejection, 403, `Refused: ${rejection}.`) : accept(message);
  };

  const refuse = (reason: string, status: number, text: string): Reply => {
    refused(reason);
    return { status, text };
  };

  /** SNS dates what it signs: it is the clock here that is wrong, and right again before SNS gives up, perhaps. */
  const behind = (message: Envelope): Reply => {
    const by = duration(Date.parse(message.Timestamp) - wallClock());
    const trouble = `The clock of this machine is ${by} behind the one by which SNS dates its messages, so none is taken. Set it (NTP).`;
    ports.report('clock', trouble, ports.clock.now() + clockTroubleMs);
    return refuse('from-the-future', 503, 'The clock here is behind; send it again.');
  };

  const accept = async (message: Envelope): Promise<Reply> => {
    const received = receivedOf(message, ports.clock.now() - wallClock());
    if (message.Type === 'SubscriptionConfirmation') {
      await confirmSubscription(ports, message.TopicArn, message.Token);
      return { status: 200, text: 'Confirmed.' };
    }
    const signals = message.Type === 'Notification' ? understand(received) : [unsubscribed(received)];
    await receive({ message: received, signals });
    return { status: 200, text: 'Recorded.' };
  };

  /** As likely made up as ours: SNS tries again. */
  const unfetched = (thrown: unknown): Reply => {
    const error = asAppError(thrown);
    if (error.code === 'internal') throw error;
    refused(error.code === 'throttled' ? 'certificate-not-asked-for' : 'certificate-not-fetched', { err: error });
    return { status: 503, text: 'Its certificate could not be fetched; send it again.' };
  };

  const troubled = (thrown: unknown): Reply => {
    const error = asAppError(thrown);
    ports.log.error({ err: error }, 'SNS message not recorded; SNS will send it again');
    ports.metrics.count('refusals', `own-trouble ${error.code}`);
    return { status: 503, text: 'Not recorded; send it again.' };
  };

  return (request, response) => {
    void answer(request)
      .catch(troubled)
      .then((reply) => {
        if (reply === 'aborted') {
          refused('aborted');
          response.destroy();
        } else send(request, response, reply);
      });
  };
}

/** A body that was not read is not waited for: the server ends the connection. */
function send(request: IncomingMessage, response: ServerResponse, { status, text }: Reply): void {
  const isUnread = !request.complete;
  const body = Buffer.from(`${text}\n`);
  const length = { 'content-length': body.length, ...(isUnread ? { connection: 'close' } : {}) };
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...length }).end(body);
}

function readBody(request: IncomingMessage, largest: number): Promise<Buffer | 'too-large' | 'aborted'> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size <= largest) return parts.push(part);
      // The answer still goes out over the connection of a request that is read no further.
      request.pause();
      return resolve('too-large');
    });
    request.once('end', () => resolve(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)));
    for (const end of ['error', 'close'] as const) request.once(end, () => resolve('aborted'));
  });
}
