/** Filter patterns read and run as AWS documents them, and as two evaluators that share nothing agree. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPattern } from '../../../src/domain/alarm/filter-pattern.ts';
import { matcherOf } from '../../../src/domain/alarm/pattern-regex.ts';
import { runPattern } from '../../../src/domain/alarm/run-pattern.ts';
import { filterMatches } from '../../support/filter-pattern.ts';

function runs(text: string, record: unknown): boolean | string {
  const read = readPattern(text);
  return 'pattern' in read ? runPattern(read.pattern, record) : read.unreadable;
}

/** The example of the user guide. */
const guide = {
  eventType: 'UpdateTrail',
  sourceIPAddress: '111.111.111.111',
  arrayKey: ['value', 'another value'],
  objectList: [
    { name: 'a', id: 1 },
    { name: 'b', id: 2 },
  ],
  SomeObject: null,
  ThisFlag: true,
  'cluster.name': 'c',
  user: { id: 1, email: 'John.Stiles@example.com' },
  coordinates: [
    [0, 1, 2],
    [4, 5, 6],
  ],
  actions: ['GET', 'PUT', 'DELETE'],
  latency: 55.5,
};

describe('a filter pattern', () => {
  it.each<[string, boolean]>([
    ['{ $.eventType = "UpdateTrail" }', true],
    ['{ $.sourceIPAddress != 123.123.* }', true],
    ['{ $.sourceIPAddress != 111.111.* }', false],
    ['{ $.arrayKey[0] = "value" }', true],
    ['{ $.arrayKey[2] != "value" }', false],
    ['{ $.arrayKey[*] = "another value" }', true],
    ['{ $.arrayKey[*] = %val.{2}% }', true],
    ['{ $.* = %111\\.111\\.111\\.1[0-9]{1,2}% }', true],
    ['{ $.objectList[1].id = 2 }', true],
    ['{ $.objectList[*].name = "c" }', false],
    ['{ $.coordinates[0][1] = 1 }', true],
    ['{ $.[\'cluster.name\'] = "c" }', true],
    ['{ $.SomeObject IS NULL }', true],
    ['{ $.SomeOtherObject NOT EXISTS }', true],
    ['{ $.SomeObject NOT EXISTS }', false],
    ['{ $.ThisFlag IS TRUE }', true],
    ['{ $.ThisFlag IS FALSE }', false],
    ['{ $.latency >= 55.5 && $.latency < 10e3 }', true],
    ['{ $.latency > +56 }', false],
    ['{ ($.user.id = 1) && ($.objectList[0].name = "a") }', true],
    ['{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch" && $.actions[2] = "nonmatch" }', true],
    ['{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch") && $.actions[2] = "nonmatch" }', false],
  ])('of the user guide: %s', (pattern, expected) => {
    expect(runs(pattern, guide)).toBe(expected);
  });

  it.each<[string, unknown, boolean]>([
    ['{ $.a != "b" }', {}, false],
    ['{ $.a != "b" }', { a: null }, false],
    ['{ $.a != "b" }', { a: ['b'] }, false],
    ['{ $.a != "b" }', { a: { b: 1 } }, false],
    ['{ $.a.b != "c" }', { a: 'text' }, false],
    ['{ $.a = "*" }', { a: '' }, true],
    ['{ $.a = * }', { a: 7 }, true],
    ['{ $.a = "*" }', { a: null }, false],
    ['{ $.a = "123" }', { a: 123 }, true],
    ['{ $.a = "123.0" }', { a: 123 }, false],
    ['{ $.a = 123.0 }', { a: 123 }, true],
    ['{ $.a = 123456789012 }', { a: '123456789012' }, true],
    ['{ $.a != 500 }', { a: 500 }, false],
    ['{ $.a = 4* }', { a: 404 }, true],
    ['{ $.a > 4 }', { a: '5' }, false],
    ['{ $.a = "Ev*ent" }', { a: 'EvSomethingent' }, false],
    ['{ $.a = "Ev*ent" }', { a: 'Ev*ent' }, true],
    ['{ $.a = "*Event" }', { a: 'PutEvent' }, true],
    ['{ $.a = "*:i-0*" }', { a: 'AROA:i-0abc' }, true],
    ['{ $.a = "*a*b*" }', { a: 'xaxbx' }, false],
    ['{ $.a = "say \\"no\\"" }', { a: 'say "no"' }, true],
    ['{ $.a = true }', { a: true }, false],
    ['{ $.a != true }', { a: false }, false],
  ])('%s on %j: %s', (pattern, record, expected) => {
    expect(runs(pattern, record)).toBe(expected);
  });

  it.each<[string, string]>([
    ['', 'no-json-pattern'],
    ['ERROR', 'no-json-pattern'],
    ['[ip, user]', 'no-json-pattern'],
    ['{ }', 'syntax'],
    ['{ $.a }', 'syntax'],
    ['{ $.a = 1', 'no-json-pattern'],
    ['{ ($.a = 1 }', 'syntax'],
    ['{ $.a = 1) }', 'syntax'],
    ['{ $.a = "b" || }', 'syntax'],
    ['{ $.a = "b" $.c = "d" }', 'syntax'],
    ['{ $.a EXISTS }', 'syntax'],
    ['{ $.a IS NOT NULL }', 'syntax'],
    ['{ $.a > "4" }', 'syntax'],
    ['{ $.a > x }', 'syntax'],
    ['{ a = 1 }', 'syntax'],
    ['{ $."a" = 1 }', 'syntax'],
    ['{ !($.a = 1) }', 'syntax'],
    ['{ $.a = %(b|c)% }', 'regular-expression'],
    ['{ $.a = %b!% }', 'regular-expression'],
    ['{ $.a = %a{300}% }', 'regular-expression'],
    ['{ $.a = %b% && $.a = %c% && $.a = %d% }', 'too-many'],
    ['{ $.*.* = "x" }', 'too-many'],
    ['{ $.a[*] != "x" }', 'not-documented'],
    ['{ $.a = "\\d" }', 'not-documented'],
    [`{ $.a = "${'x'.repeat(1_024)}" }`, 'too-long'],
  ])('%s is not read', (pattern, why) => {
    expect(runs(pattern, {})).toBe(why);
  });

  it('may be as long and as deep as AWS allows', () => {
    const deep = `{ ${'('.repeat(500)}$.a = 1${')'.repeat(500)} }`;
    expect(runs(deep, { a: 1 })).toBe(true);
  });
});

