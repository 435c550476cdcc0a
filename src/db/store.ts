import type { Kysely } from 'kysely';
import type { AuditKeys } from '../domain/audit/keys.ts';
import type { Entry } from '../domain/incident/timeline.ts';
import type { Store, Tx } from '../domain/store.ts';
import { addAnchor, anchorsAfter, sealOld } from './anchors.ts';
import { answerAsked, askedOf, askIncidents } from './asks.ts';
import { claimOpened } from './at-once.ts';
import { auditLogOf } from './audit-log.ts';
import { type Chained, chainedOver, finished } from './chained.ts';
import { saveIncidents } from './change-incidents.ts';
import { claimChore, claimLook, endChore, endLook, isLooking, lookAgain, scheduleChores, takeLogCall, takeLook, waitForLooks } from './chores.ts';
import { type Claiming, databaseClock, endAllLeases, nextChoreAt, nextDueAt, nextLookAt, prolong, prolongLook } from './claim.ts';
import { claimIncident } from './claimed.ts';
import { dueAgain } from './clock-back.ts';
import { retryingConflicts } from './conflicts.ts';
import type { Database } from './database.ts';
import { forget, remember } from './facts.ts';
import { admitEvents, admitMessages, alarmsNamed, readAlarms, saveAlarms, seenMessages, someAlarms } from './inbox.ts';
import {
  hasCard,
  incidentById,
  incidentsById,
  incidentsFor,
  insertIncidents,
  lockedIncident,
  lockedIncidents,
  newestByKey,
  waitingCards,
} from './incidents.ts';
import { isPostgres, lockBy } from './locks.ts';
import { knownSignIns, rememberSignIns, seenAround, signInsAround } from './memory.ts';
import { countOpen, gravestOpen, openOfKeys, openWithSubject, readDelivery } from './overview.ts';
import { pauseBudget, readCards, releaseLease, takeFromBudget, takeToken, writeShown } from './pictures.ts';
import { hasOldDetails, mayErase, pruneDetails } from './prune-details.ts';
import { forgetGathered, gather, gatheredOf, gatheredUntil } from './refused.ts';
import { countedSince, factNamed, openRequestsBy, requestAt, requestsDue, saveRequest } from './requests.ts';
import { abandonedResponses, beginResponse, begunResponses, claimUnderWay, endResponse, goOnWith, isUnderWay, recentResponse } from './responses.ts';
import { pruneStep } from './retention.ts';
import type { Schema } from './schema.ts';
import { keepSignIns, keptSignIns, moveSignIns, signInsOf } from './sign-ins.ts';
import { countFolded, foldedIncidents } from './storm-list.ts';
import { claimStorm, endStorm, foldInto, makeRoom, releaseStorm, stormPicture } from './storms.ts';
import { claimSweep, endSweep, holdSweep, newestOutages, nextSweepAt, noteFound, noteStop, planSweeps, sweepBy, takeUntold } from './sweeps.ts';
import { entriesFrom, entryAt, lastStepAt, pageOfEntries } from './timeline.ts';
import { relatedIncidents, tiedIncidents } from './traces.ts';
import { addTransitions, changesNear, messagesOfKept } from './transitions.ts';

/** How the log is kept. */
export interface Audit {
  readonly keys: AuditKeys;
  /** Called with what was appended, once it is committed. */
  readonly written?: (entries: readonly Entry[]) => void;
}

export interface Stores {
  readonly store: Store;
  /** The same for background work, which makes way for people and signals. */
  readonly behind: Store;
}

/**
 * The Store port over a database.
 * @param owner names this process; on SQLite, which only one process may have open, leases of earlier ones are void
 */
export async function openStores(database: Database, owner: string, audit: Audit = { keys: [] }): Promise<Stores> {
  if (database.engine === 'sqlite' && !database.isBeside) await endAllLeases(database.db);
  let claims = 0;
  const storeOn = (db: Database['db']): Store => storeOver({ ...database, db }, () => `${owner}/${++claims}`, audit);
  return { store: storeOn(database.db), behind: storeOn(database.behind ?? database.db) };
}

/** As `openStores`, where nothing has to make way. */
export async function openStore(database: Database, owner: string, audit?: Audit): Promise<Store> {
  return (await openStores(database, owner, audit)).store;
}

