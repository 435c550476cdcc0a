/** What each change of the log is found by. */
import { describe, expect, it } from 'vitest';
import { chain, type StoredEntry } from '../../../src/domain/audit/chain.ts';
import { auditKeysOf } from '../../../src/domain/audit/keys.ts';
import { findingText, otherLogText } from '../../../src/domain/audit/report.ts';
import { addFindings, type Finding, foundAtEnd, found as foundIn, type Known } from '../../../src/domain/audit/verify.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { entry, linked } from '../../support/audit.ts';

const keys = auditKeysOf([new Secret('a key that is long enough to be one')]);
const written = linked(['opened', 'acknowledged', 'locked out', 'resolved'], () => keys);
const [opened, acknowledged, lockedOut, resolved] = written as [StoredEntry, StoredEntry, StoredEntry, StoredEntry];
const nothingPruned: Known = { keys, end: resolved, anchored: undefined, unsignedUntil: 0, pruned: [] };

function found(entries: readonly StoredEntry[], over: Partial<Known> = {}): string[] {
  const known = { ...nothingPruned, ...over };
  const all: Finding[] = [];
  entries.forEach((one, index) => void addFindings(all, foundIn(entries[index - 1], one, known)));
  addFindings(all, foundAtEnd(entries.at(-1), 1, known));
  return all.map(({ seq, until, fault, foundBy }) => `${seq}${until === undefined ? '' : `-${until}`} ${fault} (${foundBy})`);
}

function anew(texts: readonly string[]): StoredEntry[] {
  return linked(texts);
}

describe('the verification of a chain', () => {
  it('finds nothing in what was written', () => {
    expect(found(written)).toEqual([]);
    expect(found(written, { anchored: resolved })).toEqual([]);
  });

  it('finds a tail that was cut off, with its end and without', () => {
    expect(found([opened, acknowledged])).toEqual(['2 cut-off (chain)']);
    expect(found([opened, acknowledged], { end: acknowledged })).toEqual([]);
    expect(found([opened, acknowledged], { end: acknowledged, anchored: lockedOut })).toEqual(['2 cut-off-since-anchor (anchor)']);
  });

  it('finds entries after the end, and a chain of which nothing is left', () => {
    expect(found(written, { end: lockedOut })).toEqual(['4 beyond-its-end (chain)']);
    expect(found(written, { end: undefined })).toEqual(['4 beyond-its-end (chain)']);
    expect(found([], { anchored: resolved })).toEqual(['undefined no-entries (state)', 'undefined cut-off-since-anchor (anchor)']);
  });

  it('finds a chain that was linked anew, by the key and by the anchor', () => {
    const forged = anew(['opened', 'nothing', 'nothing', 'resolved']);
    const known = { end: forged[3] };
    expect(found(forged, known)).toEqual(['1-4 unsigned (key)']);
    expect(found(forged, { ...known, keys: [], unsignedUntil: undefined })).toEqual([]);
    expect(found(forged, { ...known, keys: [], unsignedUntil: undefined, anchored: resolved })).toEqual(['4 not-as-anchored (anchor)']);
  });

  it('lets entries from before the first key be without one', () => {
    const [first] = anew(['opened']) as [StoredEntry];
    const second = chain(first, entry('acknowledged'), { salt: 's', keys });
    expect(found([first, second], { unsignedUntil: 1, end: second })).toEqual([]);
  });

  it('takes a missing body for pruned only where a pruning says so', () => {
    const pruned = written.map((one) => (one === acknowledged ? { ...one, body: undefined, salt: '' } : one));
    expect(found(pruned)).toEqual(['2 body-missing (chain)']);
    expect(found(pruned, { pruned: [{ from: 500, until: 1_000 }] })).toEqual(['2 body-missing (chain)']);
    expect(found(pruned, { pruned: [{ from: 500, until: 1_001 }] })).toEqual([]);
  });

  it('gathers what follows one another, for each fault', () => {
    const bare = written.map((one) => ({ ...one, body: undefined, salt: '' }));
    expect(found(bare, { keys: [] })).toEqual(['1-4 unknown-key (key)', '1-4 body-missing (chain)']);
    const [first, second, , last] = bare as [StoredEntry, StoredEntry, StoredEntry, StoredEntry];
    expect(found([first, second, lockedOut, last])).toEqual(['1-2 body-missing (chain)', '4 body-missing (chain)']);
  });

  it('of a long log whose key is lost is one line, and takes no longer than of one that is whole', () => {
    const all: Finding[] = [];
    for (let seq = 1; seq <= 200_000; seq++) addFindings(all, [{ incident: 1, seq, fault: 'unknown-key', foundBy: 'key' }]);
    expect(all.map(findingText)).toEqual(['SIN-1 entries 1 to 200000, each: it was signed with a key that is not in AUDIT_KEY (found by the key)']);
  });
});

it('another log in the bucket that ended before this one began is asked about', () => {
  const other = { count: 3, last: Date.parse('2026-11-22T03:00:00Z') };
  expect(otherLogText('abc', other, other.last - 1)).toBe(
    'It has 3 of another log, abc, the newest of 2026-11-22T03:00:00.000Z: another responder puts anchors here too.',
  );
  for (const began of [undefined, other.last + 1]) expect(otherLogText('abc', other, began)).toContain('the database was emptied');
});
