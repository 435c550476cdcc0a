import type { Budget } from '../domain/store.ts';
import { projectIncident } from './project-incident.ts';
import type { ProjectionPorts } from './show-picture.ts';
import { type Running, runWork } from './work-loop.ts';

const workers = 4;
const retryMs = 5_000;

/** Projects due incidents until stopped. `report` is told each time the trouble with Slack changes; undefined: none. */
export function runProjector(ports: ProjectionPorts, report: (fault: string | undefined) => void): Running {
  const held = new Map<Budget, number>();
  const heldBack = (): Budget[] => [...held].filter(([, until]) => until > ports.clock.now()).map(([budget]) => budget);

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

  const nextAt = async (): Promise<number> => {
    const back = heldBack();
    const due = (await ports.store.nextDue(back)) ?? Number.POSITIVE_INFINITY;
    return Math.min(due, ...back.map((budget) => held.get(budget) as number));
  };

  return runWork(ports, { workers, what: 'projection', once, nextAt });
}
