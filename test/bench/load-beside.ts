/** A load whose messages and whose clearing of the heap are those of another thread: clicks that are timed in this one do not wait for them. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Signer } from '../../src/sandbox/sns.ts';
import type { Answered } from './load.ts';
import type { Made, Range } from './load-thread.ts';
import type { Batch } from './messages.ts';

export interface LoadBeside {
  /** One at a time. */
  post(range: Range): Promise<Answered>;
  close(): Promise<void>;
}

/** Resolves once its messages are made. */
export async function loadBeside({ certificate, key }: Signer, batch: Batch): Promise<LoadBeside> {
  const made: Made = { certificate, key, batch };
  const thread = new Worker(new URL('./load-thread.ts', import.meta.url), { workerData: made });
  await once(thread, 'message');
  return {
    post: async (range) => {
      thread.postMessage(range);
      const [answered] = await once(thread, 'message');
      return answered as Answered;
    },
    close: async () => {
      await thread.terminate();
    },
  };
}
