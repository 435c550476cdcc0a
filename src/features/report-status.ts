import { type Coverage, coverageOf } from '../domain/detection/coverage.ts';
import { asAppError } from '../domain/error.ts';
import type { Incident } from '../domain/incident/incident.ts';
import type { Entry } from '../domain/incident/timeline.ts';
import type { AlarmMemory } from '../domain/incident/triage.ts';
import type { AlarmFacts, Ports } from '../domain/ports.ts';
import type { Delivery } from '../domain/store.ts';

export interface Status {
  readonly now: number;
  readonly incidents: readonly { incident: Incident; card: string | undefined }[];
  /** What notifications said; CloudWatch itself may know better. */
  readonly remembered: readonly AlarmMemory[];
  readonly delivery: Delivery;
}

/** From the database alone: quick, also while AWS is slow. */
export async function reportStatus(ports: Ports): Promise<Status> {
  const [incidents, remembered, delivery] = await Promise.all([ports.store.openIncidents(), ports.store.alarms(), ports.store.delivery()]);
  return { now: ports.clock.now(), incidents, remembered, delivery };
}

export interface WatchedAlarms {
  readonly alarms: readonly AlarmFacts[];
  readonly faults: readonly string[];
}

/** What CloudWatch says now. Never throws: what could not be read is a line in `faults`. */
export async function readWatchedAlarms(ports: Ports): Promise<WatchedAlarms> {
  try {
    return await ports.alarms.watched();
  } catch (thrown) {
    return { alarms: [], faults: [asAppError(thrown).message] };
  }
}

/** Which detections are really watched, and what could not be read. */
export async function reportCoverage(ports: Ports): Promise<{ coverage: readonly Coverage[]; faults: readonly string[] }> {
  const side = await ports.inspection.awsSide();
  return {
    coverage: coverageOf(side, {
      topicArns: ports.settings.topicArns,
      accounts: [...ports.settings.accounts.keys()],
      regions: ports.settings.regions,
    }),
    faults: side.faults,
  };
}

/** One incident with its whole timeline; undefined when there is none of that number. */
export async function reportIncident(ports: Ports, id: number): Promise<{ incident: Incident; entries: Entry[] } | undefined> {
  const incident = await ports.store.incident(id);
  return incident && { incident, entries: await ports.store.entries(id) };
}
