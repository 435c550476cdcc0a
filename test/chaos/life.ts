/**
 * The life of one process: what it has in memory, and its way to the outside. It can die before or after each step that leaves something
 * behind, and it can be stopped there and go on later, as by SIGSTOP and SIGCONT.
 */
export interface Plan {
  /** The numbers of the steps at which the process dies. */
  readonly deaths: readonly number[];
  /** The number of the step at which it is stopped. */
  readonly stop?: number;
}

/** What happens to the processes of one trial; steps are counted over all of them. */
export interface Fate {
  readonly plan: Plan;
  /** What is under way outside, by whomever. */
  underWay: number;
  steps: number;
  readonly names: string[];
}

export function fateOf(plan: Plan): Fate {
  return { plan, underWay: 0, steps: 0, names: [] };
}

export interface Life {
  readonly isOver: () => boolean;
  readonly isStopped: () => boolean;
  /** Resolves when the process dies. */
  readonly over: Promise<void>;
  /** Resolves when it dies or is stopped. */
  readonly halted: Promise<void>;
  die(): void;
  goOn(): void;
  /** The same port, as this process reaches it. @param reads methods that leave nothing behind */
  reach<T extends object>(name: string, port: T, reads?: RegExp): T;
}

const never = new Promise<never>(() => undefined);

async function attempted(work: () => unknown): Promise<{ result?: unknown; thrown?: unknown }> {
  try {
    return { result: await work() };
  } catch (thrown) {
    return { thrown };
  }
}

export function lifeUnder(fate: Fate): Life {
  let isOver = false;
  let stopped: { readonly until: Promise<void>; readonly goOn: () => void } | undefined;
  let ended: () => void = () => undefined;
  let halt: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (ended = resolve));
  const halted = new Promise<void>((resolve) => (halt = resolve));
  const die = (): void => {
    isOver = true;
    halt();
    ended();
  };
  const stop = (): void => {
    let goOn: () => void = () => undefined;
    const until = new Promise<void>((resolve) => (goOn = resolve));
    stopped = { until, goOn };
    halt();
  };

  /** Returns once the process goes on from here. It is not stopped between what it decided and the call that it makes in the same breath. */
  const pass = async (phase: 'before' | 'after', name: string, isStep: boolean): Promise<void> => {
    if (isStep && !isOver && stopped === undefined) {
      const step = fate.steps++;
      fate.names[step] = `${phase} ${name}`;
      if (fate.plan.deaths.includes(step)) die();
      else if (fate.plan.stop === step && phase === 'after') stop();
    }
    if (stopped && phase === 'after') await stopped.until;
    if (isOver) await never;
  };

  const reach = <T extends object>(name: string, port: T, reads = /^$/): T =>
    new Proxy(port, {
      get: (target, key) => {
        const found = target[key as keyof T];
        if (typeof found !== 'function') return found;
        const isStep = !reads.test(String(key));
        return async (...args: unknown[]) => {
          // A claim that finds nothing changes nothing, and every loop makes one again and again.
          const isClaim = String(key).startsWith('claim');
          await pass('before', `${name}.${String(key)}`, isStep && !isClaim);
          fate.underWay++;
          const done = await attempted(() => (found as (...args: unknown[]) => unknown).apply(target, args));
          fate.underWay--;
          await pass('after', `${name}.${String(key)}`, isStep && !(isClaim && done.result === undefined));
          if ('thrown' in done) throw done.thrown;
          return done.result;
        };
      },
    });

  return {
    isOver: () => isOver,
    isStopped: () => stopped !== undefined,
    over,
    halted,
    die,
    goOn: () => {
      const was = stopped;
      stopped = undefined;
      was?.goOn();
    },
    reach,
  };
}
