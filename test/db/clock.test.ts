/** A clock that is set back or forward: nothing waits for a time that is gone, and nothing is done twice. */
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import type { Ports } from '../../src/domain/ports.ts';
import { clockKeeper, compareClocks } from '../../src/features/keep-clock.ts';
import { rootSignIn } from '../support/found-sign-ins.ts';
import { quietLog } from '../support/ports.ts';
import { type Replica, replica } from '../support/replica.ts';
import { alarmText } from '../support/sandbox.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

const t0 = Date.parse('2026-11-22T18:00:00Z');
const hour = 3_600_000;
const post = { budget: 'post', channel: 'C1', isGrave: false } as const;

describe.each(engines)('a clock that was an hour ahead and is set right, on %s', (engine) => {
  let database: FreshDatabase;
  let one: Replica;
  let keep: () => Promise<void>;
  beforeEach(async () => {
    database = await freshDatabase(engine, inject('postgresUrl'));
    one = await replica(database, t0 + hour);
    keep = clockKeeper(one.ports, undefined);
    await keep();
    await one.receive(alarmText('A', 'ALARM', t0));
  });
  afterEach(() => database.close());

  const isSetRight = async (): Promise<void> => {
    one.now = t0;
    await keep();
  };

  const isDueLater = async (kind: 'contained' | 'timer' | 'canary'): Promise<void> => {
    const unleased = { asked: 1, claimed: 0, failures: 0, lease_owner: null, lease_until: null };
    await database.db
      .insertInto('chores')
      .values({ incident: 1, kind, due_at: t0 + 2 * hour, ...unleased })
      .execute();
  };

  it('keeps no card, call or chore waiting for that hour', async () => {
    await one.store.remember('check', 'ok', one.now);
    while ((await one.store.take(post, one.now)) === undefined);
    expect(await one.store.claimChore(t0, ['log', 'look'])).toBeUndefined();
    await isSetRight();
    expect(await one.store.take(post, t0)).toBeUndefined();
    expect((await one.store.claim(t0, []))?.incident.id).toBe(1);
    expect(await one.store.claimChore(t0, ['log', 'look'])).toBeDefined();
    expect((await one.store.delivery()).oldestUndeliveredAt).toBeLessThanOrEqual(t0);
  });

  it('looks for what it was posting then where Slack has it, soon', async () => {
    const claimed = await one.store.claim(one.now + 1_000, []);
    if (claimed === undefined) throw new Error('nothing claimed');
    const attempt = { at: one.now, settledAt: one.now + 25_000 };
    await one.store.saveShown(claimed, { name: 'card', ts: undefined, digest: undefined, attempt, refused: undefined, failures: 1 });
    await one.store.release(claimed, { at: attempt.settledAt }, one.now);
    await isSetRight();
    const [shown] = (await one.store.claim(t0, []))?.shown ?? [];
    expect(shown?.attempt?.at).toBeLessThanOrEqual(t0);
    expect(shown?.attempt?.settledAt).toBeGreaterThanOrEqual(t0);
    expect(shown?.attempt?.settledAt).toBeLessThanOrEqual(t0 + 25_000);
  });

  it('leaves the times of people where they are', async () => {
    await isDueLater('contained');
    await isSetRight();
    expect(await one.store.nextChoreAt(['contained'])).toBe(t0 + 2 * hour);
  });

  it.each(['timer', 'canary'] as const)('has a %s looked at again, which knows when it is due', async (kind) => {
    await isDueLater(kind);
    await isSetRight();
    expect(await one.store.nextChoreAt([kind])).toBe(t0);
  });
});

it('a clock that goes on is left alone; one that a process before had written is asked about at the start', async () => {
  const asked: number[][] = [];
  const ports = { log: quietLog, wake: () => undefined, store: { dueAgain: async (...given: number[]) => void asked.push(given) } };
  let now = t0;
  const over = { ...ports, clock: { now: () => now, wait: async () => undefined } } as unknown as Ports;
  const keep = clockKeeper(over, undefined);
  for (now of [t0 + 1, t0 + 1, t0 + hour]) await keep();
  expect(asked).toEqual([]);
  await clockKeeper(over, t0 + 2 * hour)();
  expect(asked).toEqual([[t0 + hour, hour + 10_000]]);
});

it('on SQLite a lease is as long as it is, whatever the clock does', async () => {
  const database = await freshDatabase('sqlite', '');
  const { store, receive, now } = await replica(database, t0);
  await receive(alarmText('A', 'ALARM', t0));
  expect(await store.claim(now + 1_000, [])).toBeDefined();
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + hour);
  expect(await store.claim(now + 1_000, [])).toBeUndefined();
  clock.mockRestore();
  await database.close();
});

describe('where the clocks of two machines are apart', () => {
  let database: FreshDatabase;
  beforeEach(async () => {
    database = await freshDatabase('postgres', inject('postgresUrl'));
  });
  afterEach(() => database.close());

  it.each([0, 4])('what one took that was %i minutes ahead, and is gone, is shown by the other at once', async (ahead) => {
    const right = await replica(database, t0);
    const first = await replica(database, t0 + ahead * 60_000, true);
    await first.receive(rootSignIn('r', t0));
    await first.close();
    expect((await right.store.claim(t0 + 1_000, []))?.incident.id).toBe(1);
  });

  it.each([
    [0, undefined],
    [-50_000, undefined],
    [4 * 60_000, /is 4 min ahead of the database's/],
    [-4 * 60_000, /is 4 min behind the database's/],
  ])('by %i ms from the database, it is said from a minute on', async (by, said) => {
    const { store } = await replica(database, t0);
    const told: (string | undefined)[] = [];
    await compareClocks({ store, report: (_about, trouble) => void told.push(trouble) }, () => Date.now() + by);
    expect(told).toEqual([said === undefined ? undefined : expect.stringMatching(said)]);
  });

  it('nothing is said of a database that is of one process', async () => {
    const own = await freshDatabase('sqlite', '');
    const { store } = await replica(own, t0);
    const told: unknown[] = [];
    await compareClocks({ store, report: (...one) => void told.push(one) }, () => 0);
    expect(told).toEqual([]);
    await own.close();
  });
});
