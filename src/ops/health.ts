/** /healthz on the public port; /readyz and /metrics on the ops port. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Ports } from '../domain/ports.ts';
import type { Store } from '../domain/store.ts';
import type { MetricsPage } from './metrics.ts';

export function healthz(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n');
}

interface OpsOptions {
  readonly store: Store;
  readonly metrics: MetricsPage;
  readonly clock: Ports['clock'];
  /** The trouble with Slack there is now. */
  readonly slackFault: () => string | undefined;
}

export function opsServer({ store, metrics, clock, slackFault }: OpsOptions): Server {
  /** 503 only when intake cannot commit; trouble with Slack is told, but no reason to take the bot away from SNS. */
  const readyz = async (): Promise<{ status: number; body: object }> => {
    try {
      await store.check(clock.now());
    } catch {
      return { status: 503, body: { status: 'unavailable', reason: 'The database does not commit.' } };
    }
    const fault = slackFault();
    return { status: 200, body: fault ? { status: 'degraded', reason: fault } : { status: 'ready' } };
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    request.resume();
    if (request.url === '/readyz') {
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

interface SlackHealth {
  /** Told each time the trouble changes; undefined: there is none. */
  report(fault: string | undefined): void;
  fault(): string | undefined;
}

/** What is wrong with Slack now: in the log, for /readyz, and for /signin-status of every replica. */
export function slackHealth({ log, store, clock }: Pick<Ports, 'log' | 'store' | 'clock'>): SlackHealth {
  // Null: not told yet, so that what an earlier process wrote down is overwritten.
  let now: string | undefined | null = null;
  return {
    report: (fault) => {
      if (fault === now) return;
      now = fault;
      log[fault ? 'error' : 'info']({ fault }, fault ? 'Slack cannot be brought up to date' : 'Slack takes messages');
      void store.remember('slack-fault', fault ?? '', clock.now()).catch(() => undefined);
    },
    fault: () => now ?? undefined,
  };
}
