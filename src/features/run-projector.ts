import type { FirstCards } from '../domain/incident/first-cards.ts';
import { nameOf } from '../domain/incident/incident.ts';
import { firstServed } from '../domain/incident/lane.ts';
import type { Ports, Report } from '../domain/ports.ts';
import type { Budget, ClaimedIncident } from '../domain/store.ts';
import type { ClaimedStorm } from '../domain/storm/storm-store.ts';
import { projectIncident } from './project-incident.ts';
import { lockedRetryMs, type ProjectionPorts } from './show-picture.ts';
import { showStorm } from './show-storm.ts';
import { type Job, type Running, runWork } from './work-loop.ts';

const workers = 4;
const retryMs = 5_000;

type ProjectorPorts = ProjectionPorts & Pick<Ports, 'rightOfWay' | 'metrics'>;

/** Projects due incidents until stopped. `report` is told what keeps Slack from being brought up to date, and when that is over. */
export function runProjector(ports: ProjectorPorts, report: Report): Running & FirstCards {
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

  const incidents = runWork(ports, { workers, what: 'projection', claim, nextAt });
  const storms = runStorms(ports, report);
  return {
    wake: incidents.wake,
    atOnce: () => (incidents.isIdle() && heldBack().length === 0 ? { channel: ports.chat.channel, first: firstServed(calls) } : undefined),
    show: (claimed) => incidents.run(() => project(claimed)),
    stop: async () => {
      await Promise.all([incidents.stop(), storms.stop()]);
    },
  };
}

/** One at a time, and looked for each second: more new cards than a few have to wait for Slack's pace anyway. */
function runStorms(ports: ProjectorPorts, report: Report): Running {
  const claim = async (): Promise<Job | undefined> => {
    const claimed = await ports.store.claimStorm(ports.clock.now());
    return claimed && (() => show(claimed));
  };
  const show = async (claimed: ClaimedStorm): Promise<void> => {
    const ends = await showStorm(ports, claimed).catch(async (thrown) => {
      await ports.store.releaseStorm(claimed, { at: ports.clock.now() + retryMs, isShown: false }).catch(() => undefined);
      throw thrown;
    });
    const fault = ends.flatMap((end) => end.fault ?? []).find(({ code }) => code !== 'throttled');
    if (fault) report('delivery', fault.message);
  };
  return runWork(ports, { workers: 1, what: 'storm', claim, nextAt: async () => undefined });
}
