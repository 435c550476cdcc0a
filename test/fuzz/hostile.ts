/** Well-formed documents with a few things in them replaced by what somebody hostile, or a service in a bad hour, would put there. */
import fc from 'fast-check';
import type { Json } from '../../src/domain/json.ts';

/** None of these holds a word that the code itself must never show: `NaN`, `undefined`, `[object Object]`. */
const texts = [
  '',
  ' ',
  '<!channel> <!here> <@U0ATTACKER> <#C0|x> <https://evil.example|AWS>',
  '*bold* _it_ ~no~ `code` ```pre``` > quote',
  '&lt;!channel&gt; &amp;',
  'a\0b',
  '\u202egnp.exe\u2066',
  'a\r\nb\u2028c\u2029d\te',
  '\ud800 half',
  '𝕬'.repeat(200),
  'x'.repeat(20_000),
  '__proto__',
  'constructor',
  'toString',
  "'; drop table incidents; --",
  '=cmd|calc',
  '../../../etc/passwd',
  'arn:aws:cloudwatch:us-east-1:444455556666:alarm:',
  'arn:aws:iam::444455556666:user/',
  '999999999999999999999',
  '-1',
  '1e400',
  '0x10',
  '0000-00-00T00:00:00Z',
  '+275760-09-13T00:00:00.001Z',
  '2026-11-22T03:00:00+9999',
  '1970-01-01T00:00:00Z',
  '{"a":',
  '[]',
  'null',
  '::1',
  '2001:db8::1',
  '256.256.256.256',
  '$.userIdentity.type',
  '%{[(a+)+b]}',
];
const values: unknown[] = [...texts, null, true, false, 0, -1, 1e21, 1.5, Number.MAX_SAFE_INTEGER, [], {}, [[]], [null], { a: {} }, deep(200)];

function deep(levels: number): unknown {
  return levels === 0 ? 'bottom' : { deeper: [deep(levels - 1)] };
}

export const hostileText: fc.Arbitrary<string> = fc.oneof(fc.constantFrom(...texts), fc.string({ unit: 'binary', maxLength: 200 }));
const hostileValue: fc.Arbitrary<unknown> = fc.oneof(fc.constantFrom(...values), hostileText, fc.double({ noNaN: true, noDefaultInfinity: true }));

interface Change {
  readonly at: number;
  readonly how: 'replace' | 'remove' | 'add';
  readonly key: string;
  readonly value: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(10_000),
  how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add'),
  key: fc.constantFrom('__proto__', 'constructor', 'toString', 'toJSON', 'then', 'length', 'x'),
  value: hostileValue,
});

/** One of the documents with up to five changes anywhere in it. */
export function mutated(documents: readonly Json[]): fc.Arbitrary<Json> {
  return fc.tuple(fc.nat(documents.length - 1), fc.array(change, { maxLength: 5 })).map(([index, changes]) => {
    const document = structuredClone(documents[index]) as Json;
    for (const one of changes) applyTo(document, one);
    // Only what JSON can say comes from outside.
    return JSON.parse(JSON.stringify(document)) as Json;
  });
}

/** Own properties even where the key is `__proto__`, as JSON.parse makes them. */
function set(holder: object, key: string, value: unknown): void {
  if (Array.isArray(holder) && key === 'length') return;
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

function applyTo(document: Json, { at, how, key, value: shared }: Change): void {
  // Two changes may have drawn the same object, and one would put it into itself.
  const value = structuredClone(shared);
  const places = placesIn(document);
  const [holder, name] = places[at % places.length] ?? [document, ''];
  if (how === 'add') set(holder, key, value);
  else if (how === 'remove') delete (holder as Json)[name];
  else set(holder, name, value);
}

function placesIn(value: object, depth = 0): (readonly [object, string])[] {
  if (depth > 8) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    [value, name] as const,
    ...(typeof inner === 'object' && inner !== null ? placesIn(inner, depth + 1) : []),
  ]);
}
