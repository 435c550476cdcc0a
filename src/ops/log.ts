import { type DestinationStream, pino } from 'pino';
import type { Log } from '../domain/ports.ts';
import { visibleJson } from '../domain/visible.ts';

/** Keys that may hold what must not be read by who reads logs, wherever an SDK puts them. */
const secretKeys = [
  'password',
  'Password',
  'token',
  'Token',
  'authorization',
  'Authorization',
  'secretAccessKey',
  'sessionToken',
  'SecretAccessKey',
  'SessionToken',
];
const paths = secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

/** JSON lines on standard output. Errors are logged by name, code, message, stack and cause, never with the request that led to them. */
export function openLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    redact: { paths, censor: '[secret]' },
    serializers: { err: (thrown: unknown) => errorFields(thrown) },
    hooks: { streamWrite: visibleJson },
  };
  return destination ? pino(options, destination) : pino(options);
}

function errorFields(thrown: unknown, depth = 0): object {
  if (!(thrown instanceof Error)) return { message: String(thrown) };
  const { code, reason } = thrown as { code?: unknown; reason?: unknown };
  const cause = thrown.cause === undefined || depth > 4 ? {} : { cause: errorFields(thrown.cause, depth + 1) };
  return { type: thrown.name, code, reason, message: thrown.message, stack: thrown.stack?.split('\n').slice(1, 6).join('\n'), ...cause };
}
