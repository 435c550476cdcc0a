import { describe, expect, it } from 'vitest';
import type { RightOfWay } from '../../src/domain/ports.ts';
import { rightOfWay } from '../../src/ops/right-of-way.ts';

async function isFree(way: RightOfWay): Promise<boolean> {
  let isTaken = false;
  const turn = way.turn().then(() => {
    isTaken = true;
  });
  await Promise.resolve();
  const atOnce = isTaken;
  await turn;
  return atOnce;
}

const nothing = async (): Promise<void> => undefined;

describe('the right of way', () => {
  it('is everybody’s when no signals come', async () => {
    let now = 1_000;
    const way = rightOfWay({ now: () => now, busyShare: () => 1 });
    await way.first(nothing);
    await way.first(nothing);
    now += 20;
    expect(await isFree(way)).toBe(true);
  });

  it('is everybody’s after a lone signal, however busy the process is: its card is what follows', async () => {
    const way = rightOfWay({ now: () => 1_000, busyShare: () => 1 });
    await way.first(nothing);
    expect(await isFree(way)).toBe(true);
  });

  it('is everybody’s while there is time for both', async () => {
    const way = rightOfWay({ now: () => 1_000, busyShare: () => 0.2 });
    await way.first(nothing);
    await way.first(nothing);
    expect(await isFree(way)).toBe(true);
  });

  it('is the signals’ while they come, and background work still takes its steps, in order', async () => {
    const way = rightOfWay({ now: () => performance.now(), busyShare: () => 1 });
    const order: string[] = [];
    const signals = setInterval(() => void way.first(async () => void order.push('signal')), 1);
    await way.first(nothing);
    await way.first(nothing);
    await Promise.all(['first', 'second'].map((name) => way.turn().then(() => order.push(name))));
    clearInterval(signals);
    expect(order.indexOf('signal')).toBeLessThan(order.indexOf('first'));
    expect(order.filter((one) => one !== 'signal')).toEqual(['first', 'second']);
    expect(order.slice(order.indexOf('first'), order.indexOf('second'))).toContain('signal');
  });

  it('is the signals’ while they wait for a database elsewhere, however long that takes and however idle this process is', async () => {
    let now = 1_000;
    const way = rightOfWay({ now: () => now, busyShare: () => 0 });
    const takes = (ms: number) =>
      way.first(async () => {
        now += ms;
      });
    await takes(40);
    await takes(40);
    expect(await isFree(way)).toBe(false);
    await way.first(async () => expect(await isFree(way)).toBe(false));
    now += 1_000;
    await takes(40);
    await way.first(async () => {
      now += 1;
      expect(await isFree(way)).toBe(true);
    });
  });

  it('is given back by what fails', async () => {
    let now = 1_000;
    const way = rightOfWay({ now: () => now, busyShare: () => 1 });
    for (let index = 0; index < 2; index++) await expect(way.first(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    now += 20;
    expect(await isFree(way)).toBe(true);
  });
});
