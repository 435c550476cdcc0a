/** A sweep may take longer than its lease, as event history gives a page a second to all who ask: nobody else begins it meanwhile. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { planSweeping, sweep } from '../../src/features/run-sweep.ts';
import { failure } from '../support/found-sign-ins.ts';
import { type Sweeping, sweeping } from '../support/sweeping.ts';

let world: Sweeping;
/** How much later it is by the clock that leases go by. */
let later = 0;
beforeEach(async () => {
  world = await sweeping();
  later = 0;
  const monotonic = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => monotonic() + later);
  await world.start();
  await world.passMinutes(2);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await world.stop();
});

it('it is held as long as it is under way, page by page', async () => {
  const at = world.ports.clock.now() + 600_000;
  await world.aws.clock.advance(7_200);
  const trail = world.aws.state.accounts['444455556666']?.trail;
  for (let n = 0; n < 900; n++) trail?.push({ region: 'us-east-1', visibleAt: 0, record: failure(`f-${n}`, at + n) as never });
  let underWay = '';
  const begunTwice: string[] = [];
  const { page } = world.ports.trail;
  world.ports.trail.page = async (...asked) => {
    later += 11_000;
    const other = await world.store.claimSweep(world.ports.clock.now());
    if (other?.of === underWay) begunTwice.push(underWay);
    if (other !== undefined) await world.store.endSweep(other, { through: 0, again: undefined });
    return page(...asked);
  };
  await planSweeping(world.ports);
  await world.aws.clock.advance(10);
  for (;;) {
    const claimed = await world.store.claimSweep(world.ports.clock.now());
    if (claimed === undefined) break;
    underWay = claimed.of;
    await sweep(world.ports, claimed, () => undefined);
  }
  expect(begunTwice).toEqual([]);
  expect(later).toBeGreaterThan(180_000);
});

it('one that another worker has meanwhile is left to it, and nobody is told of that', async () => {
  await world.aws.clock.advance(360);
  const mine = await world.store.claimSweep(world.ports.clock.now());
  later = 181_000;
  const theirs = await world.store.claimSweep(world.ports.clock.now());
  expect(theirs?.of).toBe(mine?.of);
  const receive = vi.spyOn(world.ports.letters, 'receive');
  const told: unknown[] = [];
  if (mine !== undefined) await sweep(world.ports, { ...mine, failures: 9 }, (...trouble) => told.push(trouble));
  expect([mine?.kind, receive.mock.calls, told]).toEqual(['letters', [], []]);
  expect(theirs && (await world.store.holdSweep(theirs))).toBe(true);
});