describe('a regular expression of a filter pattern', () => {
  it.each<[string, string, boolean]>([
    ['^[hc]at', 'hat', true],
    ['^[hc]at', 'that', false],
    ['[hc]at$', 'a cat', true],
    ['colou?r', 'color', true],
    ['[abcx-z]', 'y', true],
    ['a{3,5}', 'aa', false],
    ['^a{,2}$', 'aaa', false],
    ['^starting|^initializing|^shutting down', 'skipping initializing', false],
    ['^starting|^initializing|^shutting down', 'shutting down now', true],
    ['abcc|ab[^c]$', 'aba', true],
    ['\\[.\\]', '[7]', true],
    ['10\\.10\\.0\\.1', '10010,051', false],
    ['ab[0-9]*', 'ab129', true],
    ['ab+c', 'ac', false],
    ['\\D\\s\\w', 'a b', true],
    ['\\x28', '(', true],
    ['[\\d:|-]+$', '12:30|', true],
  ])('%%%s%% in %s: %s', (source, text, expected) => {
    expect(matcherOf(source)?.(text)).toBe(expected);
  });

  it.each(['(a)', 'a!', '*a', 'a**', 'a{2,1}', '[b-a]', 'a\\', 'é', 'a{}', '[', 'a{999999}', '.{200}.{200}.{200}'])('%s is not taken', (source) => {
    expect(matcherOf(source)).toBeUndefined();
  });

  it('goes through a text once, whatever it repeats', () => {
    const matches = matcherOf('.*.*.*.*.*.*.*.*.*.*x$');
    expect(matches?.('a'.repeat(20_000))).toBe(false);
  });

  it('matches what the engine of the language matches', () => {
    const letter = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '1', '\\.');
    const term = fc.tuple(letter, fc.constantFrom('', '?', '*', '+', '{2}', '{1,3}', '{0,}')).map((parts) => parts.join(''));
    const branch = fc
      .tuple(fc.constantFrom('', '^'), fc.array(term, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '$'))
      .map(([start, terms, end]) => `${start}${terms.join('')}${end}`);
    const source = fc.array(branch, { minLength: 1, maxLength: 3 }).map((branches) => branches.join('|'));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '1', '\n'), maxLength: 8 });
    fc.assert(
      fc.property(source, text, (expression, subject) => {
        expect(matcherOf(expression)?.(subject)).toBe(new RegExp(expression, 's').test(subject));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('generated patterns on generated records', () => {
  const paths = ['$.a', '$.b', '$.c.d', '$.e[0]', "$.['f.g']", '$.c'];
  const literal = fc.constantFrom(
    '"x"',
    'x',
    '"*"',
    '*',
    '"x*"',
    '"*y"',
    '"*x*"',
    '"x*y"',
    '1',
    '1.0',
    '"1"',
    '"1.0"',
    '-2',
    '%^x%',
    '%y$|[0-9]%',
    '""',
  );
  const comparison = fc.tuple(fc.constantFrom('=', '!='), literal).map((parts) => parts.join(' '));
  const order = fc.tuple(fc.constantFrom('<', '>', '<=', '>='), fc.constantFrom('1', '0', '1.5', '-2e0')).map((parts) => parts.join(' '));
  const test = fc.oneof(comparison, comparison, order, fc.constantFrom('NOT EXISTS', 'IS NULL', 'IS TRUE', 'IS FALSE'));
  const term = fc.tuple(fc.constantFrom(...paths), test).map((parts) => parts.join(' '));
  const pattern = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      term,
      fc.tuple(tie('tree'), fc.constantFrom('&&', '||'), tie('tree')).map((parts) => parts.join(' ')),
      tie('tree').map((inner) => `(${inner})`),
    ),
  })).tree;
  const value = fc.constantFrom<unknown>(
    'x',
    'xy',
    'y',
    '1',
    '1.0',
    'x*y',
    '',
    1,
    1.5,
    -2,
    0,
    null,
    true,
    false,
    [],
    ['x'],
    {},
    { d: 'x' },
    { d: 1 },
  );
  const record = fc.record({ a: value, b: value, c: value, e: value, 'f.g': value }, { requiredKeys: [] });

  it('are judged alike by the evaluator and by the one of the tests', () => {
    let matched = 0;
    let ran = 0;
    fc.assert(
      fc.property(pattern, record, (inner, subject) => {
        const text = `{ ${inner} }`;
        const said = runs(text, subject);
        // More than two regular expressions, or too long: AWS takes none of those.
        if (typeof said === 'string') expect(said).toMatch(/^too-/);
        else expect(said).toBe(filterMatches(text, subject));
        ran += typeof said === 'string' ? 0 : 1;
        matched += said === true ? 1 : 0;
      }),
      { numRuns: 5_000 },
    );
    expect(ran).toBeGreaterThan(2_000);
    expect(matched).toBeGreaterThan(500);
  });
});
