import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * The largest body that is read: an SNS message holds 256 KiB at most, which escaped as JSON may be six times that, and an envelope around it.
 * Source: "Amazon SNS quotas" and RFC 8259, section 7.
 */
export const largestBody = 1_792 * 1024;

/** In bytes. Alarms and sign-ins are smaller, and most of what Slack sends. */
export const large = 16 * 1024;

/** `made-room`: this one may be read; others were cut for it. */
export type Admission = 'admitted' | 'made-room' | 'no-room';

interface Budget {
  /** In bytes. */
  readonly most: number;
  /** Otherwise they have their turns, in which what comes slowly is cut. */
  readonly cutsUnfinished: boolean;
}

/**
 * Admits bodies by the length that they announce, as long as all that are read or worked on at once stay within a limit. Beyond it the
 * largest that is not whole yet is cut, of equals the oldest, where those may be; then the largest that is worked on, where it is larger than the new
 * one, for anybody can send what is worked on for long: so what is small and quick always has room, whoever holds the rest.
 */
export function bodyBudget({ most, cutsUnfinished }: Budget): (request: IncomingMessage, response: ServerResponse) => Admission {
  const held = new Map<IncomingMessage, number>();
  let total = 0;

  const release = (request: IncomingMessage): void => {
    total -= held.get(request) ?? 0;
    held.delete(request);
  };

  const largest = (isWhole: boolean, than: number): IncomingMessage | undefined => {
    let found: IncomingMessage | undefined;
    for (const [request, size] of held) if (request.complete === isWhole && size > (held.get(found as IncomingMessage) ?? than)) found = request;
    return found;
  };
  const victimFor = (request: IncomingMessage, size: number): IncomingMessage | undefined => {
    const unfinished = cutsUnfinished ? largest(false, -1) : undefined;
    return unfinished === undefined || unfinished === request ? largest(true, size) : unfinished;
  };

  return (request, response) => {
    const size = announced(request);
    held.set(request, size);
    total += size;
    whenOver(request, response, () => release(request));
    let admission: Admission = 'admitted';
    while (total > most) {
      const victim = victimFor(request, size);
      if (victim === undefined) {
        release(request);
        return 'no-room';
      }
      release(victim);
      // A request that was read to its end does not take its connection along.
      victim.socket.destroy();
      admission = 'made-room';
    }
    return admission;
  };
}

/** Calls back once a request is over: a response that waits behind another one on its connection may not hear that this has closed. */
export function whenOver({ socket }: IncomingMessage, response: ServerResponse, done: () => void): void {
  const over = (): void => {
    response.off('close', over);
    socket.off('close', over);
    done();
  };
  // As many as somebody sends at once on one connection, without a warning of Node's.
  socket.setMaxListeners(0);
  response.once('close', over);
  socket.once('close', over);
}

/** In bytes. A body that does not say is taken for the largest. */
export function announced({ headers }: IncomingMessage): number {
  if (headers['transfer-encoding'] !== undefined) return largestBody;
  return Number(headers['content-length'] ?? 0);
}
