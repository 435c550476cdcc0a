import type { IncomingMessage, ServerResponse } from 'node:http';

/** In bytes. Alarms and sign-ins are smaller. */
const large = 64 * 1024;
const atOnce = 2;
const patienceMs = 500;
/** Between one and the next, for what is small. */
const restMs = 5;

export interface LargeBody {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** As announced, in bytes. */
  readonly size: number;
  readonly read: () => void;
}

/**
 * Reads few large bodies at a time, in the order in which they came: a flood of them leaves room, in memory and in each turn of the event loop,
 * for the small ones. One that is sent slowly is cut while others wait.
 */
export function fewLargeBodies(onCut: () => void): (body: LargeBody) => void {
  const waiting = new Set<LargeBody>();
  const reading = new Map<IncomingMessage, number>();

  const startNext = (): void => {
    const [next] = waiting;
    if (next === undefined || reading.size >= atOnce) return;
    waiting.delete(next);
    const { request, response, read } = next;
    reading.set(request, performance.now());
    const end = (): void => {
      if (reading.delete(request)) setTimeout(startNext, restMs);
    };
    request.once('end', end);
    response.once('close', end);
    setTimeout(cutSlow, patienceMs);
    read();
  };

  const cutSlow = (): void => {
    if (waiting.size === 0) return;
    for (const [request, since] of reading) {
      if (performance.now() - since < patienceMs) continue;
      request.destroy();
      onCut();
    }
  };

  return (body) => {
    if (body.size <= large) return body.read();
    waiting.add(body);
    body.response.once('close', () => waiting.delete(body));
    cutSlow();
    startNext();
  };
}
