/** Text from outside hides nothing and reorders nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, isolated, visibleJson, withoutInvisible } from '../../src/domain/visible.ts';

/** Every bidirectional control character that there is. */
const controls = ['\u061c', '\u200e', '\u200f', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'];

it.each(controls)('%j is taken out, or put in another’s place', (control) => {
  expect(withoutInvisible(`a${control}b`)).toBe('ab');
  expect(withoutInvisible(`a${control}b`, '?')).toBe('a?b');
});

describe('a run of right-to-left letters', () => {
  const marked = (text: string): string => isolated(text).replaceAll('\u2068', '⟦').replaceAll('\u2069', '⟧');

  it.each([
    ['alice, 7 failures', 'alice, 7 failures'],
    ['Who: דוד: failed 7×', 'Who: ⟦דוד⟧: failed 7×'],
    ['דוד 7 of 9', '⟦דוד⟧ 7 of 9'],
    ['דוד2 · 7', '⟦דוד2⟧ · 7'],
    ['דוד, 7, כהן, 9', '⟦דוד⟧, 7, ⟦כהן⟧, 9'],
    ['דוד · כהן', '⟦דוד⟧ · ⟦כהן⟧'],
    ['דוד כהן (IAM user)', '⟦דוד כהן⟧ (IAM user)'],
    ['היו 5 ניסיונות, זה היה דוד.', '⟦היו 5 ניסיונות, זה היה דוד⟧.'],
    ['user-مدير-1 in prod', 'user-⟦مدير⟧-1 in prod'],
  ])('%s', (text, said) => {
    expect(marked(text)).toBe(said);
  });

  it('is ended wherever the text is cut, and the text is no longer than it may be', () => {
    const text = fc.stringMatching(/^[a-c א-ג1-3,·]{0,40}$/u);
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 45 }), (said, longest) => {
        const shown = [...cut(isolated(said), longest)];
        const depths = shown.map((_, at) => shown.slice(0, at + 1).reduce((sum, one) => sum + (one === '\u2068' ? 1 : one === '\u2069' ? -1 : 0), 0));
        expect(shown.length).toBeLessThanOrEqual(longest);
        expect(depths.every((depth) => depth === 0 || depth === 1)).toBe(true);
        expect(depths.at(-1) ?? 0).toBe(0);
      }),
    );
  });
});

/** Also halves of characters. */
const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes));

it('JSON says the same with what is not seen written by its number', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const line = visibleJson(JSON.stringify({ text }));
      expect(JSON.parse(line)).toEqual({ text });
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
  expect(visibleJson(JSON.stringify('a\u202eb\u{e0001}'))).toBe('"a\\u202eb\\udb40\\udc01"');
});
