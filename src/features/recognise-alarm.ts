import { namedAlarm } from '../domain/alarm/named.ts';
import { detectionOf } from '../domain/detection/detections.ts';
import { type AlarmMeaning, claimOf, type Filters, meaningByFilters } from '../domain/detection/recognition.ts';
import { asAppError } from '../domain/error.ts';
import { alarmsOf, withAlarms } from '../domain/incident/alarms-of-incident.ts';
import { inForce } from '../domain/incident/contained.ts';
import { type AlarmOfIncident, type Incident, nameOf } from '../domain/incident/incident.ts';
import { withSignIns } from '../domain/incident/intake.ts';
import { closedInto, withYounger } from '../domain/incident/merged.ts';
import type { NewEntry } from '../domain/incident/timeline.ts';
import { alarmKey, detectionKey } from '../domain/incident/triage.ts';
import { placeOf } from '../domain/place.ts';
import type { Ports } from '../domain/ports.ts';
import { worseOf } from '../domain/severity.ts';
import { touchedBy } from '../domain/sign-in/surroundings.ts';
import type { Tx } from '../domain/store.ts';
import { surroundingsOf } from './remember-sign-ins.ts';

/**
 * Finds out what an incident's alarm means: by what its metric filters count, else by its name. An incident that turns out to be of the same
 * account and detection as another one becomes part of the older of the two.
 * @returns the number under which the incident lives on
 */
export async function recogniseAlarm(ports: Ports, incident: Incident): Promise<number> {
  const { alarm } = incident;
  if (alarm === undefined || alarm.recognised?.by === 'configured' || incident.recognised?.by === 'configured') return incident.id;
  const meaning = meaningByFilters(alarm.name, await filtersOf(ports, alarm), alarm);
  // A name never overrules what a filter said before.
  if (meaning.recognised?.by === 'name' && (alarm.recognised ?? incident.recognised)?.by === 'metric-filter') return incident.id;
  const key = meaning.recognised === undefined ? alarmKey(alarm.arn) : detectionKey(meaning.recognised.detection, incident.account);
  return ports.store.transact(async (tx) => {
    await tx.lock([incident.key, key]);
    await rememberMeaning(tx, alarm, meaning);
    const current = await tx.incident(incident.id);
    if (current === undefined || current.mergedInto !== undefined) return current?.mergedInto ?? incident.id;
    const told = withMeaning(current, alarm.arn, meaning);
    if (key === current.key || isAboutThisAlarm(current)) return adopt(tx, told, { meaning, key, now: ports.clock.now() });
    // Other alarms and events hold it to what it is; the next firing of this alarm goes where it belongs.
    await tx.save([{ incident: told, due: 'planned' }], ports.clock.now());
    return incident.id;
  });
}

async function filtersOf(ports: Ports, alarm: AlarmOfIncident): Promise<Filters> {
  try {
    return { patterns: await ports.alarms.patternsBehind(alarm.arn) };
  } catch (thrown) {
    const fault = asAppError(thrown);
    ports.log.warn({ alarm: alarm.name, err: fault }, 'metric filters not read');
    return { fault: fault.message };
  }
}

async function rememberMeaning(tx: Tx, alarm: AlarmOfIncident, meaning: AlarmMeaning): Promise<void> {
  const { arn, name, state, since } = alarm;
  const known = (await tx.alarms([arn])).get(arn) ?? { id: arn, arn, name, ...placeOf(arn), state, at: since, resets: [] };
  await tx.saveAlarms([{ ...known, ...meaning }]);
}

function withMeaning(incident: Incident, arn: string, meaning: AlarmMeaning): Incident {
  return withAlarms(
    incident,
    alarmsOf(incident).map((alarm) => (alarm.arn === arn ? { ...alarm, ...meaning } : alarm)),
  );
}

/** Whether nothing but its one alarm says what it is about. */
function isAboutThisAlarm(incident: Incident): boolean {
  return incident.detection === undefined || (incident.origin === 'alarm' && alarmsOf(incident).length === 1 && incident.subjects.length === 0);
}

interface Adopted {
  readonly meaning: AlarmMeaning;
  /** The one that follows from the meaning. */
  readonly key: string;
  readonly now: number;
}

/** Makes the incident one of what its alarm means. */
async function adopt(tx: Tx, incident: Incident, { meaning: { recognised }, key, now }: Adopted): Promise<number> {
  const { severity } = claimOf(recognised);
  const isNoData = incident.severity === 'LOW' && incident.counts.firings === 0;
  // What the first picture shows needs no telling beside it.
  const isTold = isNoData || (await tx.hasCard(incident.id));
  const isAnother = incident.look !== undefined && incident.detection !== recognised?.detection;
  const meant: Incident = {
    ...incident,
    key,
    title: recognised === undefined ? (incident.alarm?.name ?? incident.title) : detectionOf(recognised.detection).title,
    detection: recognised?.detection,
    recognised: recognised && { by: recognised.by },
    severity: isNoData ? incident.severity : worseOf(incident.severity, severity),
    rung: isTold ? incident.rung : worseOf(incident.rung, severity),
    // It was looked for as something else.
    look: isAnother ? undefined : incident.look,
  };
  if (isAnother) await tx.schedule([{ kind: 'look', incident: incident.id }], now);
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
  const around = await surroundingsOf(tx, touchedBy(moved));
  const joined = withSignIns(withAlarms(older, unique([...alarmsOf(older), ...alarmsOf(younger)])), moved, around);
  const kept = withYounger(joined, older, younger);
  // Closed first: one key has one unresolved incident.
  const closed = closedInto(younger, older.id);
  await tx.save(
    [
      { incident: closed, due: 'now' },
      { incident: kept, due: 'now' },
    ],
    now,
  );
  await tx.append(mergeNotes(older, younger, now));
  const kinds = ['users', 'link', 'ring', 'timer', ...(inForce(kept).length > 0 ? (['contained'] as const) : [])] as const;
  const chores = kinds.map((kind) => ({ kind, incident: older.id }));
  await tx.schedule(chores, now);
  return older.id;
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

function unique(alarms: readonly AlarmOfIncident[]): AlarmOfIncident[] {
  return [...new Map(alarms.map((alarm) => [alarm.arn, alarm])).values()];
}
