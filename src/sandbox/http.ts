/** A small JSON server for the sandbox. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { z } from 'zod';

export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly body: Buffer;
  /** What the pattern's `*` stood for. */
  readonly rest: string;
}

type Handler = (call: Call) => unknown;

/** `GET /api/state` or, with a rest, `POST /slack/api/*`. */
export type Routes = Readonly<Record<string, Handler>>;

/** A wrong call of the control API: the sentence goes to the caller. */
export class WrongCall extends Error {
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

/** A handler returns what is sent as JSON, or undefined when it answered by itself. */
export function serve(routes: Routes): Server {
  return createServer((request, response) => {
    void answer(routes, request, response).catch((thrown: unknown) => {
      if (response.headersSent) return response.destroy();
      const status = thrown instanceof WrongCall ? thrown.status : 500;
      sendJson(response, status, { error: thrown instanceof Error ? thrown.message : String(thrown) });
    });
  });
}

async function answer(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(guards)) response.setHeader(name, value);
  refuseStrangers(request);
  const url = new URL(request.url ?? '/', 'http://sandbox');
  const path = `${request.method} ${url.pathname}`;
  const prefix = Object.keys(routes).find((key) => key.endsWith('*') && path.startsWith(key.slice(0, -1)));
  const handler = routes[path] ?? (prefix === undefined ? undefined : routes[prefix]);
  if (handler === undefined) throw new WrongCall(`There is no ${path}.`, 404);
  const body = await bodyOf(request);
  const result = await handler({ request, response, url, body, rest: prefix === undefined ? '' : path.slice(prefix.length - 1) });
  if (result !== undefined) sendJson(response, 200, result);
}

const loopback = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/** A page of somebody else in the same browser may not drive the sandbox: neither under a name of its own nor from its own origin. */
function refuseStrangers({ headers, method }: IncomingMessage): void {
  if (!loopback.test(headers.host ?? '')) throw new WrongCall(`Host: ${headers.host} is not this machine.`, 403);
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`)
    throw new WrongCall(`Origin: ${headers.origin} may not call the sandbox.`, 403);
  // Images, frames and scripts that another page asks for come without an Origin; a link that somebody follows may lead here.
  const { 'sec-fetch-site': site, 'sec-fetch-dest': destination } = headers;
  const isFollowed = method === 'GET' && destination === 'document';
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isFollowed)
    throw new WrongCall(`Sec-Fetch-Site: what is ${String(site)} may not call the sandbox.`, 403);
}

/** No other page frames this one or reads what it gets, and it loads nothing from elsewhere. */
const guards = {
  'content-security-policy': "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

/** The body of a control call, checked. Throws WrongCall with the first fault, named by its field. */
export function jsonOf<T>({ body }: Call, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(body.length === 0 ? {} : parsedOf(body));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new WrongCall(`${issue?.path.join('.') || 'The body'}: ${issue?.message}`);
}

function parsedOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new WrongCall('The body is not JSON.');
  }
}
