/** Bolt wiring: receiver, listeners, and a stop that waits for what is under way. */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger, Receiver } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import { asAppError } from '../domain/error.ts';
import type { Log, Metrics } from '../domain/ports.ts';
import type { Secret } from '../domain/secret.ts';
import { registerAudit } from './audit.ts';
import { App, LogLevel, SocketModeReceiver } from './bolt.ts';
import type { SlackContext } from './click.ts';
import { registerCommand } from './command.ts';
import { registerFreeze } from './freeze.ts';
import { registerClicks } from './listeners.ts';
import { type Origin, payloadRefusal } from './payload.ts';
import { slackPath, slackReceiver } from './receiver.ts';
import { registerResponses } from './responding.ts';
import { callTimeoutMs, reaching } from './transport.ts';

export interface Route {
  readonly path: string;
  readonly method: string[];
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
}

export interface SlackOptions {
  readonly botToken: Secret;
  readonly signingSecret: Secret;
  /** Set: Socket Mode. */
  readonly appToken: Secret | undefined;
  /** `https://slack.com/api/` unless in the sandbox. */
  readonly apiUrl: string | undefined;
  readonly log: Log;
  /** Counts each call by its method and how it ended. */
  readonly metrics: Pick<Metrics, 'count'>;
}

/** Every call ends well before a lease does; only the projector repeats one. Nothing below warnings is logged: debug lines hold arguments. */
export function webClientOf(options: SlackOptions): WebClient {
  return new WebClient(options.botToken.reveal(), clientOptions(options));
}

/** Undefined where Slack reaches the responder over HTTPS. */
export function socketClientOf(options: SlackOptions): WebClient | undefined {
  return options.appToken && new WebClient(options.appToken.reveal(), clientOptions(options));
}

function clientOptions({ apiUrl, log, metrics }: SlackOptions): WebClientOptions {
  return {
    retryConfig: { retries: 0 },
    timeout: callTimeoutMs,
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: boltLogger(log),
    fetch: reaching((outcome) => metrics.count('slack_calls', outcome)),
    ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
  };
}

function boltLogger(log: Log): Logger {
  const line =
    (level: 'warn' | 'error') =>
    (...parts: unknown[]) =>
      log[level]({ from: 'slack' }, parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' '));
  const silent = (): void => undefined;
  return { debug: silent, info: silent, warn: line('warn'), error: line('error'), setLevel: silent, getLevel: () => LogLevel.WARN, setName: silent };
}

export interface Listen {
  /** Counts what is refused, by reason. */
  readonly refused: (reason: string) => void;
  /** The app's own id, once Slack has told. */
  readonly app: () => string | undefined;
  readonly port: number;
  /** Undefined: all interfaces. */
  readonly host: string | undefined;
  /** Not listening yet. */
  readonly serverOf: (listener: RequestListener) => Server;
}

export interface SlackServer {
  /** Returns the port. */
  start(): Promise<number>;
  /** Ends after the clicks under way, their AWS calls included. */
  stop(): Promise<void>;
}

export function slackServer(options: SlackOptions, routes: readonly Route[], context: SlackContext, listen: Listen): SlackServer {
  const { log } = options;
  const logger = boltLogger(log);
  const refusalOf = (payload: unknown) => payloadRefusal(payload, originOf(options, listen.app()));
  const signingSecret = options.signingSecret.reveal();
  const receiver = options.appToken
    ? new SocketModeReceiver({ appToken: options.appToken.reveal(), logger })
    : slackReceiver({ signingSecret, log, logger, refusalOf, refused: listen.refused, wallClock: Date.now });
  const app = new App({
    authorize: async () => ({ botToken: options.botToken.reveal() }),
    receiver,
    logger,
    extendedErrorHandler: true,
    clientOptions: clientOptions(options),
  });

  let underWay = 0;
  let whenIdle: () => void = () => undefined;
  // The receiver of HTTP has refused these already.
  app.use(async ({ body, next }) => {
    const reason = refusalOf(body);
    if (reason !== undefined) return listen.refused(reason);
    underWay++;
    try {
      await next();
    } finally {
      underWay--;
      if (underWay === 0) whenIdle();
    }
  });
  registerClicks(app, context);
  registerResponses(app, context);
  registerCommand(app, context);
  registerFreeze(app, context);
  registerAudit(app, context);
  app.error(async ({ error }: { error: unknown }) => log.error({ err: asAppError(error) }, 'listener failed'));

  const server = listen.serverOf(routed(routes, receiver instanceof SocketModeReceiver ? notFound : receiver.requestListener));
  return {
    start: async () => {
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen({ port: listen.port, host: listen.host, backlog }, resolve));
      if (receiver instanceof SocketModeReceiver) startSocket(receiver, context);
      return (server.address() as AddressInfo).port;
    },
    stop: async () => {
      const cut = setTimeout(() => server.closeAllConnections(), lingeringMs);
      const closed = new Promise((resolve) => server.close(resolve));
      await Promise.all([receiver instanceof SocketModeReceiver ? app.stop().catch(() => undefined) : undefined, closed]);
      clearTimeout(cut);
      if (underWay > 0) await new Promise<void>((resolve) => (whenIdle = resolve));
    },
  };
}

/**
 * Connections that are not accepted yet; the system's own limit may be lower. Beyond Node's 511 whoever connects is not heard, and asks again after a
 * second only, SNS as well.
 */
const backlog = 4_096;
/** A connection that says nothing is cut this long after the stop began. */
const lingeringMs = 5_000;

/** An app-level token begins `xapp-1-APP-`. */
function originOf({ appToken, apiUrl }: SlackOptions, app: string | undefined): Origin {
  return { app: app ?? appToken?.reveal().split('-')[2], sandbox: apiUrl === undefined ? undefined : new URL(apiUrl).origin };
}

function routed(routes: readonly Route[], slack: RequestListener): RequestListener {
  return (request, response) => {
    const path = (request.url ?? '').split('?')[0];
    const route = routes.find((one) => one.path === path && one.method.includes(request.method ?? ''));
    if (route) return route.handler(request, response);
    if (path === slackPath && request.method === 'POST') return slack(request, response);
    notFound(request, response);
  };
}

function notFound(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.writeHead(404).end();
}

/** Does not wait for Slack: SNS is taken meanwhile. */
function startSocket(receiver: Pick<Receiver, 'start'>, { ports, report }: SlackContext): void {
  receiver.start().catch((thrown: unknown) => {
    ports.log.error({ err: asAppError(thrown) }, 'Socket Mode did not start; SNS is still taken');
    report('socket', 'Socket Mode did not start, so no click or command arrives. Check SLACK_APP_TOKEN (connections:write) and restart.');
  });
}
