/** Changes of alarms as they came in, and what each was taken for. */
import { type Kysely, sql } from 'kysely';
import { type KnownChange, sameChangeMs } from '../domain/alarm/same-change.ts';
import { messageKey } from '../domain/signal/message.ts';
import type { MessageOfChange, Transition } from '../domain/store.ts';
import { allOf } from './memory.ts';
import { insertion, type Rows, rowStatement } from './rows.ts';
import type { Schema } from './schema.ts';

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

/** SQLite is given each number as a real one: the cast has the slice whole, as the index has it. */
const messageOfKept = rowStatement(
  { topic_arn: 'text', message_id: 'text', alarm_id: 'text', state: 'text', at: 'bigint' },
  ({ given }) => `select given.topic_arn, given.message_id from ${given} join transitions
    on (transitions.at / 100) = (cast(given.at as bigint) / 100) and transitions.alarm_id = given.alarm_id
      and transitions.at = given.at and transitions.state = given.state and transitions.message_id = given.message_id`,
);

export async function messagesOfKept(rows: Rows, changes: readonly MessageOfChange[]): Promise<string[]> {
  const given = changes.map(({ topicArn, messageId, alarmId, state, at }) => {
    return { topic_arn: topicArn, message_id: messageId, alarm_id: alarmId, state, at };
  });
  const kept = await rows.run<{ topic_arn: string; message_id: string }>(messageOfKept, given);
  return kept.map((row) => messageKey({ topicArn: row.topic_arn, messageId: row.message_id }));
}
