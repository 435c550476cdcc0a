/** Bolt wiring: receiver, listeners, and a stop that waits for what is under way. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, type Logger, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import { asAppError } from '../domain/error.ts';
import type { Log } from '../domain/ports.ts';
import type { SlackContext } from './click.ts';
import { registerCommand } from './command.ts';
import { registerClicks } from './listeners.ts';
import { registerSubmits } from './submits.ts';
import { registerUserViews } from './user-listeners.ts';

export interface Route {
  readonly path: string;
  readonly method: string[];
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
}

export interface SlackOptions {
  readonly botToken: string;
  readonly signingSecret: string;
  /** Set: Socket Mode. */
  readonly appToken: string | undefined;
  /** `https://slack.com/api/` unless in the sandbox. */
  readonly apiUrl: string | undefined;
  readonly log: Log;
}

/** Every call ends well before a lease does; only the projector repeats one. Nothing below warnings is logged: debug lines hold arguments. */
export function webClientOf({ botToken, apiUrl, log }: SlackOptions): WebClient {
  return new WebClient(botToken, clientOptions(apiUrl, log));
}

function clientOptions(apiUrl: string | undefined, log: Log): WebClientOptions {
  return {
    retryConfig: { retries: 0 },
    timeout: 10_000,
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: boltLogger(log),
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
  readonly port: number;
  /** Undefined: all interfaces. */
  readonly host: string | undefined;
  readonly tls: { readonly key: Buffer; readonly cert: Buffer } | undefined;
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
  const receiver = options.appToken
    ? new SocketModeReceiver({ appToken: options.appToken, logger })
    : new HTTPReceiver({ signingSecret: options.signingSecret, logger, customRoutes: [...routes], bodyLimit: '1mb' });
  const app = new App({
    authorize: async () => ({ botToken: options.botToken }),
    receiver,
    logger,
    extendedErrorHandler: true,
    clientOptions: clientOptions(options.apiUrl, log),
  });

  let underWay = 0;
  let whenIdle: () => void = () => undefined;
  app.use(async ({ next }) => {
    underWay++;
    try {
      await next();
    } finally {
      underWay--;
      if (underWay === 0) whenIdle();
    }
  });
  registerClicks(app, context);
  registerUserViews(app, context);
  registerSubmits(app, context);
  registerCommand(app, context);
  app.error(async ({ error }: { error: unknown }) => log.error({ err: asAppError(error) }, 'listener failed'));

  let server: Server | undefined;
  return {
    start: async () => {
      server = receiver instanceof SocketModeReceiver ? await startSocket(receiver, routes, listen, context) : await startHttp(receiver, listen);
      return (server.address() as AddressInfo).port;
    },
    stop: async () => {
      const cut = setTimeout(() => server?.closeAllConnections(), lingeringMs);
      await Promise.all([app.stop(), new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)))]).catch(() => undefined);
      clearTimeout(cut);
      if (underWay > 0) await new Promise<void>((resolve) => (whenIdle = resolve));
    },
  };
}

/** A connection that says nothing is cut this long after the stop began. */
const lingeringMs = 5_000;

async function startHttp(receiver: HTTPReceiver, { port, host, tls }: Listen): Promise<Server> {
  return receiver.start(host === undefined ? port : { port, host }, tls ?? {});
}

/** Slack over a socket, SNS over HTTP on a server of our own, which does not wait for Slack. */
async function startSocket(receiver: SocketModeReceiver, routes: readonly Route[], { port, host }: Listen, context: SlackContext): Promise<Server> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0];
    const route = routes.find((one) => one.path === path && one.method.includes(request.method ?? ''));
    if (route) return route.handler(request, response);
    request.resume();
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  receiver.start().catch((thrown: unknown) => {
    context.ports.log.error({ err: asAppError(thrown) }, 'Socket Mode did not start; SNS is still taken');
    context.report('socket', 'Socket Mode did not start, so no click or command arrives. Check SLACK_APP_TOKEN (connections:write) and restart.');
  });
  return server;
}
