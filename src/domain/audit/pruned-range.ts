import { asObject, parseObject } from '../json.ts';
import type { PrunedRange } from './verify.ts';

/** The time that an entry says was pruned. @param body as stored */
export function rangeIn(body: string | undefined): PrunedRange[] {
  const { what, range } = (body === undefined ? undefined : parseObject(body)) ?? {};
  const { from, until } = asObject(range);
  return what === 'pruning' && typeof from === 'number' && typeof until === 'number' ? [{ from, until }] : [];
}
