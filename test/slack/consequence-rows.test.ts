/** What a responder reads at three in the morning of what was done: a line each, and nothing that stands no more. */
import { describe, expect, it } from 'vitest';
import type { Deed } from '../../src/domain/incident/deed.ts';
import { withEntry, withUndone } from '../../src/domain/incident/deeds.ts';
import { areConsequencesCut, consequenceRows } from '../../src/slack/consequence-rows.ts';
import { lines, withoutBlocks } from '../../src/slack/text.ts';

const bob = { id: 'U0BOB', name: 'bob' };
const deed = (what: string, more: Partial<Deed> = {}): Deed => ({ at: 0, by: bob, how: 'bot', what, stops: true, ...more });
const nothing = { contained: [], deeds: [], notStopped: [], leftToDo: [] };

function said(incident: Partial<Parameters<typeof consequenceRows>[0]>): string[] {
  const rows = consequenceRows({ ...nothing, ...incident });
  return rows.length === 0
    ? []
    : withoutBlocks({ text: '', blocks: [lines(...rows)] })
        .text.split('\n')
        .slice(1);
}

describe('what is open', () => {
  it('is said in the row itself where it is one thing, and in a line each where there are several', () => {
    expect(said({ notStopped: [{ text: 'running sessions of alice' }] })).toEqual(['Not stopped: running sessions of alice']);
    expect(said({ notStopped: [{ text: 'role a, which alice assumed' }, { text: 'user b' }], leftToDo: ['alice enrols MFA'] })).toEqual([
      'Not stopped:',
      '• role a, which alice assumed',
      '• user b',
      'Left to do: alice enrols MFA',
    ]);
  });

  it('says how much of it is not shown, and the card where that is', () => {
    const many = Array.from({ length: 11 }, (_, index) => ({ text: `user ${index}` }));
    expect(said({ notStopped: many }).at(-1)).toBe('and 3 more: see ⋯ Timeline, Whole text');
    expect(areConsequencesCut({ notStopped: many, leftToDo: [] })).toBe(true);
    expect(areConsequencesCut({ notStopped: many.slice(0, 8), leftToDo: [] })).toBe(false);
    expect(areConsequencesCut({ notStopped: [], leftToDo: ['x'.repeat(301)] })).toBe(true);
  });
});

describe('what was done', () => {
  it('stands under Stopped where it stopped something, and no longer once it was taken back', () => {
    const before = { deeds: [deed('password of alice replaced')] };
    const after = withEntry({ ...before, deeds: [...before.deeds, deed('alice put under quarantine')] }, before, { incident: 1, seq: 7 });
    expect(said({ deeds: after.deeds })).toEqual([
      'Stopped: 1970-01-01 00:00 UTC password of alice replaced (bob)',
      'Stopped: 1970-01-01 00:00 UTC alice put under quarantine (bob)',
    ]);
    expect(said({ deeds: withUndone(after, [{ incident: 1, seq: 7 }]).deeds })).toEqual([
      'Stopped: 1970-01-01 00:00 UTC password of alice replaced (bob)',
    ]);
    expect(withUndone(after, [{ incident: 2, seq: 7 }])).toBe(after);
  });

  it('says how many earlier steps it leaves out', () => {
    const deeds = Array.from({ length: 10 }, (_, index) => deed(`step ${index}`, { how: 'hand' }));
    expect(said({ deeds })[0]).toBe('2 earlier steps: see ⋯ Timeline');
    expect(said({ deeds })).toHaveLength(9);
  });
});
