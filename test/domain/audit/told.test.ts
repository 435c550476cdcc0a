import { describe, expect, it } from 'vitest';
import { comparedText, entriesOf } from '../../../src/domain/audit/told.ts';

const hash = 'a'.repeat(64);
const other = 'b'.repeat(64);

describe('a message names', () => {
  it.each([
    ['a card', { key: 'SIN-7/card', also: undefined }, [{ incident: 7, seq: 1, hash }]],
    ['a card that was posted again', { key: 'SIN-7/card/again', also: undefined }, [{ incident: 7, seq: 1, hash }]],
    ['an entry that was posted again', { key: 'SIN-7/3/again', also: undefined }, [{ incident: 7, seq: 3, hash }]],
    ['an entry', { key: 'SIN-7/3', also: undefined }, [{ incident: 7, seq: 3, hash }]],
    [
      'several',
      { key: 'SIN-7/3', also: `4:${other} 5:x` },
      [
        { incident: 7, seq: 3, hash },
        { incident: 7, seq: 4, hash: other },
      ],
    ],
    ['an entry of no incident', { key: 'LOG/9', also: undefined }, [{ incident: 0, seq: 9, hash }]],
    ['nothing of the log', { key: 'STORM-1/card', also: undefined }, []],
    ['what is no key', { key: 'SIN-1/../2', also: undefined }, []],
  ])('%s', (_what, told, entries) => {
    expect(entriesOf({ ...told, hash, at: 0 })).toEqual(entries);
  });

  it('how far back Slack goes is told', () => {
    expect(comparedText(3, Date.parse('2026-11-01T00:00:00Z'), new Set([4, 0, 2]))).toContain(
      '3 messages compared, of SIN-2 to SIN-4, the first of 2026-11-01T00:00:00.000Z',
    );
    expect(comparedText(0, undefined, new Set())).toBe('Slack shows no message of the responder.');
  });
});