/** @param newLease names a lease, each time another one */
function storeOver({ db, engine, prepared, unsynced = db }: Database, newLease: () => string, audit: Audit): Store {
  const { keys } = audit;
  return {
    transact: async (work) => {
      const appended: Entry[] = [];
      const result = await retryingConflicts(() => {
        appended.length = 0;
        return db.transaction().execute(async (trx) => {
          const chained = await chainedOver(trx, prepared, keys);
          const done = await work(txOver(trx, chained, (now) => ({ engine, lease: newLease(), now })));
          appended.push(...(await finished(chained)));
          return done;
        });
      });
      audit.written?.(appended);
      return result;
    },
    incident: (id) => incidentById(db, id),
    incidents: (ids) => incidentsById(db, ids),
    entries: (incident, page) => pageOfEntries(db, incident, { page, keys }),
    entry: (incident, seq) => entryAt(db, { incident, seq }, keys),
    lastStepAt: (incidents) => lastStepAt(db, incidents),
    card: async (incident) => (await readCards(db, [incident])).get(incident),
    openIncidents: (most) => gravestOpen(db, most),
    openOf: (wanted) => openOfKeys(db, wanted),
    openWith: (subject) => openWithSubject(db, subject),
    countOpen: (upTo) => countOpen(db, upTo),
    alarms: (most) => someAlarms(db, most),
    alarmsNamed: (names) => alarmsNamed(db, names),
    request: (incident, seq) => requestAt(db, incident, seq),
    requestsDue: (now) => requestsDue(db, now),
    fact: (name) => factNamed(db, name),
    audit: { log: auditLogOf(db), keys },
    anchors: (after, most) => anchorsAfter(db, after, most),
    gatheredUntil: (now) => gatheredUntil(db, now),
    abandoned: (before, self, otherOwnersAreDead) => abandonedResponses(db, before, self, otherOwnersAreDead),
    recent: (response, subject, since) => recentResponse(db, response, subject, since),
    isUnderWay: (incident, seq) => isUnderWay(db, incident, seq),
    claimUnderWay: (now, until) => retryingConflicts(() => claimUnderWay(db, now, until)),
    claim: (now, heldBack, first) => claimIncident(unsynced, { engine, lease: newLease(), now }, { heldBack, first, keys }),
    nextDue: (heldBack) => nextDueAt(db, heldBack),
    saveShown: (claimed, shown) =>
      retryingConflicts(() =>
        db.transaction().execute(async (trx) => {
          if (!(await prolong(trx, engine, claimed))) return false;
          await writeShown(trx, claimed, shown);
          return true;
        }),
      ),
    claimStorm: (now) => retryingConflicts(() => claimStorm(unsynced, { engine, lease: newLease(), now })),
    foldInto: (claimed, now) => retryingConflicts(() => foldInto(unsynced, engine, claimed, now)),
    stormPicture: (storm) => stormPicture(unsynced, storm),
    makeRoom: (claimed, count, now) => retryingConflicts(() => makeRoom(unsynced, engine, claimed, { count, now })),
    endStorm: (claimed, now) => retryingConflicts(() => endStorm(unsynced, engine, claimed, now)),
    releaseStorm: (claimed, next) => retryingConflicts(() => releaseStorm(unsynced, claimed, next)),
    countFolded: () => countFolded(db),
    folded: (listing) => foldedIncidents(db, listing),
    release: (claimed, next, now) => retryingConflicts(() => releaseLease(unsynced, claimed, next, now)),
    take: (call, now) => retryingConflicts(() => takeFromBudget(unsynced, call, now)),
    pause: (budget, channel, until) => retryingConflicts(() => pauseBudget(unsynced, budget, channel, until)),
    signIns: (incident, listing) => signInsOf(db, incident, listing),
    related: (incident, since) => relatedIncidents(db, incident, since),
    claimChore: (now, kinds) => retryingConflicts(() => claimChore(unsynced, { engine, lease: newLease(), now }, kinds)),
    endChore: (chore, again, failed = false) => retryingConflicts(() => endChore(unsynced, chore, { again, failed })),
    claimLook: (now) => retryingConflicts(() => claimLook(unsynced, { engine, lease: newLease(), now })),
    isLooking: (incident, now) => isLooking(db, incident, now),
    holdLook: (look) => retryingConflicts(() => prolongLook(unsynced, engine, look)),
    endLook: (look, end) => retryingConflicts(() => endLook(unsynced, look, end)),
    takeLogCall: (place, perSecond, now) => retryingConflicts(() => takeLogCall(unsynced, place, perSecond, now)),
    takeLook: (account, region, now) => retryingConflicts(() => takeLook(unsynced, account, region, now)),
    nextChoreAt: (kinds) => nextChoreAt(db, kinds),
    nextLookAt: () => nextLookAt(db),
    dueAgain: (now, by) => retryingConflicts(() => db.transaction().execute((trx) => dueAgain(trx, now, by))),
    prune: (kind, before, after) => retryingConflicts(() => pruneStep(db, { kind, before, after })),
    pruneDetails: (before, now, after) => retryingConflicts(() => pruneDetails({ db, prepared, keys }, { before, now, after })),
    mayErase: () => mayErase(db),
    hasOldDetails: (before) => hasOldDetails(db, before),
    planSweeps: (sweeps, now) => retryingConflicts(() => planSweeps(db, sweeps, now)),
    claimSweep: (now) => retryingConflicts(() => claimSweep(db, { engine, lease: newLease(), now })),
    holdSweep: (sweep) => retryingConflicts(() => holdSweep(unsynced, engine, sweep)),
    endSweep: (sweep, end) => retryingConflicts(() => endSweep(db, sweep, end)),
    nextSweepAt: () => nextSweepAt(db),
    outages: () => newestOutages(db),
    remember: (name, value, at) => remember(db, name, value, at),
    forget: (namesBegin, before) => forget(db, namesBegin, before),
    databaseClock: () => databaseClock(db, engine),
    delivery: () => readDelivery(db),
    check: (now) => retryingConflicts(() => db.transaction().execute((trx) => remember(trx, 'check', 'ok', now))),
  };
}

