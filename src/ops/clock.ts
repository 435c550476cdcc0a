import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../domain/ports.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  wait: async (ms, wake) => {
    await sleep(Math.min(ms, 2 ** 31 - 1), undefined, wake ? { signal: wake } : {}).catch(() => undefined);
  },
};

/**
 * A clock that runs ahead of the system's by what a local sandbox says, and follows when that is moved on. Every wait under way is looked
 * at again after a move.
 * @param url the sandbox's event stream of offsets, in milliseconds
 */
export async function followClock(url: string): Promise<{ clock: Clock; stop(): void }> {
  const aborting = new AbortController();
  let offset = 0;
  let moved = new AbortController();
  const isMoved = (next: number): void => {
    offset = next;
    moved.abort();
    moved = new AbortController();
  };
  const now = (): number => Date.now() + offset;
  const clock: Clock = {
    now,
    wait: async (ms, wake) => {
      const until = now() + ms;
      while (now() < until && !wake?.aborted) {
        const signals = wake ? AbortSignal.any([moved.signal, wake]) : moved.signal;
        await sleep(Math.max(0, until - now()), undefined, { signal: signals }).catch(() => undefined);
      }
    },
  };
  await follow(url, isMoved, aborting.signal);
  return { clock, stop: () => aborting.abort() };
}

/** Resolves after the first offset; confirms each one, so that the sandbox knows that time has moved here too. */
async function follow(url: string, isMoved: (offset: number) => void, stop: AbortSignal): Promise<void> {
  const response = await fetch(url, { signal: stop });
  if (response.body === null) throw new Error('The sandbox sends no clock.');
  const lines = textLines(response.body);
  const step = async (): Promise<boolean> => {
    const { value, done } = await lines.next();
    if (done) return false;
    const { offset, id } = JSON.parse(value) as { offset: number; id: number };
    isMoved(offset);
    await fetch(`${url}/${id}`, { method: 'POST', signal: stop });
    return true;
  };
  await step();
  void (async () => {
    while (await step());
  })().catch(() => undefined);
}

async function* textLines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const part of body) {
    rest += decoder.decode(part, { stream: true });
    const parts = rest.split('\n');
    rest = parts.pop() ?? '';
    yield* parts.filter((line) => line !== '');
  }
}
