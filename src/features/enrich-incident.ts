/** Finds out who: looks through CloudTrail's event history again and again, and improves the card in place. */
import { spanMs } from '../domain/alarm/fired.ts';
import { detectionOf } from '../domain/detection/detections.ts';
import { AppError, asAppError } from '../domain/error.ts';
import { newsOf } from '../domain/incident/campaign.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { looksForSetBy, withSetBy } from '../domain/incident/set-by.ts';
import { setAlarmState, trailPlan } from '../domain/incident/trail-plan.ts';
import { notesWithCalls } from '../domain/incident/user-notes.ts';
import type { Json } from '../domain/json.ts';
import type { Ports } from '../domain/ports.ts';
import type { OwnIdentity } from '../domain/response/own-actions.ts';
import { outOfReach } from '../domain/response/reach.ts';
import { belonging, knownUntil, nextLookAt, windowStart } from '../domain/sign-in/looks.ts';
import { isSameUser } from '../domain/sign-in/memory.ts';
import { isSignInRecord, type SignIn, signInFromRecord } from '../domain/sign-in/sign-in.ts';
import { addressesOf } from '../domain/sign-in/subjects.ts';
import { sharedNetworks, touchedBy } from '../domain/sign-in/surroundings.ts';
import type { Tx } from '../domain/store.ts';
import type { ClaimedLook } from '../domain/work.ts';
import { keepEvents } from './keep-events.ts';
import { rememberSignIns, surroundingsOf } from './remember-sign-ins.ts';

const minute = 60_000;
/** While looks are this close together, another firing starts no new series of them. */
const denseMs = 3 * minute;
/** How long the looks of one round may lie apart. */
const roundMs = 5_000;
const mostPages = 20;
/** An incident that cannot be told so often waits no more. */
const mostFailures = 8;

/** The chore `look`: begins to look through CloudTrail's event history for what the log behind the alarm cannot tell. */
export async function beginLooking(ports: Ports, id: number): Promise<void> {
  const found = await goingOn(ports, id);
  if (found === undefined || found.origin === 'notice') return;
  const now = ports.clock.now();
  await askWhoSetIt(ports, found.id);
  if (found.look !== undefined && now - found.look.since < denseMs) return;
  await ports.store.transact(async (tx) => {
    const incident = await tx.incident(found.id);
    if (incident === undefined || incident.mergedInto !== undefined) return;
    const span = spanMs(incident.alarm?.measures) ?? (incident.detection ? detectionOf(incident.detection).alarm.seconds * 1_000 : 300_000);
    const from = windowStart(incident.look === undefined ? incident.firstSignalAt : incident.lastSignalAt, span);
    const plan = trailPlan(incident, from, ports.settings);
    const looks = plan.do === 'nothing' ? [] : plan.looks.filter(({ account }) => outOfReach(account, ports.settings) === undefined);
    if (plan.do === 'nothing' || looks.length === 0) return;
    await tx.wait({ incident: incident.id, since: now, from }, looks);
    const look = { since: now, nextAt: now, found: incident.look?.found ?? 0, faults: incident.look?.faults ?? {}, why: plan.why };
    await tx.save([{ incident: { ...incident, look }, due: 'paced' }], now);
  });
}

/** One that was merged, by a run that died before it could go on, is looked for as what it is part of. */
async function goingOn({ store }: Pick<Ports, 'store'>, id: number): Promise<Incident | undefined> {
  const asked = await store.incident(id);
  return asked?.mergedInto === undefined ? asked : store.incident(asked.mergedInto);
}

/** The chore `set-by`: asks who set alarms to OK by hand, and nothing else over again. */
export async function askWhoSetIt(ports: Ports, id: number): Promise<void> {
  const { store, settings, clock } = ports;
  const found = await goingOn(ports, id);
  if (found === undefined) return;
  const now = clock.now();
  await store.transact(async (tx) => {
    const incident = await tx.incident(found.id);
    if (incident === undefined) return;
    for (const look of looksForSetBy(incident, now))
      if (outOfReach(look.account, settings) === undefined) await tx.wait({ incident: found.id, since: now, from: look.from }, [look]);
  });
}

