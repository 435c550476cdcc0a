/** Takes away what is kept for a time only, a few rows at a time: each step is a seek, and short enough to keep nobody waiting. */
import { type Kysely, sql } from 'kysely';
import { asAppError } from '../domain/error.ts';
import { lastSeen, readAlarm } from '../domain/incident/alarm-memory.ts';
import type { Perishable, Place, Pruned } from '../domain/retention.ts';
import type { Schema } from './schema.ts';
import { pruneStorms } from './storms.ts';

const perStep = 500;

interface Step {
  readonly kind: Perishable;
  readonly before: number;
  readonly after: Place | undefined;
}

export async function pruneStep(db: Kysely<Schema>, { kind, before, after }: Step): Promise<Pruned> {
  switch (kind) {
    case 'messages':
      return counted(
        await sql`delete from inbox where (topic_arn, message_id) in (
          select topic_arn, message_id from inbox where at < ${before} order by at limit ${sql.lit(perStep)})`.execute(db),
      );
    case 'events':
      return counted(
        await sql`delete from events where event_id in (
          select event_id from events where at < ${before} order by at limit ${sql.lit(perStep)})`.execute(db),
      );
    case 'transitions':
      return pruneTransitions(db, before, Number(after ?? 0));
    case 'storms':
      return pruneStorms(db, before, Number(after ?? 0));
    case 'outages':
      return pruneOutages(db, before, Number(after ?? 0));
    case 'alarms':
      return pruneAlarms(db, before, String(after ?? ''));
    case 'sign-ins':
      return pruneSignIns(db, before, Number(after ?? 0));
    case 'locks':
      // By which earlier versions locked; nothing writes them any more.
      return counted(await sql`delete from incident_keys where key in (select key from incident_keys limit ${sql.lit(perStep)})`.execute(db));
    case 'budgets':
      return counted(
        await sql`delete from budgets where name in (
          select name from budgets where ready_at < ${before} limit ${sql.lit(perStep)})`.execute(db),
      );
  }
}

function counted({ numAffectedRows }: { numAffectedRows?: bigint | undefined }): Pruned {
  const count = Number(numAffectedRows ?? 0);
  return { count, next: count < perStep ? undefined : 0 };
}

/** They are numbered in the order in which they came; the clock may have been ahead when some did. */
async function pruneTransitions(db: Kysely<Schema>, before: number, after: number): Promise<Pruned> {
  const rows = await db.selectFrom('transitions').select(['id', 'received_at']).where('id', '>', after).orderBy('id').limit(perStep).execute();
  const old = rows.filter(({ received_at }) => received_at < before).map(({ id }) => id);
  if (old.length > 0) await db.deleteFrom('transitions').where('id', 'in', old).execute();
  return { count: old.length, next: rows.length < perStep ? undefined : rows.at(-1)?.id };
}

/** The newest stays: what is found next may be of it. They are numbered in the order in which they were found. */
async function pruneOutages(db: Kysely<Schema>, before: number, after: number): Promise<Pruned> {
  const rows = await db
    .selectFrom('outages')
    .select(['id', 'found_at'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(perStep + 1)
    .execute();
  const old = rows.slice(0, -1).flatMap(({ id, found_at }) => (found_at < before ? [id] : []));
  if (old.length > 0) await db.deleteFrom('outages').where('id', 'in', old).execute();
  return { count: old.length, next: rows.length <= perStep ? undefined : rows.at(-2)?.id };
}

/** One that changes meanwhile has another body by then, and stays; so does one that cannot be read. */
async function pruneAlarms(db: Kysely<Schema>, before: number, after: string): Promise<Pruned> {
  const rows = await db.selectFrom('alarms').select(['id', 'body']).where('id', '>', after).orderBy('id').limit(perStep).execute();
  const left: string[] = [];
  const isOld = ({ id, body }: { id: string; body: string }): boolean => {
    try {
      return lastSeen(readAlarm(body)) < before;
    } catch (thrown) {
      left.push(`${id}: ${asAppError(thrown).message}`);
      return false;
    }
  };
  const old = rows.filter(isOld);
  const next = rows.length < perStep ? undefined : rows.at(-1)?.id;
  if (old.length === 0) return { count: 0, left, next };
  const same = sql.join(old.map(({ id, body }) => sql`(${id}, ${body})`));
  const { numAffectedRows } = await sql`delete from alarms where (id, body) in (values ${same})`.execute(db);
  return { count: Number(numAffectedRows ?? 0), left, next };
}

/** Those that belong to an incident stay as long as its details do. They are not numbered in the order of their time: some come late. */
async function pruneSignIns(db: Kysely<Schema>, before: number, after: number): Promise<Pruned> {
  const rows = await db.selectFrom('sign_ins').select(['id', 'at']).where('id', '>', after).orderBy('id').limit(perStep).execute();
  const old = rows.filter(({ at }) => at < before).map(({ id }) => id);
  return { count: await deleteUnkept(db, old), next: rows.length < perStep ? undefined : rows.at(-1)?.id };
}

/** @returns how many of them no incident has */
export async function deleteUnkept(db: Kysely<Schema>, ids: readonly number[]): Promise<number> {
  if (ids.length === 0) return 0;
  const { numAffectedRows } = await sql`
    delete from sign_ins where id in (${sql.join(ids)})
    and not exists (select 1 from incident_sign_ins where incident_sign_ins.sign_in = sign_ins.id)`.execute(db);
  return Number(numAffectedRows ?? 0);
}
