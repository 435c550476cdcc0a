import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Turn, turnsOnOne } from '../../src/db/turns.ts';

/** Takes turns in the order given while one is taken; returns the order in which they came. */
async function orderOf(wanted: readonly Turn[], times: readonly number[] = []): Promise<string[]> {
  let time = 0;
  const { take, end } = turnsOnOne(() => time);
  await take('first');
  const came: string[] = [];
  const all = wanted.map(async (turn, index) => {
    await take(turn);
    came.push(`${turn} ${index}`);
    time = times[came.length - 1] ?? time;
    end();
  });
  end();
  await Promise.all(all);
  return came;
}

describe('turns on the one connection', () => {
  it('go to people and signals before background work, each in the order in which they asked', async () => {
    expect(await orderOf(['behind', 'first', 'behind', 'first'])).toEqual(['first 1', 'first 3', 'behind 0', 'behind 2']);
  });

  it('go to background work that has waited long, however many others wait', async () => {
    expect(await orderOf(['behind', 'first', 'first', 'first'], [10, 25, 25, 25])).toEqual(['first 1', 'first 2', 'behind 0', 'first 3']);
  });

  it('leave a turn of the event loop between two pieces of background work', async () => {
    const { take, end } = turnsOnOne();
    const came: string[] = [];
    const loop = (async () => {
      for (let index = 0; index < 3; index++) {
        await nextTurn();
        came.push('socket');
      }
    })();
    const chain = (async () => {
      for (let index = 0; index < 3; index++) {
        await take('behind');
        came.push('background');
        end();
      }
    })();
    await Promise.all([chain, loop]);
    expect(came.join(' ')).not.toContain('background background');
  });

  it('are one at a time', async () => {
    const { take, end } = turnsOnOne();
    let held = 0;
    const turns: Turn[] = Array.from({ length: 60 }, (_, index) => (index % 3 === 0 ? 'first' : 'behind'));
    const most: number[] = [];
    await Promise.all(
      turns.map(async (turn) => {
        await take(turn);
        most.push(++held);
        await Promise.resolve();
        held--;
        end();
      }),
    );
    expect(most).toHaveLength(60);
    expect(Math.max(...most)).toBe(1);
  });
});
