/** What two replicas on one database say is broken. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { openStore } from '../../src/db/store.ts';
import type { Store } from '../../src/domain/store.ts';
import { troublesFacts, troublesIn } from '../../src/domain/troubles.ts';
import { type Health, healthOf } from '../../src/ops/health.ts';
import { quietLog } from '../support/ports.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

const minute = 60_000;
const letters = 'sweep letters q';
const unbelieved = 'q: its dead-letter queue holds what is not believed.';

let database: FreshDatabase;
let second: Awaited<ReturnType<typeof openDatabase>>;
let store: Store;
let one: Health;
let two: Health;
let now: number;
/** The clock of two is so far ahead. */
let ahead: number;
beforeEach(async () => {
  now = Date.parse('2026-11-22T18:00:00Z');
  ahead = 0;
  database = await freshDatabase('postgres', inject('postgresUrl'));
  second = await openDatabase(database.url);
  store = await openStore(database, 'one');
  const clock = { now: () => now, wait: async () => undefined };
  one = healthOf({ log: quietLog, store, clock }, 'one');
  const other = { log: quietLog, store: await openStore(second, 'two'), clock: { ...clock, now: () => now + ahead } };
  two = healthOf(other, 'two');
});
afterEach(async () => {
  await second.close();
  await database.close();
});

const shown = async (): Promise<readonly string[]> => troublesIn((await store.delivery()).facts, now);
async function minutes(count: number, of: readonly Health[]): Promise<void> {
  for (let passed = 0; passed < count; passed++) {
    now += minute;
    for (const health of of) await health.refresh();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('/signin-status', () => {
  it('says nothing more of what a replica found broken that is gone', async () => {
    one.report('token', 'Slack refuses the token.');
    await minutes(2, [one, two]);
    expect(await shown()).toEqual(['Slack refuses the token.']);
    await minutes(7, [two]);
    expect(await shown()).toEqual([]);
    await minutes(60, [two]);
    expect([...(await store.delivery()).facts.keys()].filter((name) => name.startsWith(troublesFacts))).toEqual([]);
  });

  it.each([0, -4, 4])('says nothing more of what one found broken and the other one mended, whose clock is %i minutes ahead', async (by) => {
    ahead = by * minute;
    one.report(letters, unbelieved);
    await minutes(2, [one, two]);
    expect(await shown()).toEqual([unbelieved]);
    two.report(letters, undefined);
    await minutes(1, [two]);
    expect(await shown()).toEqual([]);
    await minutes(1, [one, two]);
    expect([await shown(), one.troubles()]).toEqual([[], []]);
    one.report(letters, unbelieved);
    await minutes(2, [one, two]);
    expect(await shown()).toEqual([unbelieved]);
  });

  it('says what either found broken, once, and of the machine of one what that one says', async () => {
    one.report('delivery', 'Slack does not take cards.');
    two.report(letters, unbelieved);
    one.report('clock', 'The clock is wrong.');
    await minutes(2, [one, two]);
    two.report('clock', undefined);
    await minutes(2, [one, two]);
    expect((await shown()).toSorted()).toEqual(['Slack does not take cards.', 'The clock is wrong.', unbelieved]);
    two.report('delivery', 'Slack does not take cards.');
    await minutes(1, [one, two]);
    expect((await shown()).length).toBe(3);
  });

  it('does not go by what cannot be read', async () => {
    for (const value of ['', '{', '[{"about":3}]', '{"about":"x"}']) {
      await store.remember(`${troublesFacts}odd`, value, now);
      expect(await shown()).toEqual([]);
    }
  });
});
