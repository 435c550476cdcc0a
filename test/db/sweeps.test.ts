/** What is asked for while it is swept is swept again, on both engines. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openStore } from '../../src/db/store.ts';
import type { Store } from '../../src/domain/store.ts';
import type { ClaimedSweep } from '../../src/domain/sweep/sweeps.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

const t0 = Date.parse('2026-11-26T03:00:00Z');
const place = { kind: 'alarms', of: '123456789012 us-east-1' } as const;

describe.each(engines)('sweeps on %s', (engine) => {
  let database: FreshDatabase;
  let store: Store;
  beforeEach(async () => {
    database = await freshDatabase(engine, inject('postgresUrl'));
    store = await openStore(database, 'me');
    await store.planSweeps([place], t0);
  });
  afterEach(() => database.close());

  const askedFor = (at: number) => store.transact((tx) => tx.sweepBy(place, at));
  async function claimed(now: number): Promise<ClaimedSweep> {
    const one = await store.claimSweep(now);
    if (one === undefined) throw new Error('nothing claimed');
    return one;
  }

  it('is due after a start, however seldom it was swept, but what waits until it is asked for', async () => {
    const signIns = { kind: 'sign-ins', of: place.of } as const;
    await store.endSweep(await claimed(t0), { through: t0, again: t0 + 86_400_000 });
    await store.planSweeps([signIns, place], t0 + 60_000);
    expect((await store.claimSweep(t0 + 61_000))?.kind).toBe('alarms');
    expect(await store.nextSweepAt()).toBeUndefined();
  });

  it('one that is asked for is due then, and no later than it was', async () => {
    await store.endSweep(await claimed(t0), { through: t0, again: t0 + 300_000 });
    await askedFor(t0 + 15_000);
    await askedFor(t0 + 20_000);
    expect(await store.nextSweepAt()).toBe(t0 + 15_000);
  });

  it('one that is under way is held by whoever claimed it, and by nobody once it is over', async () => {
    const mine = await claimed(t0);
    expect(await store.holdSweep(mine)).toBe(true);
    expect(await store.holdSweep({ ...mine, lease: 'another' })).toBe(false);
    await store.endSweep(mine, { through: t0, again: t0 });
    expect(await store.holdSweep(mine)).toBe(false);
  });

  it.each([t0 + 300_000, undefined])('one that is asked for while it is under way is not forgotten with its end', async (again) => {
    const first = await claimed(t0);
    await askedFor(t0 + 15_000);
    await store.endSweep(first, { through: t0, again });
    expect(await store.nextSweepAt()).toBe(t0 + 15_000);
    await store.endSweep(await claimed(t0 + 15_000), { through: t0, again });
    expect(await store.nextSweepAt()).toBe(again);
  });

  describe('what is found of an outage by several at the same time', () => {
    const eight = Array.from({ length: 8 }, (_, n) => n);
    const found = (n: number) => store.transact((tx) => tx.noteFound({ from: t0 - n * 1_000, until: t0 - n * 1_000, count: 1 }, t0 + n));

    it('is counted, each', async () => {
      await store.transact((tx) => tx.noteStop({ from: t0 - 3_600_000, until: t0 }, t0));
      await Promise.all(eight.map(found));
      expect((await store.outages()).map((one) => one.found)).toEqual([8]);
    });

    it('is one outage', async () => {
      await Promise.all(eight.map(found));
      expect((await store.outages()).map((one) => one.found)).toEqual([8]);
    });
  });
});
