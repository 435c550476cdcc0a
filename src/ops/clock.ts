import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../domain/ports.ts';

/** Of Node's timers: a longer one would end at once. */
const longestMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  wait: async (ms, wake) => {
    await sleep(Math.min(ms, longestMs), undefined, wake ? { signal: wake } : {}).catch(() => undefined);
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
  const waiting = new Set<() => void>();
  const isMoved = (next: number): void => {
    offset = next;
    for (const look of [...waiting]) look();
  };
  const now = (): number => Date.now() + offset;
  const wait: Clock['wait'] = (ms, wake) =>
    new Promise((resolve) => {
      const until = now() + ms;
      let timer: NodeJS.Timeout | undefined;
      const look = (): void => {
        clearTimeout(timer);
        if (now() < until && !wake?.aborted) {
          timer = setTimeout(look, Math.min(until - now(), longestMs));
          return;
        }
        waiting.delete(look);
        wake?.removeEventListener('abort', look);
        resolve();
      };
      waiting.add(look);
      wake?.addEventListener('abort', look);
      look();
    });
  const clock: Clock = { now, wait };
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
