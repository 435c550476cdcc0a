import type { IncomingMessage, ServerResponse } from 'node:http';
import { whenOver } from './bodies.ts';

const atOnce = 2;
/** Whoever sends one at all sends it at once: it is there by then. */
const patienceMs = 200;
/** Of each turn. */
const bytesPerMs = 3 * 1024;
/**
 * After so many bytes the young part of the heap is cleared: a body leaves several times its size, half of it outside of the heap, where V8 does not count
 * it until it is more than all that the process has otherwise. Needs Node's `--expose-gc`.
 */
const clearedAfter = 1024 * 1024;

export interface LargeBody {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly read: () => void;
}

/**
 * Reads few large bodies at a time, in the order in which they came, and with a rest after each: a flood of them leaves room, in memory and in each
 * turn of the event loop, for the small ones. One that is sent slowly is cut while others wait. Of what waits no more is read than came with its headers.
 */
export function fewLargeBodies(onCut: () => void): (body: LargeBody) => void {
  const waiting = new Set<LargeBody>();
  const reading = new Set<IncomingMessage>();
  const slow = new Set<IncomingMessage>();
  let resting = 0;
  let uncleared = 0;

  const startNext = (): void => {
    const [next] = waiting;
    if (next === undefined || reading.size + resting >= atOnce) return;
    waiting.delete(next);
    const { request, response, read } = next;
    const before = request.socket.bytesRead;
    reading.add(request);
    const end = (): void => {
      if (!reading.delete(request)) return;
      slow.delete(request);
      resting++;
      const size = sizeOf(request, before);
      setTimeout(endRest, size / bytesPerMs, size);
    };
    request.once('end', end);
    whenOver(request, response, end);
    // What came while the process was busy is read first.
    setTimeout(() => setImmediate(judge, request), patienceMs);
    request.socket.resume();
    read();
  };

  const endRest = (size: number): void => {
    resting--;
    uncleared += size;
    if (uncleared >= clearedAfter) {
      uncleared = 0;
      globalThis.gc?.({ type: 'minor' });
    }
    startNext();
  };

  const judge = (request: IncomingMessage): void => {
    if (reading.has(request)) slow.add(request);
    cutSlow();
  };

  const cutSlow = (): void => {
    if (waiting.size === 0) return;
    for (const request of slow) {
      slow.delete(request);
      request.socket.destroy();
      onCut();
    }
  };

  return (body) => {
    waiting.add(body);
    body.request.socket.pause();
    whenOver(body.request, body.response, () => waiting.delete(body));
    cutSlow();
    startNext();
  };
}

/** As announced, in bytes; of one that does not say what its turn read. */
function sizeOf({ headers, socket }: IncomingMessage, before: number): number {
  return Number(headers['content-length'] ?? socket.bytesRead - before);
}
