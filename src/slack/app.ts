/** Bolt wiring: receiver, listeners, and a stop that waits for what is under way. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { App, HTTPReceiver, type Logger, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import { AppError, asAppError } from '../domain/error.ts';
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
  const customRoutes = [...routes];
  const receiver = options.appToken
    ? new SocketModeReceiver({ appToken: options.appToken, logger, customRoutes, installerOptions: { port: listen.port } })
    : new HTTPReceiver({ signingSecret: options.signingSecret, logger, customRoutes, bodyLimit: '1mb' });
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

  return {
    start: () => startReceiver(receiver, listen),
    stop: async () => {
      await app.stop();
      if (underWay > 0) await new Promise<void>((resolve) => (whenIdle = resolve));
    },
  };
}

async function startReceiver(receiver: HTTPReceiver | SocketModeReceiver, { port, host, tls }: Listen): Promise<number> {
  if (receiver instanceof SocketModeReceiver) {
    await receiver.start();
    return port;
  }
  const server = await receiver.start(host === undefined ? port : { port, host }, tls ?? {});
  const address = server.address();
  if (address === null || typeof address === 'string') throw new AppError('internal', 'The server has no port.');
  return address.port;
}
