import { describe, expect, it } from 'vitest';
import { repliesOf, type Shown } from '../../../src/domain/incident/picture.ts';
import type { Entry } from '../../../src/domain/incident/timeline.ts';

const bob = { id: 'U1', name: 'Bob' };
const dana = { id: 'U2', name: 'Dana' };

function entry(seq: number, body: Partial<Entry['body']>, over: Partial<Entry> = {}): Entry {
  return {
    incident: 1,
    seq,
    at: seq,
    kind: 'response',
    reply: 'quiet',
    hash: `h${seq}`,
    ...over,
    body: { what: 'record-step', text: 'done', ...body },
  };
}

const tried = (name: string, also: readonly number[]): Shown => ({
  name,
  ts: undefined,
  digest: undefined,
  attempt: { at: 0, settledAt: 1 },
  refused: undefined,
  failures: 0,
  also,
});

const numbers = (entries: readonly Entry[], shown: readonly Shown[] = []): number[][] =>
  repliesOf(entries, shown).map((reply) => reply.map((told) => told.entry.seq));

describe('replies', () => {
  it('are shared by the steps of one person that wait, in turn with those of others', () => {
    const steps = [entry(1, { by: bob }), entry(2, { by: dana }), entry(3, { by: bob }), entry(4, { by: dana })];
    expect(numbers(steps)).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  it('tell a change to AWS, a loud note, and what nobody did, by themselves', () => {
    const all = [
      entry(1, { by: bob }),
      entry(2, { by: bob, phase: 'intent' }),
      entry(3, { by: bob, phase: 'outcome', intent: 2 }, { reply: 'none' }),
      entry(4, {}, { kind: 'note', reply: 'loud' }),
      entry(5, {}, { kind: 'note' }),
      entry(6, { by: bob }),
    ];
    expect(numbers(all)).toEqual([[1, 6], [2], [4], [5]]);
    expect(repliesOf(all, [])[1]?.[0].outcome?.seq).toBe(3);
  });

  it('stay as they were when they were tried first', () => {
    const steps = [1, 2, 3, 4].map((seq) => entry(seq, { by: bob }));
    expect(numbers(steps, [tried('card', []), tried('1', [2])])).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(numbers(steps, [tried('1', []), tried('2', [])])).toEqual([[1], [2], [3, 4]]);
  });

  it('tell ten steps at most, and no more text than a message takes', () => {
    const steps = Array.from({ length: 12 }, (_, index) => entry(index + 1, { by: bob }));
    expect(numbers(steps).map((one) => one.length)).toEqual([10, 2]);
    const long = [1, 2, 3].map((seq) => entry(seq, { by: bob, text: 'x'.repeat(900) }));
    expect(numbers(long)).toEqual([[1, 2], [3]]);
  });
});
