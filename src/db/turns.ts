/** Who is next on the one connection to SQLite. */
import { performance } from 'node:perf_hooks';

/** `first`: people and signals; `behind`: background work. */
export type Turn = 'first' | 'behind';

/** Background work that has waited this long is next: it goes on however much comes. */
const patienceMs = 25;

interface Waiting {
  readonly since: number;
  readonly start: () => void;
}

export interface Turns {
  /** Resolves once the connection is the caller's, until it ends its turn. */
  take(turn: Turn): Promise<void>;
  end(): void;
}

/**
 * SQLite answers at once, so a chain of background statements would keep every socket waiting: after each of them comes a turn of the event
 * loop. Who comes first does not wait for that.
 * @param now real time in milliseconds, which never goes back
 */
export function turnsOnOne(now: () => number = () => performance.now()): Turns {
  const waiting: Record<Turn, Waiting[]> = { first: [], behind: [] };
  let isTaken = false;
  let isResting = false;

  const oldest = (): Waiting | undefined => (isResting ? undefined : waiting.behind[0]);

  const next = (): Waiting | undefined => {
    const behind = oldest();
    const isImpatient = behind !== undefined && now() - behind.since >= patienceMs;
    return !isImpatient && waiting.first.length > 0 ? waiting.first.shift() : behind && waiting.behind.shift();
  };

  const startNext = (): void => {
    if (isTaken) return;
    const one = next();
    if (one === undefined) return;
    isTaken = true;
    one.start();
  };

  const rest = (): void => {
    isResting = true;
    setImmediate(() => {
      isResting = false;
      startNext();
    });
  };

  return {
    take: (turn) =>
      new Promise((resolve) => {
        const start = (): void => {
          if (turn === 'behind') rest();
          resolve();
        };
        waiting[turn].push({ since: now(), start });
        startNext();
      }),
    end: () => {
      isTaken = false;
      startNext();
    },
  };
}
