import type { Kysely } from 'kysely';
import type { Budget, ClaimedIncident, Delivery, Store, Tx } from '../domain/ports.ts';
import { claimDue, nextDueAt, prolong } from './claim.ts';
import { retryingConflicts } from './conflicts.ts';
import type { Database } from './database.ts';
import { addTransitions, admitEvents, admitMessages, readAlarms, saveAlarms } from './inbox.ts';
import { incidentById, incidentOf, insertIncidents, lockedIncident, lockKeys, newestByKey, saveIncident } from './incidents.ts';
import { pauseBudget, readShown, releaseLease, takeFromBudget, writeShown } from './pictures.ts';
import type { Schema } from './schema.ts';
import { appendEntries, readEntries } from './timeline.ts';

/**
 * The Store port over a database.
 * @param owner names this process; on SQLite, which only one process may have open, leases of earlier ones are void
 */
export async function openStore({ db, engine }: Database, owner: string): Promise<Store> {
  if (engine === 'sqlite') await db.updateTable('incidents').set({ lease_owner: null, lease_until: null }).execute();
  return {
    transact: (work) => retryingConflicts(() => db.transaction().execute((trx) => work(txOver(trx)))),
    incident: (id) => incidentById(db, id),
    entries: (incident) => readEntries(db, incident, false),
    openIncidents: () => openIncidents(db),
    alarms: async () => [...(await readAlarms(db, undefined)).values()],
    abandoned: async (before, self, otherOwnersAreDead) => {
      const rows = await db.selectFrom('pending_responses').selectAll().execute();
      const lost = rows.filter((row) => row.started_at < before || (otherOwnersAreDead && row.owner !== self));
      return lost.map((row) => ({ incident: row.incident, seq: row.seq, startedAt: row.started_at, owner: row.owner }));
    },
    claim: (now, heldBack) => claim(db, engine, owner, now, heldBack),
    nextDue: (heldBack) => nextDueAt(db, heldBack),
    saveShown: (incident, shown) =>
      retryingConflicts(() =>
        db.transaction().execute(async (trx) => {
          if (!(await prolong(trx, engine, owner, incident))) return false;
          await writeShown(trx, shown);
          return true;
        }),
      ),
    release: (claimed, next, now) => retryingConflicts(() => releaseLease(db, owner, claimed, next, now)),
    take: (budget, channel, now) => retryingConflicts(() => takeFromBudget(db, budget, channel, now)),
    pause: (budget, channel, until) => retryingConflicts(() => pauseBudget(db, budget, channel, until)),
    remember: (name, value, at) => remember(db, name, value, at),
    delivery: () => delivery(db),
    check: (now) => retryingConflicts(() => db.transaction().execute((trx) => remember(trx, 'check', 'ok', now))),
  };
}

function txOver(db: Kysely<Schema>): Tx {
  return {
    admit: (messages, at) => admitMessages(db, messages, at),
    admitEvents: (ids, at) => admitEvents(db, ids, at),
    lock: (keys) => lockKeys(db, keys),
    newest: (keys) => newestByKey(db, keys),
    incident: (id) => lockedIncident(db, id),
    entries: (incident) => readEntries(db, incident, false),
    alarms: (ids) => readAlarms(db, ids),
    saveAlarms: (alarms) => saveAlarms(db, alarms),
    insert: (incidents, now) => insertIncidents(db, incidents, now),
    save: async (changes, now) => {
      for (const { incident, due } of changes) await saveIncident(db, incident, due, now);
    },
    append: (entries) => appendEntries(db, entries),
    addTransitions: (transitions) => addTransitions(db, transitions),
    begin: async ({ incident, seq, startedAt, owner }) => {
      await db.insertInto('pending_responses').values({ incident, seq, started_at: startedAt, owner }).execute();
    },
    end: async (incident, seq) => {
      const { numDeletedRows } = await db.deleteFrom('pending_responses').where('incident', '=', incident).where('seq', '=', seq).executeTakeFirst();
      return numDeletedRows === 1n;
    },
  };
}

async function claim(
  db: Kysely<Schema>,
  engine: Database['engine'],
  owner: string,
  now: number,
  heldBack: readonly Budget[],
): Promise<ClaimedIncident | undefined> {
  const row = await retryingConflicts(() => claimDue(db, engine, owner, now, heldBack));
  if (row === undefined) return undefined;
  const first = db.selectFrom('entries').select('hash').where('incident', '=', row.id).where('seq', '=', 1);
  const [entries, shown, origin] = await Promise.all([readEntries(db, row.id, true), readShown(db, row.id), first.executeTakeFirst()]);
  return { incident: incidentOf(row), entries, shown, origin: origin?.hash ?? '', revision: row.revision };
}

async function openIncidents(db: Kysely<Schema>): ReturnType<Store['openIncidents']> {
  const rows = await db
    .selectFrom('incidents')
    .leftJoin('pictures', (join) => join.onRef('pictures.incident', '=', 'incidents.id').on('pictures.name', '=', 'card'))
    .select(['incidents.id', 'incidents.revision', 'incidents.body', 'pictures.ts'])
    .where('incidents.status', '<>', 'resolved')
    .orderBy('incidents.severity', 'desc')
    .orderBy('incidents.id')
    .execute();
  return rows.map((row) => ({ incident: incidentOf(row), card: row.ts ?? undefined }));
}

async function remember(db: Kysely<Schema>, name: string, value: string, at: number): Promise<void> {
  await db
    .insertInto('facts')
    .values({ name, value, at })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value, at }))
    .execute();
}

async function delivery(db: Kysely<Schema>): Promise<Delivery> {
  const last = await db
    .selectFrom('inbox')
    .select(({ fn }) => fn.max('at').as('at'))
    .executeTakeFirst();
  const oldest = await db
    .selectFrom('incidents')
    .select(({ fn }) => fn.min('due_at').as('at'))
    .executeTakeFirst();
  const facts = await db.selectFrom('facts').selectAll().execute();
  return {
    lastMessageAt: last?.at ?? undefined,
    oldestUndeliveredAt: oldest?.at ?? undefined,
    facts: new Map(facts.map((row) => [row.name, { value: row.value, at: row.at }])),
  };
}
