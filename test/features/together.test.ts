import { expect, it } from 'vitest';
import { together } from '../../src/features/together.ts';

it('waits for all, and throws what failed first', async () => {
  const order: string[] = [];
  const later = async (name: string, ms: number, failure?: Error): Promise<string> => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    order.push(name);
    if (failure) throw failure;
    return name;
  };
  expect(await together([later('a', 2), 'b', later('c', 1)])).toEqual(['a', 'b', 'c']);
  order.length = 0;
  const failing = together([later('slow', 10), later('second', 5, new Error('second')), later('first', 1, new Error('first'))]);
  await expect(failing).rejects.toThrow('first');
  expect(order).toEqual(['first', 'second', 'slow']);
});
