/** How often background work is done again: what asked for that is no failure. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/domain/error.ts';
import type { Ports } from '../../src/domain/ports.ts';
import type { ChoreKind } from '../../src/domain/work.ts';
import { runBackground } from '../../src/features/run-background.ts';
import { rootFailure } from '../support/found-sign-ins.ts';
import { type Replica, replica } from '../support/replica.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

const t0 = Date.parse('2026-11-22T18:00:00Z');
let database: FreshDatabase;
let one: Replica;
beforeEach(async () => {
  database = await freshDatabase('sqlite', '');
  one = await replica(database, t0);
  await one.receive(rootFailure('r', t0));
  await one.work();
});
afterEach(() => database.close());

/** In time that flies, until that is so. */
async function works(kind: ChoreKind, over: Partial<Ports['store']>, until: () => boolean): Promise<void> {
  await one.store.transact((tx) => tx.schedule([{ kind, incident: 1 }], one.now));
  const wait = async (ms: number): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    one.now += Math.min(ms, 1_000);
  };
  const background = runBackground({ ...one.ports, store: { ...one.store, ...over }, clock: { now: () => one.now, wait } });
  for (let n = 0; n < 4_000 && !until(); n++) await new Promise((resolve) => setTimeout(resolve, 1));
  await background.stop();
}

describe('users are read', () => {
  it.each([0, 6])(
    'though the database failed once, after %i readings that wait for what IAM spreads',
    async (readings) => {
      let reads = 0;
      const incident: Ports['store']['incident'] = async (id) => {
        reads++;
        if (reads === readings + 1) throw new AppError('unavailable', 'The database did not take this; nothing was changed.');
        return one.store.incident(id);
      };
      // As after a change: what IAM says is old for a while yet.
      const transact = (async (work: never) => {
        const real = await one.store.transact(work);
        return reads <= readings ? { somebody: { iam: { outdatedAt: one.now } } } : real;
      }) as never;
      await works('users', { incident, transact }, () => reads >= readings + 2);
      expect(reads).toBe(readings + 2);
    },
    30_000,
  );

  it('six times at most where each fails', async () => {
    let reads = 0;
    const incident = async () => {
      reads++;
      throw new AppError('unavailable', 'The database did not take this; nothing was changed.');
    };
    const endOf = t0 + 10 * 60_000;
    await works('users', { incident }, () => one.now > endOf);
    expect(reads).toBe(6);
  }, 30_000);
});

it('a ring waits twenty times for looks that do not end, and then tells what is known', async () => {
  let asked = 0;
  const isLooking = async () => ++asked > 0;
  let rung = 0;
  const related: Ports['store']['related'] = async (id, since) => {
    rung++;
    return one.store.related(id, since);
  };
  await works('ring', { isLooking, related }, () => rung > 0);
  expect([asked, rung]).toEqual([20, 1]);
}, 30_000);
