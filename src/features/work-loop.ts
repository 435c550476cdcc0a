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

export interface Work {
  readonly workers: number;
  /** For the log, when it fails: `projection`. */
  readonly what: string;
  /** Does one thing; false when nothing is due. */
  once(): Promise<boolean>;
  /** When something will be due; undefined: not known. */
  nextAt(): Promise<number | undefined>;
}

/** Does what is due, in several loops, until stopped. A failure ends nothing: what is due stays due. */
export function runWork({ clock, log }: Pick<Ports, 'clock' | 'log'>, { workers, what, once, nextAt }: Work): Running {
  let isStopped = false;
  let waking = new AbortController();
  const wake = (): void => {
    waking.abort();
    waking = new AbortController();
  };
  const idle = async (signal: AbortSignal): Promise<void> => {
    const due = (await nextAt()) ?? Number.POSITIVE_INFINITY;
    const now = clock.now();
    if (!isStopped) await clock.wait(Math.max(5, Math.min(now + pollMs, due) - now), signal);
  };
  const loop = async (): Promise<void> => {
    while (!isStopped) {
      try {
        const signal = waking.signal; // taken before the claim: a wake in between is not lost
        if (!(await once())) await idle(signal);
      } catch (thrown) {
        log.error({ err: asAppError(thrown) }, `${what} failed`);
        await clock.wait(pollMs);
      }
    }
  };
  const running = Array.from({ length: workers }, loop);
  return {
    wake,
    stop: async () => {
      isStopped = true;
      wake();
      await Promise.all(running);
    },
  };
}
