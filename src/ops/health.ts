/** /healthz on the public port; /readyz and /metrics on the ops port. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { asAppError } from '../domain/error.ts';
import type { Ports, Report } from '../domain/ports.ts';
import type { Store } from '../domain/store.ts';
import { goneMs, keptTroubles, toldBy, troublesFacts } from '../domain/troubles.ts';
import { knownTroubles } from './known-troubles.ts';
import type { MetricsPage } from './metrics.ts';

export function healthz(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n');
}

interface OpsOptions {
  readonly store: Store;
  readonly metrics: MetricsPage;
  readonly clock: Ports['clock'];
  /** What is broken now, each with its fix. */
  readonly troubles: () => readonly string[];
}

export function opsServer({ store, metrics, clock, troubles }: OpsOptions): Server {
  /** 503 only when intake cannot commit; other trouble is told, but no reason to take the bot away from SNS. */
  const readyz = async (): Promise<{ status: number; body: object }> => {
    try {
      await store.check(clock.now());
    } catch (thrown) {
      const { code, reason } = asAppError(thrown);
      return { status: 503, body: { status: 'unavailable', reason: `The database does not commit${reason === code ? '.' : `: ${reason}`}` } };
    }
    const broken = troubles();
    return { status: 200, body: broken.length > 0 ? { status: 'degraded', reason: broken.join(' '), troubles: broken } : { status: 'ready' } };
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    request.resume();
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
    } else if (request.url === '/readyz') {
      const { status, body } = await readyz();
      response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
    } else if (request.url === '/metrics') {
      const { type, text } = await metrics.render(store, clock.now());
      response.writeHead(200, { 'content-type': type }).end(text);
    } else {
      response.writeHead(404).end();
    }
  };

  return createServer((request, response) => {
    void answer(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
}

export interface Health {
  readonly report: Report;
  /** What is broken now, the oldest trouble first; what several parts stumble over is told once. */
  troubles(): readonly string[];
  /** Whether something is broken about that. */
  isBroken(about: string): boolean;
  /** Writes down anew what is broken: another replica may have written since, and some of it may be over by itself. */
  refresh(): Promise<void>;
}

/**
 * What is broken now: in the log, for /readyz, and for /signin-status of every replica.
 * @param replica its name: what an earlier process of that name told is overwritten
 */
export function healthOf({ log, store, clock }: Pick<Ports, 'log' | 'store' | 'clock'>, replica: string): Health {
  const fact = troublesFacts + replica;
  const troubles = knownTroubles(clock);
  let written: string | undefined;

  const write = async (isAnew: boolean): Promise<void> => {
    const told = troubles.told();
    const text = told.map(({ about, trouble = '' }) => `${about} ${trouble}`).join('\n');
    if (text === written && !isAnew) return;
    written = text;
    await store.remember(fact, keptTroubles(told), clock.now()).catch(() => {
      written = undefined;
    });
  };
  const report: Report = (about, trouble, until) => {
    if (troubles.tell(about, trouble, until)) log[trouble ? 'error' : 'info']({ about, trouble }, trouble ? 'broken' : 'no longer broken');
    void write(false);
  };
  const hear = async (): Promise<void> => {
    const now = clock.now();
    await store.forget(troublesFacts, now - 2 * goneMs);
    const { facts } = await store.delivery();
    for (const about of troubles.hear(toldBy(facts, now, fact))) report(about, undefined);
  };
  return {
    report,
    troubles: troubles.words,
    isBroken: troubles.isBroken,
    refresh: async () => {
      await hear().catch(() => undefined);
      await write(troubles.told().length > 0);
    },
  };
}
