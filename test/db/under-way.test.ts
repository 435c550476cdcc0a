/** Responses that AWS goes on with: kept, claimed by one process at a time, and over once they have ended. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openStore } from '../../src/db/store.ts';
import type { Store } from '../../src/domain/store.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

const pending = {
  incident: 1,
  seq: 3,
  response: 'remove-access',
  subject: 'dora',
  by: 'bob',
  byId: 'U0BOB',
  startedAt: 1_000,
  owner: 'me',
  counts: true,
};

describe.each(engines)('a response under way on %s', (engine) => {
  let database: FreshDatabase;
  let store: Store;
  beforeEach(async () => {
    database = await freshDatabase(engine, inject('postgresUrl'));
    store = await openStore(database, 'me');
    await store.transact((tx) => tx.begin(pending));
  });
  afterEach(() => database.close());

  const keep = (token: string, dueAt: number): Promise<boolean> => store.transact((tx) => tx.goOn(1, 3, { token, dueAt }));

  it('is claimed when its time has come, by one of two, and again when that one died', async () => {
    expect(await store.claimUnderWay(5_000, 65_000)).toEqual([]);
    await keep('first', 5_000);
    const [one, two] = await Promise.all([store.claimUnderWay(6_000, 66_000), store.claimUnderWay(6_000, 66_000)]);
    expect([...one, ...two]).toEqual([{ ...pending, token: 'first' }]);
    expect(await store.claimUnderWay(65_000, 125_000)).toEqual([]);
    expect(await store.claimUnderWay(66_000, 126_000)).toMatchObject([{ token: 'first' }]);
  });

  it('is not taken for abandoned, though its process is gone', async () => {
    expect(await store.abandoned(999_999, 'another', true)).toMatchObject([{ seq: 3 }]);
    await keep('first', 5_000);
    expect(await store.abandoned(999_999, 'another', true)).toEqual([]);
  });

  it('is followed no more once it has ended, and nothing begins it again', async () => {
    await keep('first', 5_000);
    await store.transact((tx) => tx.end({ incident: 1, seq: 3 }, { result: 'done', isGuess: false }));
    expect(await keep('late', 6_000)).toBe(false);
    expect(await store.claimUnderWay(9_000, 69_000)).toEqual([]);
  });
});
