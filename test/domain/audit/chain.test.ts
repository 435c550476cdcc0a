import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenAt, chain, type StoredEntry } from '../../../src/domain/audit/chain.ts';
import { type AuditKeys, auditKeysOf } from '../../../src/domain/audit/keys.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { entry, linked } from '../../support/audit.ts';

const first = auditKeysOf([new Secret('the first key, long enough to be one')]);
const rotated = auditKeysOf([new Secret('the second key, long enough to be one'), new Secret('the first key, long enough to be one')]);

function changed(entries: readonly StoredEntry[], index: number, over: Partial<StoredEntry>): StoredEntry[] {
  return entries.map((one, at) => (at === index ? { ...one, ...over } : one));
}

describe.each([
  ['without a key', [] as AuditKeys],
  ['under a key', first],
])('a chain %s', (_name, keys) => {
  const entries = linked(['opened', 'acknowledged', 'locked out', 'resolved'], () => keys);

  it('holds as it was written, and with a body erased', () => {
    expect(brokenAt(entries, keys)).toBeUndefined();
    expect(brokenAt(changed(entries, 1, { body: undefined, salt: '' }), keys)).toBeUndefined();
  });

  it.each([
    ['body', { body: JSON.stringify({ what: 'acknowledge', text: 'nothing happened' }) }, 'body-changed'],
    ['salt', { salt: 'another' }, 'body-changed'],
    ['time', { at: 2_000 }, 'changed'],
    ['kind', { kind: 'note' }, 'changed'],
    ['reply', { reply: 'none' }, 'changed'],
    ['place in the thread', { inThread: false }, 'changed'],
    ['incident', { incident: 2 }, 'changed'],
    ['digest', { digest: 'f'.repeat(64) }, 'changed'],
    ['hash', { hash: 'f'.repeat(64) }, 'changed'],
    ['number', { seq: 7 }, 'out-of-sequence'],
    ['hash before', { previous: 'f'.repeat(64) }, 'not-following'],
  ] as const)('breaks where the %s of an entry is changed', (_what, over, fault) => {
    expect(brokenAt(changed(entries, 1, over), keys)).toEqual({ seq: over && 'seq' in over ? over.seq : 2, fault });
  });

  it('breaks where one is taken out, put in, or swapped', () => {
    const [a, b, c, d] = entries as [StoredEntry, StoredEntry, StoredEntry, StoredEntry];
    expect(brokenAt([a, c, d], keys)?.fault).toBe('out-of-sequence');
    expect(brokenAt([a, { ...b, body: b.body }, b, c, d], keys)?.fault).toBe('out-of-sequence');
    expect(brokenAt([a, { ...c, seq: 2 }, { ...b, seq: 3 }, d], keys)).toBeDefined();
  });

  it('breaks whichever part of it is changed, to whatever', () => {
    const part = fc.constantFrom('body', 'salt', 'digest', 'previous', 'hash', 'kind', 'reply');
    fc.assert(
      fc.property(fc.nat(3), part, fc.string(), (index, name, value) => {
        fc.pre(value !== entries[index]?.[name as keyof StoredEntry]);
        return brokenAt(changed(entries, index, { [name]: value }), keys) !== undefined;
      }),
    );
  });
});

describe('a key', () => {
  const signed = linked(['opened', 'acknowledged', 'resolved'], () => first);

  it('is named in each entry and not given away', () => {
    expect(signed[0]?.key).toMatch(/^[0-9a-f]{12}$/);
    expect(JSON.stringify(signed)).not.toContain('the first key');
  });

  it('goes on under a newer one, and what was before it is still checked', () => {
    const mixed = linked(['opened', 'acknowledged', 'resolved'], (index) => (index === 0 ? [] : index === 1 ? first : rotated));
    expect(mixed.map(({ key }) => key)).toEqual([undefined, first[0]?.id, rotated[0]?.id]);
    expect(brokenAt(mixed, rotated)).toBeUndefined();
  });

  it('that is not in the list leaves its entries unproven', () => {
    expect(brokenAt(signed, [])).toEqual({ seq: 1, fault: 'unknown-key' });
  });

  it('is needed to link entries anew: without one, and under another, it shows', () => {
    const others = auditKeysOf([new Secret('a key of somebody who writes to the database')]);
    const [opened] = signed as [StoredEntry];
    const bare = chain(opened, entry('nothing happened'), { salt: 's', keys: [] });
    expect(brokenAt([opened, bare], first)).toEqual({ seq: 2, fault: 'unsigned' });
    const forged = chain(opened, entry('nothing happened'), { salt: 's', keys: others });
    expect(brokenAt([opened, { ...forged, key: first[0]?.id }], first)).toEqual({ seq: 2, fault: 'changed' });
  });
});
