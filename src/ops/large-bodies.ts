import type { IncomingMessage, ServerResponse } from 'node:http';

const atOnce = 2;
const patienceMs = 500;
/** Of each turn: what is read so fast is cleared from memory as fast, beside what is small. */
const bytesPerMs = 5 * 1024;

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
  const reading = new Map<IncomingMessage, number>();
  let resting = 0;

  const startNext = (): void => {
    const [next] = waiting;
    if (next === undefined || reading.size + resting >= atOnce) return;
    waiting.delete(next);
    const { request, response, read } = next;
    const before = request.socket.bytesRead;
    reading.set(request, performance.now());
    const end = (): void => {
      if (!reading.delete(request)) return;
      resting++;
      setTimeout(endRest, (request.socket.bytesRead - before) / bytesPerMs);
    };
    request.once('end', end);
    response.once('close', end);
    setTimeout(cutSlow, patienceMs);
    request.socket.resume();
    read();
  };

  const endRest = (): void => {
    resting--;
    startNext();
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
    waiting.add(body);
    body.request.socket.pause();
    body.response.once('close', () => waiting.delete(body));
    cutSlow();
    startNext();
  };
}