function txOver(db: Kysely<Schema>, { keys, sender, rows, chains, sealing }: Chained, claiming: (now: number) => Claiming): Tx {
  const read = { rows, sealing };
  const isAlone = !isPostgres(db);
  return {
    admit: (messages, at) => admitMessages(rows, messages, at),
    admitEvents: (ids, at) => admitEvents(rows, ids, at),
    first: async (name, now, every) => (await takeToken(db, name, { every, burst: 1 }, now)) === undefined,
    isAlone,
    lock: async (keys) => (isAlone ? undefined : lockBy(sender, keys)),
    newest: (keys) => newestByKey(read, keys),
    incident: (id) => lockedIncident(db, id, sealing),
    incidents: (ids) => lockedIncidents(db, ids, sealing),
    containing: () => incidentsFor(db, 'contained'),
    alarms: (ids) => readAlarms(rows, ids),
    saveAlarms: (alarms) => saveAlarms(rows, alarms),
    changesNear: (changes) => changesNear(db, changes),
    knownMessages: async (changes) => new Set([...(await seenMessages(rows, changes)), ...(await messagesOfKept(rows, changes))]),
    insert: (incidents) => insertIncidents(read, incidents),
    claimOpened: (opened, atOnce, now) => claimOpened(db, claiming(now), { opened, atOnce }),
    hasCard: (incident) => hasCard(db, incident),
    waitingCards: (limit) => waitingCards(db, limit),
    save: (changes, now) => saveIncidents({ db, ...read }, changes, now),
    append: (entries) => chains.append(entries),
    anchor: (at, most) => addAnchor({ db, rows, keys }, at, most),
    sealOld: (most) => sealOld(db, keys, most),
    addTransitions: (transitions) => addTransitions(rows, transitions),
    begin: async (response) => {
      await sealing.changesKept(response.incident);
      await beginResponse(db, response);
    },
    end: async (intent, outcome) => {
      await sealing.changesKept(intent.incident);
      return endResponse(db, intent, outcome);
    },
    goOn: async (incident, seq, next) => {
      await sealing.changesKept(incident);
      return goOnWith(db, incident, seq, next);
    },
    recent: (response, subject, since) => recentResponse(db, response, subject, since),
    saveRequest: async (request) => {
      await sealing.changesKept(request.incident);
      await saveRequest(db, request);
    },
    request: (incident, seq) => requestAt(db, incident, seq),
    entriesFrom: (incident, seq) => entriesFrom(db, { incident, seq }, keys),
    openRequestsBy: () => openRequestsBy(db),
    taken: async (name, of, now) => (await takeToken(db, name, of, now)) === undefined,
    fact: (name) => factNamed(db, name),
    note: (name, value, at) => remember(db, name, value, at),
    gathered: (person) => gatheredOf(db, person),
    gather: (gathered) => gather(db, gathered),
    forgetGathered: (person) => forgetGathered(db, person),
    countedSince: (since) => countedSince(db, since),
    begun: (responses, from, until) => begunResponses(db, responses, from, until),
    kept: (eventIds) => keptSignIns(db, eventIds),
    known: (eventIds) => knownSignIns(db, eventIds),
    remember: (signIns) => rememberSignIns(db, signIns),
    seen: (questions) => seenAround(db, questions),
    signInsAround: (touched) => signInsAround(db, touched),
    related: (touched) => tiedIncidents(db, touched),
    ask: (signIns) => askIncidents(db, signIns),
    asked: (incident, most) => askedOf(db, incident, most),
    answer: (incident, touched) => answerAsked(db, incident, touched),
    keepSignIns: (pairs) => keepSignIns(db, pairs),
    moveSignIns: (from, to) => moveSignIns(db, from, to),
    schedule: (chores, at) => scheduleChores(rows, chores, at),
    sweepBy: (sweep, at) => sweepBy(db, sweep, at),
    noteStop: (time, now) => noteStop(db, time, now),
    noteFound: (found, now) => noteFound(db, found, now),
    takeUntold: () => takeUntold(db),
    wait: (waiting, looks) => waitForLooks(db, waiting, looks),
    lookAgain: (incident, except, at) => lookAgain(db, incident, except, at),
  };
}
