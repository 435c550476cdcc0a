/** Takes away what entries say once it is old, and the details of incidents that are over: the chain stays, and can still be verified. */
import { type Kysely, sql } from 'kysely';
import type { AuditKeys } from '../domain/audit/keys.ts';
import { asAppError } from '../domain/error.ts';
import { nameOf } from '../domain/incident/incident.ts';
import { endOf, withoutDetails } from '../domain/incident/pruned.ts';
import { storedIncident } from '../domain/incident/stored.ts';
import type { Place, Pruned } from '../domain/retention.ts';
import { type Chained, chainedOver, finished } from './chained.ts';
import { isOfDatabase } from './conflicts.ts';
import { incidentById, lockedIncident, stateRow } from './incidents.ts';
import { lockKeys } from './locks.ts';
import type { Prepared } from './node-sqlite.ts';
import { deleteUnkept } from './retention.ts';
import type { Schema } from './schema.ts';

const chainsPerStep = 200;
const rowsPerStep = 300;

interface Chain {
  readonly incident: number;
  /** When the first entry was made that still says what it did; null: there is none. */
  readonly next_at: number | null;
}

interface Kept {
  readonly db: Kysely<Schema>;
  readonly prepared: Prepared | undefined;
  readonly keys: AuditKeys;
}

interface OfChain {
  readonly incident: number;
  readonly before: number;
  readonly now: number;
}

interface Step {
  readonly before: number;
  readonly now: number;
  readonly after: Place | undefined;
}

/** Goes through all chains: none says of those after it that they are new, for the clock may have been ahead when it was begun. */
export async function pruneDetails({ db, prepared, keys }: Kept, { before, now, after = -1 }: Step): Promise<Pruned> {
  const chains = await chainsAfter(db, Number(after));
  const left: string[] = [];
  let count = 0;
  for (const { incident } of chains.filter((chain) => isOld(chain, before))) {
    const work = db.transaction().execute(async (trx) => {
      const chained = await chainedOver(trx, prepared, keys);
      const pruned = await pruneChain(trx, chained, { incident, before, now });
      await finished(chained);
      return pruned;
    });
    const done = await work.catch((thrown) => {
      if (isOfDatabase(thrown)) throw thrown;
      left.push(`${nameOf({ id: incident })}: ${asAppError(thrown).message}`);
      return { count: 0, isDone: true };
    });
    count += done.count;
    if (!done.isDone) return { count, left, next: incident - 1 };
    if (count >= rowsPerStep) return { count, left, next: incident };
  }
  return { count, left, next: chains.length < chainsPerStep ? undefined : chains.at(-1)?.incident };
}

function isOld({ next_at }: Chain, before: number): boolean {
  return next_at !== null && next_at < before;
}

/** On Postgres the user may be one that appends entries, and neither changes nor deletes any. */
export async function mayErase(db: Kysely<Schema>): Promise<boolean> {
  const isPostgres = db.getExecutor().adapter.supportsTransactionalDdl;
  if (!isPostgres) return true;
  const { rows } = await sql<{ may: boolean }>`select has_column_privilege('entries', 'body', 'update') as may`.execute(db);
  return rows[0]?.may === true;
}

async function chainsAfter(db: Kysely<Schema>, after: number): Promise<Chain[]> {
  const { rows } = await sql<Chain>`
    select incident,
      (select at from entries where entries.incident = chains.incident and entries.seq = chains.pruned_seq + 1) as next_at
    from chains where incident > ${after} order by incident limit ${sql.lit(chainsPerStep)}`.execute(db);
  return rows;
}

/** Whether any entry that was made before then still says what it did. */
export async function hasOldDetails(db: Kysely<Schema>, before: number): Promise<boolean> {
  for (let after = -1; ; ) {
    const chains = await chainsAfter(db, after);
    if (chains.some((chain) => isOld(chain, before))) return true;
    const last = chains.at(-1);
    if (last === undefined) return false;
    after = last.incident;
  }
}

async function pruneChain(trx: Kysely<Schema>, chained: Chained, { incident, before, now }: OfChain): Promise<{ count: number; isDone: boolean }> {
  if (incident > 0) await lockedIncident(trx, incident, chained.sealing);
  else await lockKeys(trx, ['log']);
  const chain = await trx.selectFrom('chains').select(['seq', 'pruned_seq']).where('incident', '=', incident).executeTakeFirstOrThrow();
  const next = trx.selectFrom('entries').select(['seq', 'at']).where('incident', '=', incident).where('seq', '>', chain.pruned_seq);
  const entries = await next.orderBy('seq').limit(rowsPerStep).execute();
  const firstNew = entries.findIndex(({ at }) => at >= before);
  const old = firstNew < 0 ? entries : entries.slice(0, firstNew);
  const last = old.at(-1)?.seq;
  if (last === undefined) return { count: 0, isDone: true };
  // A chain is done with its last entry: until then the details of its incident are taken away first, so that no crash leaves some behind.
  const details = last === chain.seq ? await pruneIncident(trx, chained, { incident, before, now }) : 'done';
  if (details === 'more') return { count: 0, isDone: false };
  const until = details === 'later' ? last - 1 : last;
  await erase(trx, incident, { from: chain.pruned_seq + 1, until, now });
  return { count: until - chain.pruned_seq, isDone: last === chain.seq || old.length < rowsPerStep };
}

/** The salt goes with the body: with it a short body could be guessed from its digest. */
async function erase(trx: Kysely<Schema>, incident: number, { from, until, now }: { from: number; until: number; now: number }): Promise<void> {
  const rows = trx.updateTable('entries').where('incident', '=', incident).where('seq', '>=', from).where('seq', '<=', until);
  await rows.set({ body: null, salt: '', in_thread: 0, pruned_at: now }).execute();
  await trx.updateTable('chains').set({ pruned_seq: until }).where('incident', '=', incident).execute();
}

/** @returns `more` while some of its sign-ins are left, `later` where it is over later without another entry: the last one leads here again */
async function pruneIncident(trx: Kysely<Schema>, { sealing }: Chained, { incident: id, before, now }: OfChain): Promise<'done' | 'more' | 'later'> {
  const incident = await incidentById(trx, id);
  const end = incident && endOf(incident, before);
  if (incident === undefined || end === 'open') return 'done';
  if (end === 'later') return 'later';
  const some = trx.selectFrom('incident_sign_ins').select('sign_in').where('incident', '=', id).limit(rowsPerStep);
  const signIns = (await some.execute()).map(({ sign_in }) => sign_in);
  if (signIns.length > 0) {
    await trx.deleteFrom('incident_sign_ins').where('incident', '=', id).where('sign_in', 'in', signIns).execute();
    await deleteUnkept(trx, signIns);
    if (signIns.length === rowsPerStep) return 'more';
  }
  await trx.deleteFrom('incident_traces').where('incident', '=', id).execute();
  await sealing.changesKept(id);
  await trx.deleteFrom('responses').where('incident', '=', id).where('result', 'is not', null).execute();
  await trx.deleteFrom('requests').where('incident', '=', id).where('due_at', 'is', null).execute();
  await trx
    .updateTable('incidents')
    .set(({ eb }) => ({ body: storedIncident(withoutDetails(incident, now)), revision: eb('revision', '+', 1) }))
    .where('id', '=', id)
    .execute();
  const row = await stateRow(trx, id);
  if (row !== undefined) sealing.changed([row], now);
  return 'done';
}
