/** What came in: messages and events seen, alarms remembered. */
import type { Kysely } from 'kysely';
import { boundedKey } from '../domain/digest.ts';
import { readAlarm, storedAlarm } from '../domain/incident/alarm-memory.ts';
import type { AlarmMemory } from '../domain/incident/triage.ts';
import { type MessageId, messageKey } from '../domain/signal/message.ts';
import { insertion, type Rows, rowStatement } from './rows.ts';
import type { Schema } from './schema.ts';

const admitMessage = insertion(
  'inbox',
  { topic_arn: 'text', message_id: 'text', at: 'bigint' },
  'on conflict (topic_arn, message_id) do nothing returning topic_arn, message_id',
);

export async function admitMessages(rows: Rows, messages: readonly MessageId[], at: number): Promise<Set<string>> {
  const unique = new Map(messages.map((message) => [messageKey(message), message]));
  const given = [...unique.values()].map(({ topicArn, messageId }) => ({ topic_arn: topicArn, message_id: messageId, at }));
  const fresh = await rows.run<{ topic_arn: string; message_id: string }>(admitMessage, given);
  return new Set(fresh.map((row) => messageKey({ topicArn: row.topic_arn, messageId: row.message_id })));
}

const seenMessage = rowStatement(
  { topic_arn: 'text', message_id: 'text' },
  ({ given }) => `select inbox.topic_arn, inbox.message_id from ${given} join inbox
    on inbox.topic_arn = given.topic_arn and inbox.message_id = given.message_id`,
);

export async function seenMessages(rows: Rows, messages: readonly MessageId[]): Promise<string[]> {
  const given = messages.map(({ topicArn, messageId }) => ({ topic_arn: topicArn, message_id: messageId }));
  const seen = await rows.run<{ topic_arn: string; message_id: string }>(seenMessage, given);
  return seen.map((row) => messageKey({ topicArn: row.topic_arn, messageId: row.message_id }));
}

/** When a message came last. */
export async function lastArrivalAt(db: Kysely<Schema>): Promise<number | undefined> {
  return (await db.selectFrom('inbox').select('at').orderBy('at', 'desc').limit(1).executeTakeFirst())?.at;
}

const admitEvent = insertion('events', { event_id: 'text', at: 'bigint' }, 'on conflict (event_id) do nothing returning event_id');

export async function admitEvents(rows: Rows, eventIds: readonly string[], at: number): Promise<Set<string>> {
  const given = [...new Set(eventIds)].map((event_id) => ({ event_id, at }));
  return new Set((await rows.run<{ event_id: string }>(admitEvent, given)).map((row) => row.event_id));
}

const alarmOfId = rowStatement({ id: 'text' }, ({ of, from }) => `select id, body from alarms where id in (select ${of('id')} ${from})`);

export async function readAlarms(rows: Rows, ids: readonly string[]): Promise<Map<string, AlarmMemory>> {
  const given = [...new Set(ids)].map((id) => ({ id }));
  const found = await rows.run<{ id: string; body: string }>(alarmOfId, given);
  return new Map(found.map((row) => [row.id, readAlarm(row.body)]));
}

/** In UTF-16 units; CloudWatch takes names of 255. */
const longestName = 255;

/** By what an alarm is found by its name, in any case: a name may be longer than an index takes, and hold what no text column does. */
function namedKey(name: string): string {
  return boundedKey(name.toLowerCase().replaceAll('\0', '').toWellFormed(), longestName);
}

/** Each contributor of an alarm is remembered by itself, and there is no telling how many there are. */
const mostNamed = 100;

export async function alarmsNamed(db: Kysely<Schema>, names: readonly string[]): Promise<AlarmMemory[]> {
  if (names.length === 0) return [];
  const rows = db.selectFrom('alarms').select('body').where('named', 'in', names.map(namedKey)).limit(mostNamed);
  return (await rows.execute()).map(({ body }) => readAlarm(body));
}

export async function someAlarms(db: Kysely<Schema>, most: number): Promise<AlarmMemory[]> {
  const rows = await db.selectFrom('alarms').select('body').orderBy('id').limit(most).execute();
  return rows.map(({ body }) => readAlarm(body));
}

const saveAlarm = insertion('alarms', { id: 'text', named: 'text', body: 'text' }, 'on conflict (id) do update set body = excluded.body');

export async function saveAlarms(rows: Rows, alarms: readonly AlarmMemory[]): Promise<void> {
  await rows.run(
    saveAlarm,
    alarms.map((alarm) => ({ id: alarm.id, named: namedKey(alarm.name), body: storedAlarm(alarm) })),
  );
}
