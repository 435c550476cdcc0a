/** At most this many go into one transaction, which bounds its statements. */
const largestBatch = 200;
const fewFailures = 3;
/** Fewer do not begin a call beside another: many small ones cost more than they gain. */
const enoughBeside = 16;

interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (thrown: unknown) => void;
}

/**
 * Gathers all that one event-loop turn brings into one call of `work`; a lone item does not wait. While a call runs, the next batch
 * gathers. When a batch fails, each of its items is tried alone, so that one poisonous message does not hold back the others.
 * @param atOnce so many calls may run at a time: more than one where they wait for another machine
 */
export function batched<T>(work: (items: readonly T[]) => Promise<void>, atOnce: number): (item: T) => Promise<void> {
  let waiting: Waiting<T>[] = [];
  let running = 0;
  let isAboutTo = false;

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

  const isTime = (): boolean => waiting.length > 0 && (running === 0 || (running < atOnce && waiting.length >= enoughBeside));

  const run = async (): Promise<void> => {
    isAboutTo = false;
    while (isTime()) {
      const batch = waiting.slice(0, largestBatch);
      waiting = waiting.slice(largestBatch);
      running++;
      await settle(batch);
      running--;
    }
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (isAboutTo || !isTime()) return;
      isAboutTo = true;
      setImmediate(() => void run());
    });
}
