/** At most this many go into one transaction, which bounds its statements. */
const largestBatch = 200;
const fewFailures = 3;

interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (thrown: unknown) => void;
}

/**
 * Gathers all that one event-loop turn brings into one call of `work`; a lone item does not wait. While a call runs, the next batch
 * gathers. When a batch fails, each of its items is tried alone, so that one poisonous message does not hold back the others.
 */
export function batched<T>(work: (items: readonly T[]) => Promise<void>): (item: T) => Promise<void> {
  let waiting: Waiting<T>[] = [];
  let isRunning = false;

  const settle = async (batch: readonly Waiting<T>[]): Promise<void> => {
    try {
      await work(batch.map(({ item }) => item));
      for (const { resolve } of batch) resolve();
    } catch (thrown) {
      if (batch.length === 1) batch[0]?.reject(thrown);
      else await settleAlone(batch, thrown);
    }
  };

  /** Gives up on the rest when the first few fail too: then it is not one message that is poisonous. */
  const settleAlone = async (batch: readonly Waiting<T>[], cause: unknown): Promise<void> => {
    let failures = 0;
    for (const { item, resolve, reject } of batch) {
      if (failures >= fewFailures) reject(cause);
      else
        await work([item]).then(resolve, (thrown) => {
          failures++;
          reject(thrown);
        });
    }
  };

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, largestBatch);
      waiting = waiting.slice(largestBatch);
      await settle(batch);
    }
    isRunning = false;
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (isRunning) return;
      isRunning = true;
      setImmediate(() => void run());
    });
}
