/**
 * Stands in for PgBouncer in transaction mode, in front of a real Postgres: refuses start-up parameters as it does, and writes down whatever a client
 * does that would not last from one transaction to the next, or would stay behind on the connection of another.
 */
import { randomFillSync } from 'node:crypto';
import { createServer, type Server, Socket } from 'node:net';

/** PgBouncer tracks these; all others are refused unless they are in ignore_startup_parameters. */
const taken = new Set(['user', 'database', 'client_encoding', 'application_name', 'datestyle', 'timezone', 'standard_conforming_strings']);
const ofASession =
  /^\s*(set\s+(?!local\b)|reset\b|listen\b|unlisten\b|prepare\b|declare\b|create\s+temp|discard\b)|pg_advisory_lock\(|set_config\([^)]*false\s*\)/i;

export interface Pooler {
  /** The database's URL, by way of the pooler. */
  readonly url: string;
  /** What was done that does not go together with transaction mode. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

export async function poolerBefore(databaseUrl: string): Promise<Pooler> {
  const target = new URL(databaseUrl);
  const faults: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer({ noDelay: true }, (client) => {
    const upstream = new Socket();
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          client.destroy();
          upstream.destroy();
        });
    }
    upstream.connect(Number(target.port), target.hostname);
    relay(client, upstream, faults);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.port = String((server.address() as { port: number }).port);
  return {
    url: url.href,
    faults,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function relay(client: Socket, upstream: Socket, faults: string[]): void {
  let isStarted = false;
  let status = 'I';
  const fromClient = messages((type, body) => {
    const text = textOf(type, body);
    if (type === 'P' && body[0] !== 0) faults.push(`a statement prepared by name: ${text}`);
    // Within a transaction the connection is the client's own.
    if (status === 'I' && ofASession.test(text)) faults.push(text);
  });
  const fromServer = messages((type, body, whole) => {
    if (type === 'Z') status = String.fromCharCode(body[0] as number);
    // The process id and key by which a client cancels are its own, for the connection behind it changes.
    if (type === 'K') randomFillSync(body);
    client.write(whole);
  });
  client.on('data', (part) => {
    if (isStarted) {
      fromClient(part);
      upstream.write(part);
      return;
    }
    isStarted = true;
    const refused = parametersIn(part).filter((name) => !taken.has(name.toLowerCase()));
    if (refused.length === 0) upstream.write(part);
    else client.end(errorResponse('08P01', `unsupported startup parameter: ${refused[0]}`));
  });
  upstream.on('data', fromServer);
}

/** A start-up message: length, version, then names and values that end with zero each. */
function parametersIn(part: Buffer): string[] {
  return part
    .subarray(8)
    .toString('utf8')
    .split('\0')
    .filter((_, index) => index % 2 === 0)
    .filter((name) => name !== '');
}

function textOf(type: string, body: Buffer): string {
  if (type === 'Q') return body.toString('utf8').replace(/\0$/, '');
  return type === 'P'
    ? (body
        .subarray(body.indexOf(0) + 1)
        .toString('utf8')
        .split('\0')[0] ?? '')
    : '';
}

/** Cuts a stream into messages: a type, a length that counts itself, and a body. */
function messages(seen: (type: string, body: Buffer, whole: Buffer) => void): (part: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (part) => {
    rest = Buffer.concat([rest, part]);
    while (rest.length >= 5 && rest.length >= 1 + rest.readInt32BE(1)) {
      const end = 1 + rest.readInt32BE(1);
      seen(String.fromCharCode(rest[0] as number), rest.subarray(5, end), rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
}

function errorResponse(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
