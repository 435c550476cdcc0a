import { namedAlarm } from '../domain/alarm/named.ts';
import { detectionOf, type Recognition, recogniseName, recognisePattern } from '../domain/detection/detections.ts';
import { asAppError } from '../domain/error.ts';
import { alarmsOf, withAlarms } from '../domain/incident/alarms-of-incident.ts';
import { type AlarmOfIncident, type Incident, nameOf } from '../domain/incident/incident.ts';
import { withSignIns } from '../domain/incident/intake.ts';
import type { NewEntry } from '../domain/incident/timeline.ts';
import { detectionKey } from '../domain/incident/triage.ts';
import type { Ports } from '../domain/ports.ts';
import { worseOf } from '../domain/severity.ts';
import type { Tx } from '../domain/store.ts';

/**
 * Finds out what an incident's alarm means: by its metric filter's pattern, else by its name. An incident that turns out to be of the same
 * account and detection as another one becomes part of the older of the two.
 * @returns the number under which the incident lives on
 */
export async function recogniseAlarm(ports: Ports, incident: Incident): Promise<number> {
  const { alarm } = incident;
  if (alarm === undefined || incident.recognised?.by === 'configured') return incident.id;
  const recognised = (await recognisedByFilter(ports, alarm)) ?? recognisedByName(alarm);
  // A name never overrules what a filter said before.
  if (recognised === undefined || (recognised.by === 'name' && incident.recognised?.by === 'metric-filter')) return incident.id;
  const key = detectionKey(recognised.detection, incident.account);
  return ports.store.transact(async (tx) => {
    await tx.lock([incident.key, key]);
    await rememberMeaning(tx, alarm, recognised);
    const current = await tx.incident(incident.id);
    if (current === undefined || current.mergedInto !== undefined) return current?.mergedInto ?? incident.id;
    return adopt(tx, current, recognised, key, ports.clock.now());
  });
}

async function recognisedByFilter(ports: Ports, alarm: AlarmOfIncident): Promise<Recognition | undefined> {
  try {
    const patterns = await ports.alarms.patternsBehind(alarm.arn);
    const found = patterns.map(recognisePattern).find((one) => one !== undefined);
    return found && { ...found, by: 'metric-filter' };
  } catch (thrown) {
    ports.log.warn({ alarm: alarm.name, err: asAppError(thrown) }, 'metric filters not read');
    return undefined;
  }
}

function recognisedByName({ name }: AlarmOfIncident): Recognition | undefined {
  const detection = recogniseName(name);
  return detection && { detection, by: 'name', flaw: undefined };
}

async function rememberMeaning(tx: Tx, { arn }: AlarmOfIncident, recognised: Recognition): Promise<void> {
  const known = (await tx.alarms([arn])).get(arn);
  if (known) await tx.saveAlarms([{ ...known, recognised }]);
}

async function adopt(tx: Tx, incident: Incident, recognised: Recognition, key: string, now: number): Promise<number> {
  const { title, severity } = detectionOf(recognised.detection);
  const isNoData = incident.severity === 'LOW' && incident.counts.firings === 0;
  const meant: Incident = {
    ...incident,
    key,
    title,
    detection: recognised.detection,
    recognised: { by: recognised.by, flaw: recognised.flaw },
    severity: isNoData ? incident.severity : worseOf(incident.severity, severity),
    rung: isNoData ? incident.rung : worseOf(incident.rung, severity),
  };
  const other = incident.key === key || incident.resolved ? undefined : (await tx.newest([key])).get(key);
  if (other === undefined || other.resolved || other.id === incident.id) {
    // Whoever recognises it reads its log as well, for which a new card waits.
    await tx.save([{ incident: meant, due: 'planned' }], now);
    return incident.id;
  }
  return other.id < incident.id ? merge(tx, other, meant, now) : merge(tx, meant, other, now);
}

/** The older incident stays; the younger's card becomes a link, and its entries stay where they are. */
async function merge(tx: Tx, older: Incident, younger: Incident, now: number): Promise<number> {
  const moved = await tx.moveSignIns(younger.id, older.id);
  const joined = withSignIns(withAlarms(older, unique([...alarmsOf(older), ...alarmsOf(younger)])), moved);
  const kept: Incident = {
    ...joined,
    severity: worseOf(joined.severity, younger.severity),
    rung: worseOf(older.rung, younger.rung),
    rungAbout: union(older.rungAbout, younger.rungAbout),
    recognised: older.recognised?.by === 'event' ? (younger.recognised ?? older.recognised) : older.recognised,
    origin: alarmsOf(younger).length > 0 ? 'alarm' : older.origin,
    counts: {
      signals: older.counts.signals + younger.counts.signals,
      firings: firingsOf(older) + firingsOf(younger),
      recoveries: older.counts.recoveries + younger.counts.recoveries,
    },
    // What was done for the younger one is done, and what it left open is open.
    deeds: [...older.deeds, ...younger.deeds].toSorted((a, b) => a.at - b.at),
    notStopped: union(older.notStopped, younger.notStopped),
    leftToDo: union(older.leftToDo, younger.leftToDo),
    passwordsReset: union(older.passwordsReset, younger.passwordsReset),
    ownActions: union(older.ownActions, younger.ownActions),
    users: { ...younger.users, ...older.users },
    links: [...older.links, ...younger.links].filter(({ id }) => id !== older.id && id !== younger.id),
    firstSignalAt: Math.min(older.firstSignalAt, younger.firstSignalAt),
    lastSignalAt: Math.max(older.lastSignalAt, younger.lastSignalAt),
    ...(older.owner === undefined ? { status: younger.status, owner: younger.owner, acknowledged: younger.acknowledged } : {}),
  };
  // Closed first: one key has one unresolved incident.
  const closed: Incident = { ...younger, status: 'merged', mergedInto: older.id };
  await tx.save(
    [
      { incident: closed, due: 'now' },
      { incident: kept, due: 'now' },
    ],
    now,
  );
  await tx.append(mergeNotes(older, younger, now));
  const chores = (['users', 'link', 'ring'] as const).map((kind) => ({ kind, incident: older.id }));
  await tx.schedule(chores, now);
  return older.id;
}

/** Of an alarm, not the events that came beside it. */
function firingsOf({ origin, counts }: Incident): number {
  return origin === 'alarm' ? counts.firings : 0;
}

function mergeNotes(older: Incident, younger: Incident, at: number): NewEntry[] {
  const note = { at, kind: 'note' as const, reply: 'none' as const };
  const what = 'merged';
  return [
    { ...note, incident: older.id, body: { what, text: `${nameOf(younger)} is the same (${whatItIs(younger)}) and is part of this one now.` } },
    { ...note, incident: younger.id, body: { what, text: `This is the same as ${nameOf(older)} and is part of that one now.` } },
  ];
}

function whatItIs({ alarm, title }: Incident): string {
  return alarm === undefined ? title : `alarm ${namedAlarm(alarm)}`;
}

function union(one: readonly string[], other: readonly string[]): string[] {
  return [...new Set([...one, ...other])];
}

function unique(alarms: readonly AlarmOfIncident[]): AlarmOfIncident[] {
  return [...new Map(alarms.map((alarm) => [alarm.arn, alarm])).values()];
}
