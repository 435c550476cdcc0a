import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { announced, bodyBudget, large, largestBody } from './bodies.ts';
import { boundConnections } from './connections.ts';
import { fewLargeBodies } from './large-bodies.ts';
import type { TellRefusal } from './refusals.ts';

const mostAtOnce = { connections: 1_000, bytes: 16 * 1024 * 1024 };
/** SNS itself waits 15 s for an answer. */
const times = { headersTimeout: 10_000, requestTimeout: 15_000, connectionsCheckingInterval: 2_000 };
const handshakeTimeout = 10_000;
const turnedAwayAfterMs = 1_000;

interface Options {
  readonly tls: { readonly key: Buffer; readonly cert: Buffer } | undefined;
  /** Milliseconds. Longer than the balancer in front keeps its own side, or it sends into connections that are just being closed. */
  readonly keepAliveTimeout: number;
  readonly refused: TellRefusal;
  readonly most?: { readonly connections: number; readonly bytes: number };
}

/**
 * The server that anybody can reach: what is slow, large or many is cut before anything of it is read, so that it holds up nobody else.
 * @throws Error of node:tls when key and certificate are none or do not belong together
 */
export function publicServer({ tls, keepAliveTimeout, refused, most = mostAtOnce }: Options, listener: RequestListener): Server {
  const admitSmall = bodyBudget({ most: most.bytes / 2, cutsUnfinished: true });
  const admitLarge = bodyBudget({ most: most.bytes / 2, cutsUnfinished: false });
  const readInTurn = fewLargeBodies(() => refused('slow-large-body'));
  const guarded = (request: IncomingMessage, response: ServerResponse): void => {
    // What nobody reads is not waited for.
    response.once('finish', () => request.complete || request.destroy());
    const size = announced(request);
    const isLarge = size > large;
    const admission = size > largestBody ? 'too-large' : isLarge ? admitLarge(request, response) : admitSmall(request, response);
    if (admission !== 'admitted') refused(admission);
    if (admission === 'too-large') turnAway(request, response, 413, `More than ${largestBody} bytes.`);
    else if (admission === 'no-room') turnAway(request, response, 503, 'Too much at once; send it again.');
    else if (isLarge) readInTurn({ request, response, read: () => listener(request, response) });
    else listener(request, response);
  };
  const options = { ...times, keepAliveTimeout };
  const server = tls ? createTlsServer({ ...options, ...tls, handshakeTimeout }, guarded) : createServer(options, guarded);
  boundConnections(server, most.connections, () => refused('connection-cut'));
  return server;
}

/** Not at once: whoever floods would be back at once. Of the body nothing is kept meanwhile, and no more is read than came with its headers. */
function turnAway(request: IncomingMessage, response: ServerResponse, status: number, text: string): void {
  request.once('data', () => {
    request.pause();
    request.socket.pause();
  });
  setTimeout(() => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(`${text}\n`);
  }, turnedAwayAfterMs);
}
