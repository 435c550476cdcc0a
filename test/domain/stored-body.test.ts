import { describe, expect, it } from 'vitest';
import type { AppError } from '../../src/domain/error.ts';
import { readBody, type Shape, storedBody } from '../../src/domain/stored-body.ts';

interface Note {
  readonly id: string;
  readonly tags: readonly string[];
  readonly by?: string;
}
const shape: Shape<Note> = {
  of: 'note',
  upgrades: [({ tag, ...rest }) => ({ ...rest, tags: tag === undefined ? [] : [tag] }), ({ author, ...rest }) => ({ ...rest, by: author })],
  needs: ['id', 'tags'],
};

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'read';
  } catch (thrown) {
    return (thrown as AppError).code;
  }
}

describe('a stored body', () => {
  it('is read as it was written', () => {
    const note: Note = { id: '1', tags: ['a'], by: 'bob' };
    expect(readBody(shape, storedBody(shape, note))).toEqual(note);
  });

  it('of any older version is brought up to this one', () => {
    const note = { id: '1', tags: ['a'], by: 'bob' };
    expect(readBody(shape, JSON.stringify({ id: '1', tag: 'a', author: 'bob' }))).toEqual(note);
    expect(readBody(shape, JSON.stringify({ v: 1, id: '1', tags: ['a'], author: 'bob' }))).toEqual(note);
  });

  it('of a newer version, or that is none, is told and not guessed at', () => {
    expect(codeOf(() => readBody(shape, JSON.stringify({ v: 3, id: '1', tags: [] })))).toBe('refused');
    for (const body of ['{}', '[]', 'no JSON', '{"v":2,"id":"1"}', '{"v":"2","id":"1","tags":[]}'])
      expect(codeOf(() => readBody(shape, body))).not.toBe('read');
  });
});