/** Asks CloudTrail what all who wait for this look ask, and tells each of them. */
export async function lookThrough(ports: Ports, look: ClaimedLook): Promise<void> {
  const { store, clock } = ports;
  const turn = await store.takeLook(look.account, look.region, clock.now());
  if (turn !== undefined) return store.endLook(look, { done: [], again: turn, failed: false });
  const read = await readPages(ports, look);
  if (read === 'lost') return;
  const now = clock.now();
  const signIns = signInsIn(ports, read.records, look);
  await store.transact((tx) => rememberSignIns(tx, signIns, now));
  const told = { look, records: read.records, signIns, fault: read.fault, own: ports.settings };
  const untold = await tellAll(ports, told, now);
  const nexts = look.waits.map((wait) => ({ incident: wait.incident, at: nextLookAt(wait.since, now) }));
  const isPassing = untold || (read.fault !== undefined && read.fault.code !== 'denied' && read.fault.code !== 'refused');
  const soon = isPassing ? now + Math.min(minute, 5_000 * 2 ** look.failures) : Number.POSITIVE_INFINITY;
  const isLast = look.failures >= mostFailures;
  const done = nexts.filter(({ at }) => at === undefined && (!untold || isLast)).map(({ incident }) => incident);
  const again = Math.min(soon, ...nexts.flatMap(({ at }) => at ?? []));
  await store.endLook(look, { done, again: Number.isFinite(again) ? again : undefined, failed: isPassing || read.fault !== undefined });
  ports.wake();
}

/** Each by itself: what one incident cannot take keeps the others from nothing. True when one could not be told. */
async function tellAll(ports: Ports, told: Omit<Told, 'wait'>, now: number): Promise<boolean> {
  let untold = false;
  for (const wait of told.look.waits) {
    // SQLite answers without giving anything else a turn: SNS and clicks get theirs here.
    await new Promise((resolve) => setImmediate(resolve));
    await ports.store.holdLook(told.look);
    await ports.store
      .transact((tx) => tell(tx, { ...told, wait }, now))
      .catch((thrown: unknown) => {
        untold = true;
        ports.log.error({ incident: wait.incident, err: asAppError(thrown) }, 'incident not told what CloudTrail has');
      });
  }
  return untold;
}

interface Read {
  readonly records: Json[];
  /** What was read before it stands. */
  readonly fault: AppError | undefined;
}

/** `lost`: another replica goes on with it. Each page waits for its turn and prolongs the lease. */
async function readPages(ports: Ports, look: ClaimedLook): Promise<Read | 'lost'> {
  const records: Json[] = [];
  let token: string | undefined;
  try {
    for (let page = 0; page < mostPages; page++) {
      if (page > 0 && !(await ownTurn(ports, look))) return 'lost';
      const answer = await ports.trail.page(look, ports.clock.now(), token);
      records.push(...answer.records);
      if (answer.next === undefined) return { records, fault: undefined };
      token = answer.next;
    }
    // Newest first: what is left out is the oldest of the window.
    const message = `CloudTrail has more than ${records.length} ${look.value} events of that time; the older ones were not read.`;
    return { records, fault: new AppError('refused', message) };
  } catch (thrown) {
    const fault = asAppError(thrown);
    ports.log.warn({ account: look.account, region: look.region, value: look.value, err: fault }, 'CloudTrail not read');
    return { records, fault };
  }
}

/** Waits for the next call that the account and region allow; false when the look is another replica's meanwhile. */
async function ownTurn({ store, clock }: Ports, look: ClaimedLook): Promise<boolean> {
  for (;;) {
    if (!(await store.holdLook(look))) return false;
    const turn = await store.takeLook(look.account, look.region, clock.now());
    if (turn === undefined) return true;
    await clock.wait(turn - clock.now());
  }
}

