import { asAppError } from '../domain/error.ts';
import { alarmsOf } from '../domain/incident/alarms-of-incident.ts';
import { newsOf, onFirstPicture, tiedBy } from '../domain/incident/campaign.ts';
import { type Counted, isSettled } from '../domain/incident/counted.ts';
import { memoryOfLog } from '../domain/incident/first-picture.ts';
import type { AlarmOfIncident, Incident } from '../domain/incident/incident.ts';
import { withCounted } from '../domain/incident/intake.ts';
import { placeOf } from '../domain/place.ts';
import type { Ports } from '../domain/ports.ts';
import { reachesAlarm } from '../domain/response/reach.ts';
import { nextLookAt } from '../domain/sign-in/looks.ts';
import type { SignIn } from '../domain/sign-in/sign-in.ts';
import { touchedBy } from '../domain/sign-in/surroundings.ts';
import type { Tx } from '../domain/store.ts';
import { type Counting, countOf, type Firing, firingsOf } from './count-alarm.ts';
import { keepEvents } from './keep-events.ts';
import { recogniseAlarm } from './recognise-alarm.ts';
import { surroundingsOf } from './remember-sign-ins.ts';

/** How long the answers of one round may lie apart. */
const roundMs = 1_000;

/**
 * The chore `log`: recognises the alarm of an incident, reads what it counted in the log behind it, and says on the card who that was. Reads
 * again while the log has fewer than were counted, or the alarm's filters were not read.
 * @returns when to read again; undefined: no more
 */
export async function readLog(ports: Ports, id: number): Promise<number | undefined> {
  const asked = await ports.store.incident(id);
  const found = asked?.mergedInto === undefined ? asked : await ports.store.incident(asked.mergedInto);
  if (found === undefined) return undefined;
  const begunAt = ports.clock.now();
  const [stays, countings] = await Promise.all([recogniseAlarm(ports, found), countingsOf(ports, asked ?? found, found.counted ?? [])]);
  const now = ports.clock.now();
  await ports.store.transact((tx) => tell(tx, ports, { id: stays, countings, now, tookMs: now - begunAt }));
  ports.wake();
  const firedAt = Math.max(0, ...countings.map(({ counted }) => counted.firedAt));
  const again = nextLookAt(Math.min(firedAt, now), now);
  const isKnown = countings.every(({ counted }) => isSettled(counted)) && (await ports.store.incident(stays))?.alarm?.unread === undefined;
  return isKnown ? undefined : again;
}

/** Of the alarms that are in ALARM or were last; what one of them hides keeps the others from nothing. */
async function countingsOf(ports: Ports, incident: Incident, before: readonly Counted[]): Promise<Counting[]> {
  const fired = alarmsOf(incident).filter((alarm) => alarm.fired !== undefined && reachesAlarm({ ...incident, alarm }, ports.settings));
  const lists = await Promise.all(fired.map((alarm) => countingsOfOne(ports, firingOf(alarm, incident), before)));
  return lists.flat();
}

async function countingsOfOne(ports: Ports, firing: Firing, before: readonly Counted[]): Promise<Counting[]> {
  const isShort = ({ arn, firedAt }: Firing) => before.some((one) => isSameFiring(one, { arn, firedAt }) && one.extent?.is === 'so-far');
  try {
    const firings = await firingsOf(ports, firing);
    return await Promise.all(firings.map((one) => countOf(ports, one, isShort(one))));
  } catch (thrown) {
    ports.log.warn({ alarm: firing.name, err: asAppError(thrown) }, 'what an alarm counted is not known');
    return [await countOf(ports, { ...firing, measures: undefined }, false)];
  }
}

function firingOf({ arn, name, measures, fired }: AlarmOfIncident, { account, firstSignalAt }: Incident): Firing {
  const { region } = placeOf(arn);
  const evaluation = fired?.evaluation ?? { cause: 'not-told' as const, datapoints: [], areAll: false, children: [] };
  return { arn, name, account, region, firedAt: fired?.at ?? firstSignalAt, measures, evaluation };
}

interface Told {
  readonly id: number;
  readonly countings: readonly Counting[];
  readonly now: number;
  readonly tookMs: number;
}

function isSameFiring(one: Pick<Counted, 'arn' | 'firedAt'>, other: Pick<Counted, 'arn' | 'firedAt'>): boolean {
  return one.arn === other.arn && one.firedAt === other.firedAt;
}

async function tell(tx: Tx, { settings }: Ports, { id, countings, now, tookMs }: Told): Promise<void> {
  const incident = await tx.incident(id);
  if (incident === undefined || incident.mergedInto !== undefined) return;
  const hasCard = await tx.hasCard(id);
  const events = countings.flatMap((counting) => counting.events);
  const kept = await keepEvents(tx, incident, { events, own: settings, source: 'log', now });
  const counted = withCounted(
    kept,
    countings.map((one) => one.counted),
    events,
  );
  const next = hasCard ? counted : await onFirstPictureOf(tx, counted, events);
  // What is counted of an alarm that flaps is no reason to edit its card more often than its pace allows.
  await tx.save([{ incident: next, due: hasCard && newsOf(next) === 'none' ? 'paced' : 'now' }], now);
  if (newsOf(next) !== 'none') await tx.schedule([{ kind: 'ring', incident: id }], now + (hasCard ? roundMs : 0));
  await remember(tx, incident, { countings, tookMs });
  const isNew = countings.some(({ counted: one }) => !(incident.counted ?? []).some((other) => isSameFiring(one, other)));
  if (isNew || countings.length === 0) await tx.schedule([{ kind: 'look', incident: id }], now);
  if (kept.subjects !== incident.subjects)
    await tx.schedule(
      (['users', 'link'] as const).map((kind) => ({ kind, incident: id })),
      now,
    );
}

/** What the first picture shows needs no telling beside it, unless another incident tells for the campaign. */
async function onFirstPictureOf(tx: Tx, incident: Incident, events: readonly SignIn[]): Promise<Incident> {
  const touched = touchedBy(events);
  const tied = tiedBy(touched, await surroundingsOf(tx, touched), await tx.related(touched));
  return onFirstPicture(
    incident,
    tied.filter(({ id }) => id !== incident.id),
  );
}

/** Whether the next card of these alarms is worth waiting for. */
async function remember(tx: Tx, incident: Incident, { countings, tookMs }: Pick<Told, 'countings' | 'tookMs'>): Promise<void> {
  const arns = alarmsOf(incident).map(({ arn }) => arn);
  const known = await tx.alarms(arns);
  const log = memoryOfLog(
    countings.map((one) => one.counted),
    tookMs,
  );
  await tx.saveAlarms([...known.values()].map((memory) => ({ ...memory, log })));
}
