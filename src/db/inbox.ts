/** What came in: messages and events seen, alarms remembered, transitions kept. */
import type { Kysely } from 'kysely';
import { sha256 } from '../domain/digest.ts';
import type { AlarmMemory } from '../domain/incident/triage.ts';
import { type MessageId, messageKey, type Transition } from '../domain/store.ts';
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

export async function readAlarms(db: Kysely<Schema>, ids: readonly string[] | undefined): Promise<Map<string, AlarmMemory>> {
  if (ids?.length === 0) return new Map();
  const all = db.selectFrom('alarms').selectAll();
  const rows = await (ids ? all.where('id', 'in', [...ids]) : all).execute();
  return new Map(rows.map((row) => [row.id, JSON.parse(row.body) as AlarmMemory]));
}

/** By what an alarm is found by its name, in any case: a name may be longer than an index takes, and hold what no text column does. */
function namedKey(name: string): string {
  return sha256(name.toLowerCase());
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
    received_at: one.receivedAt,
    decision: one.decision,
    message_id: one.messageId,
  }));
  await db.insertInto('transitions').values(rows).execute();
}