interface Told {
  readonly look: ClaimedLook;
  readonly wait: ClaimedLook['waits'][number];
  readonly records: readonly Json[];
  readonly signIns: readonly SignIn[];
  readonly fault: AppError | undefined;
  readonly own: OwnIdentity;
}

async function tell(tx: Tx, told: Told, now: number): Promise<void> {
  const incident = await tx.incident(told.wait.incident);
  if (incident === undefined || incident.mergedInto !== undefined) return;
  const next = told.look.attribute === 'Username' ? withActivity(incident, told) : await withFound(tx, incident, told, now);
  const look = lookAfter(next, told, now);
  const isSame = next === incident && JSON.stringify(look) === JSON.stringify(incident.look);
  if (isSame) return;
  const isNews = next.subjects !== incident.subjects;
  await tx.save([{ incident: { ...next, look }, due: isNews ? 'now' : 'paced' }], now);
  if (widens(incident, next)) await tx.lookAgain(incident.id, told.look.id, now + 1);
  if (isNews) {
    await tx.schedule(
      (['users', 'link'] as const).map((kind) => ({ kind, incident: incident.id })),
      now,
    );
  }
  if (newsOf(next) !== 'none') await tx.schedule([{ kind: 'ring', incident: incident.id }], now + roundMs);
}

/** Whether it has addresses or users now by which more events belong to it: of other regions, that were read before and left out. */
function widens(before: Incident, after: Incident): boolean {
  const traces = ({ subjects }: Incident): string[] => subjects.flatMap((subject) => [subject.key, ...addressesOf(subject)]);
  const known = new Set(traces(before));
  return traces(after).some((trace) => !known.has(trace));
}

function lookAfter(incident: Incident, { look, fault }: Told, now: number): Incident['look'] {
  if (incident.look === undefined || look.attribute === 'Username') return incident.look;
  const place = `${look.account} ${look.region} ${look.value}`;
  const { [place]: _before, ...others } = incident.look.faults;
  const through = fault ? incident.look.through : { ...incident.look.through, [place]: knownUntil(now) };
  const faults = fault ? { ...others, [place]: fault.message } : others;
  return { ...incident.look, nextAt: nextLookAt(incident.look.since, now), faults, ...(through === undefined ? {} : { through }) };
}

function withActivity(incident: Incident, { look, wait, records, fault }: Told): Incident {
  const subject = incident.subjects.find((one) => one.kind === 'iam-user' && isSameUser(one, { account: look.account, name: look.value }));
  if (subject === undefined || fault !== undefined) return incident;
  const before = incident.users[subject.key];
  const notes = notesWithCalls(before, records, { since: wait.from, sessions: subject.sessions ?? [] });
  return JSON.stringify(notes) === JSON.stringify(before) ? incident : { ...incident, users: { ...incident.users, [subject.key]: notes } };
}

async function withFound(tx: Tx, incident: Incident, { wait, look, records, signIns, own }: Told, now: number): Promise<Incident> {
  const named = look.value === setAlarmState ? withSetBy(incident, records, look) : incident;
  if (incident.look?.why === 'who-set-it') return named;
  const around = await surroundingsOf(tx, touchedBy(belonging(named, wait.from, signIns)));
  const events = belonging({ ...named, shared: sharedNetworks(around) }, wait.from, signIns);
  return keepEvents(tx, named, { events, own, source: 'trail', now });
}

/** A record without an id cannot be told from one that is known already, and is left out. */
function signInsIn({ log, clock }: Ports, records: readonly Json[], { account, region }: ClaimedLook): SignIn[] {
  return records.flatMap((record) => {
    try {
      const read = isSignInRecord(record) ? signInFromRecord(record, { account, region, at: clock.now(), id: '' }) : undefined;
      return read === undefined || read.eventId === '' ? [] : [read];
    } catch (thrown) {
      log.warn({ account, region, err: asAppError(thrown) }, 'a record of CloudTrail that cannot be read is left out');
      return [];
    }
  });
}
