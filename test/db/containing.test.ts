/** The incidents whose containment is read again, as both engines find them. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { consoleLogin, iamUser } from '../support/records.ts';
import { type Replica, replica } from '../support/replica.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

const now = Date.parse('2026-11-26T03:00:00Z');

describe.each(engines)('the incidents that contain somebody, on %s', (engine) => {
  let database: FreshDatabase;
  let one: Replica;
  beforeEach(async () => {
    database = await freshDatabase(engine, inject('postgresUrl'));
    one = await replica(database, now);
    for (const [outcome, account] of [
      ['Success', '123456789012'],
      ['Success', '210987654321'],
    ] as const)
      await one.receive(consoleLogin({ ...iamUser('alice'), accountId: account }, outcome, 'No', { recipientAccountId: account }));
  });
  afterEach(() => database.close());

  it('are those with that work to do, and none without', async () => {
    const found = (): Promise<number[]> => one.store.transact(async (tx) => (await tx.containing()).map(({ id }) => id));
    expect(await found()).toEqual([]);
    await one.store.transact((tx) => tx.schedule([{ kind: 'contained', incident: 2 }], now + 60_000));
    expect(await found()).toEqual([2]);
    const chore = await one.store.claimChore(now + 60_000, ['contained']);
    if (chore === undefined) throw new Error('Nothing is due.');
    expect(await found()).toEqual([2]);
    await one.store.endChore(chore, undefined);
    expect(await found()).toEqual([]);
  });
});
