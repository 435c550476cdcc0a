import { expect, it } from 'vitest';
import { oneAtATime } from '../../src/domain/one-at-a-time.ts';

it('however many ask at once, one run is under way, and one more answers all who asked meanwhile by what was read afterwards', async () => {
  let runs = 0;
  const ends: (() => void)[] = [];
  const read = oneAtATime(async () => {
    const run = ++runs;
    await new Promise<void>((resolve) => ends.push(resolve));
    if (run === 1) throw new Error('failed');
    return run;
  });
  const first = read();
  await new Promise((resolve) => setImmediate(resolve));
  const others = Array.from({ length: 20 }, () => read());
  expect(runs).toBe(1);
  ends.shift()?.();
  await expect(first).rejects.toThrow('failed');
  await new Promise((resolve) => setImmediate(resolve));
  const late = read();
  expect(runs).toBe(2);
  ends.shift()?.();
  expect(new Set(await Promise.all(others))).toEqual(new Set([2]));
  await new Promise((resolve) => setImmediate(resolve));
  ends.shift()?.();
  expect(await late).toBe(3);
});
