import { describe, expect, it } from 'vitest';
import { batched } from '../../src/sns/batch.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function world(atOnce: number) {
  const calls: { readonly items: readonly number[]; readonly end: (thrown?: Error) => void }[] = [];
  const receive = batched<number>(
    (items) => new Promise((resolve, reject) => calls.push({ items, end: (thrown) => (thrown ? reject(thrown) : resolve()) })),
    atOnce,
  );
  const come = (from: number, count: number): Promise<PromiseSettledResult<void>[]> =>
    Promise.allSettled(Array.from({ length: count }, (_, index) => receive(from + index)));
  return { calls, come, sizes: () => calls.map(({ items }) => items.length) };
}

describe('batches', () => {
  it('take what one turn brings, and then what came meanwhile, each item once and in its order', async () => {
    const { calls, come } = world(1);
    const all = [come(0, 3)];
    await turn();
    all.push(come(3, 100));
    await turn();
    expect(calls.map(({ items }) => items.length)).toEqual([3]);
    calls[0]?.end();
    await all[0];
    await turn();
    calls[1]?.end();
    await all[1];
    expect(calls.flatMap(({ items }) => items)).toEqual(Array.from({ length: 103 }, (_, index) => index));
  });

  it('run beside each other where that is allowed and enough waits', async () => {
    const { calls, come, sizes } = world(2);
    const first = come(0, 1);
    await turn();
    const second = come(1, 15);
    await turn();
    expect(sizes()).toEqual([1]);
    const third = come(16, 1);
    await turn();
    expect(sizes()).toEqual([1, 16]);
    const fourth = come(17, 40);
    await turn();
    expect(sizes()).toEqual([1, 16]);
    calls[1]?.end();
    await Promise.all([second, third]);
    await turn();
    expect(sizes()).toEqual([1, 16, 40]);
    for (const { end } of calls) end();
    await Promise.all([first, fourth]);
  });

  it('that fail are tried item by item, while the other goes on', async () => {
    const { calls, come } = world(2);
    const poisoned = come(0, 2);
    await turn();
    const other = come(2, 16);
    await turn();
    calls[0]?.end(new Error('poisonous'));
    await turn();
    expect(calls.map(({ items }) => items.length)).toEqual([2, 16, 1]);
    calls[2]?.end(new Error('poisonous'));
    await turn();
    calls[3]?.end();
    calls[1]?.end();
    expect((await poisoned).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect((await other).every(({ status }) => status === 'fulfilled')).toBe(true);
  });
});
