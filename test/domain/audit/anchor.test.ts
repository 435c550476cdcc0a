import { describe, expect, it } from 'vitest';
import { type Anchor, anchorFault, anchorOf, headsOf } from '../../../src/domain/audit/anchor.ts';
import { auditKeysOf } from '../../../src/domain/audit/keys.ts';
import { Secret } from '../../../src/domain/secret.ts';

const keys = auditKeysOf([new Secret('a key that is long enough to be one')]);
const head = { incident: 1, seq: 4, hash: 'abc' };

describe('an anchor', () => {
  it('covers the ends of chains and the anchor before', () => {
    const first = anchorOf(undefined, { heads: [head], at: 1 }, []);
    const second = anchorOf(first, { heads: [{ incident: 2, seq: 1, hash: 'def' }], at: 2 }, keys);
    expect(anchorFault(undefined, first, keys)).toBeUndefined();
    expect(anchorFault(first, second, keys)).toBeUndefined();
    expect(headsOf(first)).toEqual([head]);
  });

  it.each([
    ['heads', { heads: '[[1,3,"abc"]]' }, 'changed'],
    ['time', { at: 9 }, 'changed'],
    ['root', { root: 'f' }, 'changed'],
    ['number', { id: 5 }, 'not-following'],
    ['anchor before', { previous: 'f' }, 'not-following'],
    ['key, taken away', { key: undefined }, 'unsigned'],
    ['key', { key: 'f' }, 'unknown-key'],
  ] as const)('shows that its %s was changed', (_what, over, fault) => {
    const first = anchorOf(undefined, { heads: [head], at: 1 }, keys);
    const second: Anchor = { ...anchorOf(first, { heads: [head], at: 2 }, keys), ...over };
    expect(anchorFault(first, second, keys)).toBe(fault);
  });

  it('whose heads are no list covers nothing', () => {
    const anchor = anchorOf(undefined, { heads: [], at: 1 }, []);
    expect(headsOf({ ...anchor, heads: '{"a":1}' })).toEqual([]);
    expect(headsOf({ ...anchor, heads: '[[1],"x",null,[1,2,3]]' })).toEqual([]);
  });
});
