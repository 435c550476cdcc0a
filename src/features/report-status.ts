import { type Coverage, coverageOf } from '../domain/detection/coverage.ts';
import { asAppError } from '../domain/error.ts';
import { alarmsOf } from '../domain/incident/alarms-of-incident.ts';
import type { Incident } from '../domain/incident/incident.ts';
import type { Entry } from '../domain/incident/timeline.ts';
import { type AlarmMemory, alarmKey, detectionKey } from '../domain/incident/triage.ts';
import type { AlarmFacts, Ports, Settings } from '../domain/ports.ts';
import type { Delivery, OpenIncident } from '../domain/store.ts';
import { canaryFacts } from './note-canary.ts';

/** So many of each kind are listed. */
export const mostListed = 15;
/** Who reads the number of open incidents needs no more of it than that. */
export const mostCounted = 1_000;

export interface Status {
  readonly now: number;
  /** The gravest open ones. */
  readonly incidents: readonly OpenIncident[];
  /** How many are open, counted up to one more than `mostCounted`. */
  readonly open: number;
  /** What notifications said; CloudWatch itself may know better. */
  readonly remembered: readonly AlarmMemory[];
  readonly delivery: Delivery;
  /** How many wait in a storm without a card of their own. */
  readonly withoutCard: number;
}

/** From the database alone: quick, also while AWS is slow, and however much is open. */
export async function reportStatus({ store, clock }: Pick<Ports, 'store' | 'clock'>): Promise<Status> {
  const [incidents, counts, remembered, delivery, withoutCard] = await Promise.all([
    store.openIncidents(mostListed),
    store.countOpen(mostCounted + 1),
    store.alarms(mostListed),
    store.delivery(),
    store.countFolded(),
  ]);
  return { now: clock.now(), incidents, open: counts.open + counts.acknowledged, remembered, delivery: withCanary(delivery), withoutCard };
}

/** Of one alarm, or of all that are named so. @param remembered what is known of them */
export async function reportAlarm(
  { store, clock, settings }: Pick<Ports, 'store' | 'clock' | 'settings'>,
  name: string,
  remembered: readonly AlarmMemory[],
): Promise<Status> {
  const ofName = remembered.filter((alarm) => isNamed(alarm, name));
  const keys = [...new Set(ofName.flatMap((alarm) => keysOf(alarm, settings)))];
  const [found, delivery, withoutCard] = await Promise.all([store.openOf(keys), store.delivery(), store.countFolded()]);
  const incidents = found.filter(({ incident }) => alarmsOf(incident).some((alarm) => isNamed(alarm, name)));
  return { now: clock.now(), incidents, open: incidents.length, remembered: ofName, delivery: withCanary(delivery), withoutCard };
}

/** A canary that came back is a message too, of which nothing else is kept. */
function withCanary(delivery: Delivery): Delivery {
  const heardAt = [delivery.lastMessageAt, delivery.facts.get(canaryFacts.back)?.at].filter((at) => at !== undefined);
  return { ...delivery, lastMessageAt: heardAt.length === 0 ? undefined : Math.max(...heardAt) };
}

export function isNamed(alarm: { readonly name: string }, name: string): boolean {
  return alarm.name.toLowerCase() === name.toLowerCase();
}

/** The keys under which an alarm has its incident: its own, and that of what it means. */
function keysOf({ arn, name, account, recognised }: AlarmMemory, { alarmDetections }: Settings): string[] {
  const means = alarmDetections.get(arn) ?? alarmDetections.get(name) ?? recognised?.detection;
  return [alarmKey(arn), ...(means === undefined ? [] : [detectionKey(means, account)])];
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

/** An incident and the newest of its timeline, newest first; undefined when there is none of that number. */
export async function reportIncident(
  { store }: Pick<Ports, 'store'>,
  id: number,
  count: number,
): Promise<{ incident: Incident; entries: Entry[]; card: string | undefined } | undefined> {
  const incident = await store.incident(id);
  if (incident === undefined) return undefined;
  const [{ entries }, card] = await Promise.all([store.entries(id, { from: 0, count }), store.card(id)]);
  return { incident, entries, card };
}
