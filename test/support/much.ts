/** A database that holds much, and that what is asked of it costs no more for that. */
import type { Kysely } from 'kysely';
import { expect } from 'vitest';
import type { Database } from '../../src/db/database.ts';
import type { Schema } from '../../src/db/schema.ts';
import { openStore } from '../../src/db/store.ts';
import { lanes } from '../../src/domain/incident/lane.ts';
import { severities } from '../../src/domain/severity.ts';
import type { Store } from '../../src/domain/store.ts';
import { analyze, costly, type Plan, plansOf } from './plans.ts';

export const t0 = Date.parse('2026-11-22T03:00:00Z');
export const many = 3_000;
const perStatement = 500;
export const kinds = ['log', 'look', 'users', 'link', 'assess', 'ring', 'timer', 'canary'] as const;
const budgets = [null, 'post', 'edit'] as const;

type Row<T extends keyof Schema> = Parameters<ReturnType<Kysely<Schema>['insertInto']>['values']>[0] & Partial<Schema[T]>;

export async function fill<T extends keyof Schema>(db: Kysely<Schema>, table: T, count: number, row: (index: number) => object): Promise<void> {
  for (let start = 0; start < count; start += perStatement) {
    const rows = Array.from({ length: Math.min(perStatement, count - start) }, (_, index) => row(start + index));
    await db
      .insertInto(table)
      .values(rows as Row<T>[] as never)
      .execute();
  }
}

const unleased = { lease_owner: null, lease_until: null };

/** An incident as it waits to be shown. */
export function waiting(index: number, over: Partial<Schema['incidents']> = {}): object {
  const body = JSON.stringify({
    key: `k${index}`,
    status: 'open',
    severity: 'LOW',
    users: {},
    links: [],
    otherAlarms: [],
    subjects: [],
    openedAt: t0 + index,
  });
  return {
    key: `k${index}`,
    status: 'open',
    severity: index % severities.length,
    revision: 1,
    body,
    opened_at: t0 + index,
    due_at: t0 + index,
    late_since: t0 + index,
    lane: index % (lanes.rest + 1),
    urgent: 1,
    waits_for: null,
    ...unleased,
    edited_at: 0,
    gap: 1_000,
    ...over,
  };
}

type Work = (store: Store) => Promise<unknown>;

/** The statements of some work that read a whole table, or sort. */
export async function scans(database: Database, tables: readonly string[], work: Work): Promise<(Plan & { costly: string[] })[]> {
  const plans = await plansOf(database, async (_db, spied) => work(await openStore(spied, 'me')));
  expect(plans.length).toBeGreaterThan(0);
  return plans.map((plan) => ({ ...plan, costly: costly(plan, tables) })).filter((plan) => plan.costly.length > 0);
}

/** That every statement of some work seeks what it reads. */
export async function seeks(database: Database, tables: readonly string[], work: Work): Promise<void> {
  expect(await scans(database, tables, work)).toEqual([]);
}

/** Much of all that people and signals ask for. */
export async function fillMuch(database: Database): Promise<void> {
  const { db } = database;
  await fill(db, 'incidents', many, (index) => waiting(index, { waits_for: budgets[index % 5] ?? null }));
  await fill(db, 'storms', many, (index) => ({ opened_at: index, ended_at: index, due_at: null, body: '{}', ...unleased }));
  await fill(db, 'pictures', many, (index) => ({ incident: index + 1, name: 'card', ts: `${index}.1`, failures: 0 }));
  await fill(db, 'entries', many * 2, entry);
  await fill(db, 'chains', many + 1, (index) => ({ incident: index + 1, seq: 1, hash: 'h' }));
  await fill(db, 'chores', many, (index) => ({
    incident: index,
    kind: kinds[index % kinds.length],
    due_at: t0 + index,
    asked: 1,
    claimed: 0,
    failures: 0,
    ...unleased,
  }));
  const look = { account: '123456789012', region: 'us-east-1', attribute: 'EventName', from_at: t0, failures: 0, ...unleased };
  await fill(db, 'trail_looks', many, (index) => ({ ...look, value: `v${index}`, due_at: t0 + index }));
  await fill(db, 'look_waits', many, (index) => ({ look: index + 1, incident: index + 1, since: t0, from_at: t0 }));
  await fill(db, 'incident_traces', many, (index) => ({
    incident: index + 1,
    trace: `subject iam-user:1:${index % 9 === 0 ? 'alice' : index}`,
    last_at: t0,
  }));
  const body = JSON.stringify({ eventId: 'e', eventName: 'ConsoleLogin', at: t0, principal: {}, outcome: 'failure' });
  const signIn = { account: '123456789012', at: t0, kind: 'iam-user', outcome: 'failure', did: 'failed', mfa: 'no', body };
  await fill(db, 'sign_ins', many, (index) => ({ ...signIn, event_id: `e${index}`, subject: `iam-user:1:${index}`, network: `n${index}` }));
  await fill(db, 'incident_sign_ins', many, (index) => ({ incident: index + 1, sign_in: index + 1, at: t0 }));
  await fill(db, 'incident_sign_ins', many, (index) => ({ incident: many + 1, sign_in: index + 1, at: t0 + index }));
  await fill(db, 'events', many, (index) => ({ event_id: `e${index}`, at: t0 }));
  await fill(db, 'inbox', many, (index) => ({ topic_arn: 't', message_id: `m${index}`, at: t0 + index }));
  await fill(db, 'alarms', many, (index) => ({ id: `arn:${index}`, named: `n${index}`, body: JSON.stringify({ arn: `arn:${index}` }) }));
  await analyze(database);
}

/** Half of all entries are those of one incident. */
function entry(index: number): object {
  const of = index < many ? { incident: 1, seq: index + 1 } : { incident: index - many + 2, seq: 1 };
  const body = JSON.stringify({ what: 'notice', text: 't' });
  return {
    ...of,
    at: t0,
    kind: 'note',
    reply: 'none',
    in_thread: index % 100 === 0 ? 1 : 0,
    salt: 's',
    digest: 'd',
    previous: 'p',
    hash: 'h',
    body,
  };
}
