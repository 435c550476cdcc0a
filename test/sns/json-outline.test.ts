import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonOutline } from '../../src/sns/json-outline.ts';

const most = 100_000;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function hasJsonOutline(text: string): boolean {
  const outline = jsonOutline(Buffer.from(text), most);
  return outline !== undefined && isJson(outline);
}

describe('the outline of a JSON text', () => {
  it('is the text with its strings emptied', () => {
    expect(jsonOutline(Buffer.from('{"Type" : "a \\"b\\" \\u00e9 é", "n": [1, "x"]}'), most)).toBe('{"" : "", "": [1, ""]}');
  });

  it('is JSON where the text is', () => {
    fc.assert(fc.property(fc.json(), (text) => hasJsonOutline(text)));
  });

  it('is none where the text is none, whatever was cut, put in or changed in it', () => {
    const piece = fc.constantFrom('"', '\\', '\\u12', '\\u12fg', '\\x', '\n', '\u0000', '{', '}', '[', ']', ',', ':', 'é', '1e', 'null', ' ');
    const place = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.json(), place, place, piece, (text, a, b, put) => {
        const [from, to] = [Math.floor(Math.min(a, b) * text.length), Math.floor(Math.max(a, b) * text.length)];
        for (const changed of [text.slice(0, to), text.slice(0, from) + put + text.slice(from), text.slice(0, from) + put + text.slice(to)])
          expect(hasJsonOutline(changed), changed).toBe(isJson(changed));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is not made of a text with more between its strings than it may have', () => {
    expect(jsonOutline(Buffer.from('[1,2,3]'), 6)).toBeUndefined();
    expect(jsonOutline(Buffer.from('["1234567890"]'), 6)).toBe('[""]');
  });
});
