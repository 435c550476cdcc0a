import { asAppError } from '../domain/error.ts';
import type { Budget } from '../domain/store.ts';
import { projectIncident } from './project-incident.ts';
import type { ProjectionPorts } from './show-picture.ts';

const workers = 4;
/** How long a replica may take to notice what another one, or a lapsed lease, made due. */
const pollMs = 1_000;
const retryMs = 5_000;

export interface Projector {
  /** Something became due in this process. */
  wake(): void;
  /** Ends after the calls under way. */
  stop(): Promise<void>;
}

/** Projects due incidents until stopped. `report` is told each time the trouble with Slack changes; undefined: none. */
export function runProjector(ports: ProjectionPorts, report: (fault: string | undefined) => void): Projector {
  const held = new Map<Budget, number>();
  let isStopped = false;
  let waking = new AbortController();

  const wake = (): void => {
    waking.abort();
    waking = new AbortController();
  };

  const heldBack = (): Budget[] => [...held].filter(([, until]) => until > ports.clock.now()).map(([budget]) => budget);

  const idle = async (signal: AbortSignal): Promise<void> => {
    const now = ports.clock.now();
    const back = heldBack();
    const due = (await ports.store.nextDue(back)) ?? Number.POSITIVE_INFINITY;
    const ready = back.map((budget) => held.get(budget) as number);
    const until = Math.min(now + pollMs, due, ...ready);
    if (!isStopped) await ports.clock.wait(Math.max(5, until - now), signal);
  };

  const once = async (): Promise<boolean> => {
    const claimed = await ports.store.claim(ports.clock.now(), heldBack());
    if (claimed === undefined) return false;
    const done = await projectIncident(ports, claimed).catch(async (thrown) => {
      // What was attempted is written down, so another try is safe; without this the incident would wait for its lease to lapse.
      await ports.store.release(claimed, { at: ports.clock.now() + retryMs }, ports.clock.now()).catch(() => undefined);
      throw thrown;
    });
    for (const [budget, until] of done.held) held.set(budget, until);
    if (done.fault && done.fault.code !== 'throttled') report(done.fault.message);
    else if (done.called) report(undefined);
    return true;
  };

  const loop = async (): Promise<void> => {
    while (!isStopped) {
      try {
        const signal = waking.signal; // taken before the claim: a wake in between is not lost
        if (!(await once())) await idle(signal);
      } catch (thrown) {
        ports.log.error({ err: asAppError(thrown) }, 'projection failed');
        await ports.clock.wait(pollMs);
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
