import { nameOf } from '../domain/incident/incident.ts';
import { firstServed } from '../domain/incident/lane.ts';
import type { Ports, Report } from '../domain/ports.ts';
import type { Budget, ClaimedIncident } from '../domain/store.ts';
import { projectIncident } from './project-incident.ts';
import { lockedRetryMs, type ProjectionPorts } from './show-picture.ts';
import { type Job, type Running, runWork } from './work-loop.ts';

const workers = 4;
const retryMs = 5_000;

/** Projects due incidents until stopped. `report` is told what keeps Slack from being brought up to date, and when that is over. */
export function runProjector(ports: ProjectionPorts & Pick<Ports, 'rightOfWay'>, report: Report): Running {
  const held = new Map<Budget, number>();
  const heldBack = (): Budget[] => [...held].filter(([, until]) => until > ports.clock.now()).map(([budget]) => budget);

  let calls = 0;

  const claim = async (): Promise<Job | undefined> => {
    const claimed = await ports.store.claim(ports.clock.now(), heldBack(), firstServed(calls));
    return claimed && (() => project(claimed));
  };

  const project = async (claimed: ClaimedIncident): Promise<void> => {
    const done = await projectIncident(ports, claimed).catch(async (thrown) => {
      // What was attempted is written down, so another try is safe; without this the incident would wait for its lease to lapse.
      await ports.store.release(claimed, { at: ports.clock.now() + retryMs }, ports.clock.now()).catch(() => undefined);
      throw thrown;
    });
    if (done.called) calls++;
    for (const [budget, until] of done.held) held.set(budget, until);
    if (done.fault && done.fault.code !== 'throttled') report('delivery', done.fault.message);
    else if (done.called) report('delivery', undefined);
    const name = nameOf(claimed.incident);
    const outdated = done.outdated && `${name} is out of date in Slack; /signin-status ${name} shows how it is. ${done.outdated.message}`;
    report(name, outdated, ports.clock.now() + 2 * lockedRetryMs);
  };

  const nextAt = async (): Promise<number> => {
    const back = heldBack();
    const due = (await ports.store.nextDue(back)) ?? Number.POSITIVE_INFINITY;
    return Math.min(due, ...back.map((budget) => held.get(budget) as number));
  };

  return runWork(ports, { workers, what: 'projection', claim, nextAt });
}
