/**
 * One condition on a CloudTrail record, with three faces that mean the same: `matches(record)`, a CloudWatch Logs filter pattern and an
 * EventBridge event pattern. "Another than" is for texts that are always there: on a missing field it matches nothing in any face, but what null
 * is to EventBridge is not documented. Neither face knows upper and lower case as one, so spellings are enumerated.
 * Sources: "Filter pattern syntax for metric filters" (CloudWatch Logs user guide), "Comparison operators for use in event patterns"
 * (EventBridge user guide).
 */
import { fitsText } from '../alarm/run-pattern.ts';
import { asObject, type Json } from '../json.ts';

/**
 * Paths are of keys, joined by dots; lists are not entered. In `anyOf`, `*` at the beginning or the end stands for any text, as in both of
 * AWS's languages; in the middle it would in EventBridge only, and is refused.
 */
export type Condition =
  | { readonly is: string; readonly anyOf: readonly string[] }
  /** Holds a text that is none of these. All of `than` are exact, or all have a `*`. */
  | { readonly other: string; readonly than: readonly string[] }
  /** Holds a text. A filter would take a number too; CloudTrail writes none where this is asked. */
  | { readonly exists: string }
  /** Holds a number that is no smaller. */
  | { readonly atLeast: string; readonly number: number }
  /** Is not in the record at all; null is in it. */
  | { readonly absent: string }
  | { readonly all: readonly Condition[] }
  | { readonly some: readonly Condition[] };

export function matches(condition: Condition, record: Json): boolean {
  if ('all' in condition) return condition.all.every((part) => matches(part, record));
  if ('some' in condition) return condition.some.some((part) => matches(part, record));
  if ('absent' in condition) return valueAt(record, condition.absent) === undefined;
  if ('atLeast' in condition) return isAtLeast(valueAt(record, condition.atLeast), condition.number);
  const value = valueAt(record, pathOf(condition));
  if (typeof value !== 'string') return false;
  if ('other' in condition) return !condition.than.some((left) => fitsText(left, value));
  return 'exists' in condition || condition.anyOf.some((wanted) => fitsText(wanted, value));
}

type OfText = Extract<Condition, { is: string } | { other: string } | { exists: string }>;

function pathOf(condition: OfText): string {
  if ('other' in condition) return condition.other;
  return 'is' in condition ? condition.is : condition.exists;
}

function isAtLeast(value: unknown, number: number): boolean {
  return typeof value === 'number' && value >= number;
}

function valueAt(record: Json, path: string): unknown {
  const keys = path.split('.');
  const last = keys.pop() as string;
  return keys.reduce<Json>((inner, key) => asObject(inner[key]), record)[last];
}

/** As a filter pattern: `{ ($.eventName = "ConsoleLogin") && … }`. CloudWatch has no EXISTS; `= "*"` is how it says so. */
export function filterPattern(condition: Condition): string {
  return `{ ${withoutParentheses(inner(condition))} }`;
}

function inner(condition: Condition): string {
  if ('all' in condition) return joined(condition.all.map(inner), '&&');
  if ('some' in condition) return joined(condition.some.map(inner), '||');
  if ('absent' in condition) return `($.${condition.absent} NOT EXISTS)`;
  if ('exists' in condition) return `($.${condition.exists} = "*")`;
  if ('atLeast' in condition) return `($.${condition.atLeast} >= ${condition.number})`;
  if ('other' in condition)
    return joined(
      condition.than.map((value) => `($.${condition.other} != "${value}")`),
      '&&',
    );
  return joined(
    condition.anyOf.map((value) => `($.${condition.is} = "${value}")`),
    '||',
  );
}

function joined(parts: readonly string[], operator: '&&' | '||'): string {
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join(` ${operator} `)})`;
}

/** The outermost pair only, where it is one pair. */
function withoutParentheses(text: string): string {
  let depth = 0;
  for (const [index, letter] of [...text].entries()) {
    depth += letter === '(' ? 1 : letter === ')' ? -1 : 0;
    if (depth === 0 && index < text.length - 1) return text;
  }
  return text.slice(1, -1);
}

type Pattern = { readonly [key: string]: Pattern | readonly unknown[] };

/** As an event pattern on the whole event: the record is its `detail`. */
export function eventPattern(condition: Condition): Pattern {
  return { detail: face(condition) };
}

function face(condition: Condition): Pattern {
  if ('all' in condition) return condition.all.map(face).reduce(merged, {});
  if ('some' in condition) return { $or: condition.some.map(face) };
  if ('absent' in condition) return at(condition.absent, [{ exists: false }]);
  if ('exists' in condition) return at(condition.exists, [{ wildcard: '*' }]);
  if ('atLeast' in condition) return at(condition.atLeast, [{ numeric: ['>=', condition.number] }]);
  if ('other' in condition) return at(condition.other, [{ 'anything-but': anythingBut(condition.than) }]);
  return at(condition.is, condition.anyOf.map(wildcardOr));
}

function wildcardOr(value: string): string | { readonly wildcard: string } {
  if (!value.includes('*')) return value;
  if (value.slice(1, -1).includes('*')) throw new Error(`A filter pattern takes the * in the middle of ${value} as itself.`);
  return { wildcard: value };
}

function anythingBut(than: readonly string[]): readonly string[] | { readonly wildcard: readonly string[] } {
  const open = than.map(wildcardOr).flatMap((one) => (typeof one === 'string' ? [] : [one.wildcard]));
  if (open.length === 0) return than;
  if (open.length < than.length) throw new Error(`EventBridge takes either exact texts or wildcards: ${than.join(', ')}`);
  return { wildcard: open };
}

function at(path: string, values: readonly unknown[]): Pattern {
  return path.split('.').reduceRight<Pattern | readonly unknown[]>((deeper, key) => ({ [key]: deeper }), values) as Pattern;
}

/** Both patterns at once. One path may be asked about once: a catalogue that wants more does not load. There is room for one `$or`. */
function merged(one: Pattern, other: Pattern): Pattern {
  const result: Record<string, Pattern | readonly unknown[]> = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const known = result[key];
    if (known === undefined) result[key] = value;
    else if (Array.isArray(known) || Array.isArray(value)) throw new Error(`An event pattern cannot ask twice about ${key}.`);
    else result[key] = merged(known as Pattern, value as Pattern);
  }
  return result;
}

/** The event names that a condition can match: what to ask CloudTrail for. */
export function eventNamesOf(condition: Condition): string[] {
  if ('is' in condition) return condition.is === 'eventName' ? [...condition.anyOf] : [];
  const parts = 'all' in condition ? condition.all : 'some' in condition ? condition.some : [];
  return [...new Set(parts.flatMap(eventNamesOf))];
}
