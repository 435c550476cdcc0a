/** A load generator that costs little: whole requests over plain sockets, one at a time on each connection. */
import { connect, type Socket } from 'node:net';

export interface Load {
  readonly url: string;
  readonly requests: readonly Buffer[];
  readonly connections: number;
  /** So many a second; undefined: as fast as they are answered. */
  readonly perSecond?: number;
  /** Told of each answer: its place, and how long it took in milliseconds. */
  readonly onAnswer?: (index: number, ms: number) => void;
}

export interface Answered {
  /** By status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Answers a second. */
  readonly rate: number;
  /** When each answer came, in the order in which they came, by performance.now(). */
  readonly times: readonly number[];
}

/** Posts all requests; resolves once all are answered. */
export async function post({ url, requests, connections, perSecond, onAnswer }: Load): Promise<Answered> {
  const statuses: Record<string, number> = {};
  const times: number[] = [];
  const begun = performance.now();
  let next = 0;
  const work = async (): Promise<void> => {
    const exchange = await openConnection(url);
    for (let index = next++; index < requests.length; index = next++) {
      if (perSecond !== undefined) await until(begun + (index * 1_000) / perSecond);
      const sent = performance.now();
      const status = await exchange.ask(requests[index] as Buffer);
      times.push(performance.now());
      statuses[status] = (statuses[status] ?? 0) + 1;
      onAnswer?.(index, performance.now() - sent);
    }
    exchange.close();
  };
  await Promise.all(Array.from({ length: connections }, work));
  return { statuses, rate: (requests.length * 1_000) / (performance.now() - begun), times };
}

/** Answers a second from the answer of one number to that of another, in the order in which they came. */
export function rateBetween(times: readonly number[], from: number, to: number): number {
  return ((to - from) * 1_000) / ((times[to - 1] as number) - (times[Math.max(0, from - 1)] as number));
}

function until(time: number): Promise<void> {
  const left = time - performance.now();
  return left <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, left));
}

interface Exchange {
  /** Sends a request; resolves to the status of its answer. */
  ask(request: Buffer): Promise<string>;
  close(): void;
}

async function openConnection(url: string): Promise<Exchange> {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let said = '';
  let answered: { resolve: (status: string) => void; reject: (thrown: unknown) => void } | undefined;
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  socket.on('data', (part: Buffer) => {
    said += part.toString('latin1');
    if (!isWhole(said)) return;
    const status = said.slice(9, 12);
    said = '';
    answered?.resolve(status);
  });
  for (const end of ['error', 'close'] as const) socket.on(end, () => answered?.reject(new Error('The connection was closed.')));
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        answered = { resolve, reject };
        socket.write(request);
      }),
    close: () => {
      answered = undefined;
      socket.destroy();
    },
  };
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /content-length: (\d+)/i.exec(answer.slice(0, end))?.[1];
  return length === undefined ? answer.endsWith('\r\n0\r\n\r\n') : answer.length >= end + 4 + Number(length);
}
