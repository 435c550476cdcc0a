/**
 * POST /slack/events: raw bytes → signature → time → payload → the listeners. Bolt's own receiver ends the process at a signed `null` and takes
 * requests from the future. Source: "Verifying requests from Slack" (docs.slack.dev).
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { App, Logger, Receiver } from '@slack/bolt';
import { asAppError } from '../domain/error.ts';
import type { Log } from '../domain/ports.ts';
import { HTTPModuleFunctions, HTTPResponseAck } from './bolt.ts';
import type { PayloadRefusal } from './payload.ts';

export interface ReceiverOptions {
  readonly signingSecret: string;
  readonly log: Log;
  readonly logger: Logger;
  readonly refusalOf: (payload: unknown) => PayloadRefusal | undefined;
  /** Counts what is refused, by reason; writes little: anybody can send these. */
  readonly refused: (reason: string) => void;
  /** Real time, in milliseconds since the epoch. */
  readonly wallClock: () => number;
}

export const slackPath = '/slack/events';
const largestBody = 1024 * 1024;
const mostSecondsApart = 5 * 60;

const { buildNoBodyResponse, buildSSLCheckResponse, buildUrlVerificationResponse, isRawBodyError, parseAndVerifyHTTPRequest, parseHTTPRequestBody } =
  HTTPModuleFunctions;

export function slackReceiver(options: ReceiverOptions): Receiver & { readonly requestListener: RequestListener } {
  let app: App | undefined;
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readPayload(request, options);
    if (body.is === 'refused') {
      options.refused(body.reason);
      return buildNoBodyResponse(response, body.status);
    }
    if (body.is === 'ssl-check') return buildSSLCheckResponse(response);
    if (body.is === 'url-verification') return buildUrlVerificationResponse(response, { challenge: body.challenge });
    const { logger } = options;
    const ack = new HTTPResponseAck({
      logger,
      processBeforeResponse: false,
      httpRequest: request,
      httpRequestBody: body.payload,
      httpResponse: response,
    });
    await app?.processEvent({ body: body.payload, ack: ack.bind() });
  };
  return {
    init: (given) => {
      app = given;
    },
    start: async () => undefined,
    stop: async () => undefined,
    requestListener: (request, response) => {
      take(request, response).catch((thrown: unknown) => {
        options.log.error({ err: asAppError(thrown) }, 'Slack request failed');
        if (!response.headersSent) buildNoBodyResponse(response, 500);
      });
    },
  };
}

type Read =
  | { readonly is: 'payload'; readonly payload: Record<string, unknown> }
  | { readonly is: 'ssl-check' }
  | { readonly is: 'url-verification'; readonly challenge: string }
  | { readonly is: 'refused'; readonly status: number; readonly reason: string };

function refused(status: number, reason: string): Read {
  return { is: 'refused', status, reason };
}

async function readPayload(request: IncomingMessage, { signingSecret, refusalOf, wallClock }: ReceiverOptions): Promise<Read> {
  let payload: Record<string, unknown>;
  try {
    const buffered = await parseAndVerifyHTTPRequest({ signingSecret, bodyLimit: largestBody }, request);
    payload = (parsedBody(buffered) ?? {}) as Record<string, unknown>;
  } catch (thrown) {
    return isRawBodyError(thrown) ? refused(thrown.statusCode, 'slack-body') : refused(401, 'slack-signature');
  }
  // Not signed, and only ever this one field: Bolt takes all others out.
  if (payload.ssl_check === '1') return { is: 'ssl-check' };
  const sentAt = Number(request.headers['x-slack-request-timestamp']);
  if (!(Math.abs(wallClock() / 1_000 - sentAt) <= mostSecondsApart)) return refused(401, 'slack-time');
  if (payload.type === 'url_verification' && typeof payload.challenge === 'string') return { is: 'url-verification', challenge: payload.challenge };
  const reason = refusalOf(payload);
  return reason === undefined ? { is: 'payload', payload } : refused(reason === 'slack-payload' ? 400 : 403, reason);
}

function parsedBody(buffered: Parameters<typeof parseHTTPRequestBody>[0]): unknown {
  try {
    return parseHTTPRequestBody(buffered);
  } catch {
    return undefined;
  }
}
