import type { EntryBody } from '../incident/timeline.ts';
import { parseObject } from '../json.ts';
import type { PrunedRange } from './verify.ts';

/** The time that an entry says was pruned. @param body as stored */
export function rangeIn(body: string | undefined): PrunedRange[] {
  const { what, range } = (body === undefined ? {} : (parseObject(body) ?? {})) as Partial<EntryBody>;
  return what === 'pruning' && range !== undefined ? [range] : [];
}
