/** What came in: messages and events seen, alarms remembered, transitions kept. */
import { type Kysely, sql } from 'kysely';
import { type KnownChange, sameChangeMs } from '../domain/alarm/same-change.ts';
import { sha256 } from '../domain/digest.ts';
import type { AlarmMemory } from '../domain/incident/triage.ts';
import { type MessageId, messageKey, type Transition } from '../domain/store.ts';
import { allOf } from './memory.ts';
import type { Schema } from './schema.ts';

export async function admitMessages(db: Kysely<Schema>, messages: readonly MessageId[], at: number): Promise<Set<string>> {
  if (messages.length === 0) return new Set();
  const rows = await db
    .insertInto('inbox')
    .values(messages.map(({ topicArn, messageId }) => ({ topic_arn: topicArn, message_id: messageId, at })))
    .onConflict((conflict) => conflict.columns(['topic_arn', 'message_id']).doNothing())
    .returning(['topic_arn', 'message_id'])
    .execute();
  return new Set(rows.map((row) => messageKey({ topicArn: row.topic_arn, messageId: row.message_id })));
}

export async function admitEvents(db: Kysely<Schema>, eventIds: readonly string[], at: number): Promise<Set<string>> {
  if (eventIds.length === 0) return new Set();
  const rows = await db
    .insertInto('events')
    .values([...new Set(eventIds)].map((event_id) => ({ event_id, at })))
    .onConflict((conflict) => conflict.column('event_id').doNothing())
    .returning('event_id')
    .execute();
  return new Set(rows.map((row) => row.event_id));
}

export async function readAlarms(db: Kysely<Schema>, ids: readonly string[]): Promise<Map<string, AlarmMemory>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('alarms')
    .selectAll()
    .where('id', 'in', [...ids])
    .execute();
  return new Map(rows.map((row) => [row.id, JSON.parse(row.body) as AlarmMemory]));
}

/** By what an alarm is found by its name, in any case: a name may be longer than an index takes, and hold what no text column does. */
function namedKey(name: string): string {
  return sha256(name.toLowerCase());
}

/** Each contributor of an alarm is remembered by itself, and there is no telling how many there are. */
const mostNamed = 100;

export async function alarmsNamed(db: Kysely<Schema>, names: readonly string[]): Promise<AlarmMemory[]> {
  if (names.length === 0) return [];
  const rows = db.selectFrom('alarms').select('body').where('named', 'in', names.map(namedKey)).limit(mostNamed);
  return (await rows.execute()).map(({ body }) => JSON.parse(body) as AlarmMemory);
}

export async function someAlarms(db: Kysely<Schema>, most: number): Promise<AlarmMemory[]> {
  const rows = await db.selectFrom('alarms').select('body').orderBy('id').limit(most).execute();
  return rows.map(({ body }) => JSON.parse(body) as AlarmMemory);
}

export async function saveAlarms(db: Kysely<Schema>, alarms: readonly AlarmMemory[]): Promise<void> {
  if (alarms.length === 0) return;
  await db
    .insertInto('alarms')
    .values(alarms.map((alarm) => ({ id: alarm.id, named: namedKey(alarm.name), body: JSON.stringify(alarm) })))
    .onConflict((conflict) => conflict.column('id').doUpdateSet((eb) => ({ body: eb.ref('excluded.body') })))
    .execute();
}

export async function addTransitions(db: Kysely<Schema>, transitions: readonly Transition[]): Promise<void> {
  if (transitions.length === 0) return;
  const rows = transitions.map((one) => ({
    incident: one.incident ?? null,
    alarm_id: one.alarmId,
    state: one.state,
    at: one.at,
    told_by: one.toldBy,
    received_at: one.receivedAt,
    decision: one.decision,
    message_id: one.messageId,
  }));
  await db.insertInto('transitions').values(rows).execute();
}

/** Changes that follow each other faster are told apart by what is remembered of the alarm. */
const mostNear = 50;

export async function changesNear(
  db: Kysely<Schema>,
  changes: readonly { readonly alarmId: string; readonly at: number }[],
): Promise<Map<string, KnownChange[]>> {
  if (changes.length === 0) return new Map();
  const near = changes.map(
    ({ alarmId, at }) => sql<KnownChange & { alarm_id: string }>`
      select alarm_id, state, at, told_by as "toldBy" from transitions
      where alarm_id = ${alarmId} and at >= ${at - sameChangeMs} and at <= ${at + sameChangeMs} order by at limit ${sql.lit(mostNear)}`,
  );
  const rows = await allOf(db, near);
  return Map.groupBy(rows, ({ alarm_id }) => alarm_id);
}
