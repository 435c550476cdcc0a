/**
 * The work, one run at a time: whoever asks while one is under way shares the next with all who ask meanwhile. So each is answered by what was read
 * after the question, and however often it is asked, two runs at most are waited for.
 */
export function oneAtATime<T>(work: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting: Promise<T> | undefined;
  return () => {
    waiting ??= (async () => {
      await last.catch(() => undefined);
      waiting = undefined;
      return work();
    })();
    last = waiting;
    return waiting;
  };
}
