/**
 * Copies what was committed to SQLite's log into its file, on a thread of its own: whoever commits does not wait for it.
 * Source: sqlite.org, "Write-Ahead Logging", section 3, "Checkpointing"; a passive checkpoint stops neither readers nor writers.
 */
import { Worker } from 'node:worker_threads';

const everyMs = 1_000;
/** So few changed rows are left to the next time. */
const fewChanges = 100;

/** In pages. Where the thread does not keep up, or cannot run, whoever commits copies them, and the log does not grow beyond that. */
export const longestLog = 8_000;

export interface Checkpoints {
  /** Something may have been committed. */
  committed(): void;
  stop(): Promise<void>;
}

/** @param changes how many rows were changed over the connection so far */
export function checkpointsOf(path: string, changes: () => number): Checkpoints {
  let worker: Worker | undefined;
  let isOver = false;
  let copied = 0;
  let timer: NodeJS.Timeout | undefined;

  const started = (): Worker => {
    const fresh = new Worker(new URL('./checkpoint-thread.ts', import.meta.url), { workerData: path });
    fresh.unref();
    // From then on whoever commits copies, as SQLite does by itself.
    return fresh.once('error', () => {
      isOver = true;
      worker = undefined;
    });
  };

  const copy = (): void => {
    timer = undefined;
    const now = changes();
    if (isOver || now - copied < fewChanges) return;
    copied = now;
    worker ??= started();
    worker.postMessage('copy');
  };

  return {
    committed: () => {
      timer ??= setTimeout(copy, everyMs).unref();
    },
    stop: async () => {
      clearTimeout(timer);
      isOver = true;
      await worker?.terminate();
    },
  };
}
