import { asAppError } from '../domain/error.ts';
import type { Ports } from '../domain/ports.ts';

/** How long a replica may take to notice what another one, or a lapsed lease, made due. */
const pollMs = 1_000;

export interface Running {
  /** Something became due in this process. */
  wake(): void;
  /** Ends after what is under way. */
  stop(): Promise<void>;
}

interface Worked extends Running {
  /** It waits for something to become due, and has a worker free. */
  isIdle(): boolean;
  /** Does what was claimed elsewhere. */
  run(job: Job): void;
}

export interface Work {
  /** So many jobs are under way at most. */
  readonly workers: number;
  /** For the log, when it fails: `projection`. */
  readonly what: string;
  /** Claims what is due next; undefined when nothing is. */
  claim(): Promise<Job | undefined>;
  /** When something will be due; undefined: not known. */
  nextAt(): Promise<number | undefined>;
}

export type Job = () => Promise<void>;

/**
 * Does what is due, several jobs at a time, until stopped. One loop claims for all workers, so being woken costs one question, however many they
 * are; and it claims when it has the right of way. A failure ends nothing: what is due stays due.
 */
export function runWork({ clock, log, rightOfWay }: Pick<Ports, 'clock' | 'log' | 'rightOfWay'>, work: Work): Worked {
  const { workers, what, claim, nextAt } = work;
  const underWay = new Set<Promise<void>>();
  let isStopped = false;
  // A wake between a claim and the wait that follows is not lost, and one while nobody waits costs nothing.
  let isWoken = false;
  let waiting: AbortController | undefined;
  const wake = (): void => {
    isWoken = true;
    waiting?.abort();
    waiting = undefined;
  };
  const failed = async (thrown: unknown): Promise<void> => {
    log.error({ err: asAppError(thrown) }, `${what} failed`);
    await clock.wait(pollMs);
  };
  const start = (job: Job): void => {
    const done = job()
      .catch(failed)
      .finally(() => {
        underWay.delete(done);
        wake();
      });
    underWay.add(done);
  };
  const idle = async (): Promise<void> => {
    const due = (await nextAt()) ?? Number.POSITIVE_INFINITY;
    const now = clock.now();
    if (isWoken) return;
    waiting = new AbortController();
    await clock.wait(Math.max(5, Math.min(now + pollMs, due) - now), waiting.signal);
    waiting = undefined;
  };
  const step = async (): Promise<void> => {
    if (underWay.size >= workers) await Promise.race(underWay);
    await rightOfWay.turn();
    if (isStopped) return;
    isWoken = false;
    const job = await claim();
    if (job === undefined) await idle();
    else start(job);
  };
  const loop = async (): Promise<void> => {
    while (!isStopped) await step().catch(failed);
    await Promise.all(underWay);
  };
  const running = loop();
  return {
    wake,
    isIdle: () => waiting !== undefined && underWay.size < workers,
    run: start,
    stop: async () => {
      isStopped = true;
      wake();
      await running;
    },
  };
}
