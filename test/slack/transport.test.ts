/** How the Web API is reached, and what becomes of calls that are not answered as they should be. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { webClientOf } from '../../src/slack/app.ts';
import { slackError } from '../../src/slack/errors.ts';
import { reaching } from '../../src/slack/transport.ts';
import { quietLog } from '../support/ports.ts';

const counted: string[] = [];

/** What is heard of chat.postMessage where a server answers it so; undefined: nobody listens any more. */
async function posted(answer: RequestListener | undefined): Promise<unknown> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<unknown> => new Promise((resolve) => server.close(resolve));
  if (answer === undefined) return close().then(() => post(port));
  try {
    return await post(port);
  } finally {
    server.closeAllConnections();
    await close();
  }
}

async function post(port: number): Promise<unknown> {
  const secret = new Secret('xoxb-1');
  const client = webClientOf({
    botToken: secret,
    signingSecret: secret,
    appToken: undefined,
    apiUrl: `http://127.0.0.1:${port}/api/`,
    log: quietLog,
    metrics: { count: (_name, outcome) => void counted.push(outcome) },
  });
  try {
    return (await client.chat.postMessage({ channel: 'C1', text: 'é' })).ts;
  } catch (thrown) {
    const { code, reason, retryAfterMs } = slackError(thrown, 'chat.postMessage');
    return { code, reason, retryAfterMs };
  }
}

describe('a call to Slack', () => {
  it('carries token and arguments, and brings what Slack answers', async () => {
    const told: string[] = [];
    const ts = await posted(async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      told.push(`${request.method} ${request.url}`, String(request.headers.authorization), new URLSearchParams(body).get('text') ?? '');
      response.setHeader('x-oauth-scopes', 'chat:write').end(JSON.stringify({ ok: true, ts: '1.2' }));
    });
    expect(ts).toBe('1.2');
    expect(told).toEqual(['POST /api/chat.postMessage', 'Bearer xoxb-1', 'é']);
  });

  it('to an address of Slack that never answers is given up, also where nobody names a time, as of a response_url', async () => {
    const held = createServer(() => undefined);
    await new Promise<void>((resolve) => held.listen(0, '127.0.0.1', resolve));
    const over = new AbortController();
    const limits = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(over.signal);
    const { port } = held.address() as AddressInfo;
    const answer = reaching(() => undefined)(`http://127.0.0.1:${port}/response`, { method: 'POST', body: '{}' });
    over.abort(new Error('too long'));
    await expect(answer).rejects.toThrow('too long');
    expect(limits).toHaveBeenCalledWith(10_000);
    limits.mockRestore();
    held.closeAllConnections();
    held.close();
  });

  it('follows no redirect', async () => {
    const paths: (string | undefined)[] = [];
    const heard = await posted((request, response) => {
      paths.push(request.url);
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(heard).toMatchObject({ code: 'denied', reason: 'http_307' });
    expect(paths).toEqual(['/api/chat.postMessage']);
  });

  it('may have happened where the connection broke, and not where there was none', async () => {
    expect(await posted((request) => request.socket.destroy())).toMatchObject({ code: 'ambiguous', reason: 'no_answer' });
    expect(await posted((_, response) => response.writeHead(502).end())).toMatchObject({ code: 'ambiguous', reason: 'http_502' });
    expect(await posted((_, response) => response.writeHead(429, { 'retry-after': '7' }).end())).toMatchObject({
      code: 'throttled',
      retryAfterMs: 7_000,
    });
    expect(await posted(undefined)).toMatchObject({ code: 'unavailable', reason: 'ECONNREFUSED' });
  });

  it.each<[string, RequestListener | undefined]>([
    ['chat.postMessage ok', (_, response) => response.end('{"ok":true,"ts":"1.2"}')],
    ['chat.postMessage gone thread_not_found', (_, response) => response.end('{"ok":false,"error":"thread_not_found"}')],
    ['chat.postMessage denied token_revoked', (_, response) => response.end('{"ok":false,"error":"token_revoked"}')],
    ['chat.postMessage throttled ratelimited', (_, response) => response.writeHead(429, { 'retry-after': '7' }).end()],
    ['chat.postMessage ambiguous http_502', (_, response) => response.writeHead(502).end()],
    ['chat.postMessage ambiguous no_answer', (request) => request.socket.destroy()],
    ['chat.postMessage unavailable ECONNREFUSED', undefined],
  ])('is counted as %s', async (outcome, answer) => {
    counted.length = 0;
    await posted(answer);
    expect(counted).toEqual([outcome]);
  });
});
