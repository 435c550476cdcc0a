/** What came in: messages and events seen, alarms remembered, transitions kept. */
import { type Kysely, sql } from 'kysely';
import { type KnownChange, sameChangeMs } from '../domain/alarm/same-change.ts';
import { boundedKey } from '../domain/digest.ts';
import { readAlarm, storedAlarm } from '../domain/incident/alarm-memory.ts';
import type { AlarmMemory } from '../domain/incident/triage.ts';
import { type MessageId, messageKey } from '../domain/signal/message.ts';
import type { Transition } from '../domain/store.ts';
import { allOf } from './memory.ts';
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

const transitionColumns = {
  incident: 'bigint',
  alarm_id: 'text',
  state: 'text',
  at: 'bigint',
  told_by: 'text',
  received_at: 'bigint',
  decision: 'text',
  message_id: 'text',
} as const;

const addTransition = insertion('transitions', transitionColumns);

export async function addTransitions(rows: Rows, transitions: readonly Transition[]): Promise<void> {
  await rows.run(
    addTransition,
    transitions.map((one) => ({
      incident: one.incident ?? null,
      alarm_id: one.alarmId,
      state: one.state,
      at: one.at,
      told_by: one.toldBy,
      received_at: one.receivedAt,
      decision: one.decision,
      message_id: one.messageId,
    })),
  );
}

/** In milliseconds, as the index has it. */
const sliceMs = 100;

function slicesNear(at: number): number[] {
  const [first, last] = [at - sameChangeMs, at + sameChangeMs].map((one) => Math.floor(one / sliceMs)) as [number, number];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
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
      where (at / 100) in (${sql.join(slicesNear(at))}) and alarm_id = ${alarmId} and at >= ${at - sameChangeMs} and at <= ${at + sameChangeMs}
      order by at limit ${sql.lit(mostNear)}`,
  );
  const rows = await allOf(db, near);
  return Map.groupBy(rows, ({ alarm_id }) => alarm_id);
}
