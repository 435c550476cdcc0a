/**
 * Runs a filter pattern on a record as AWS does. A comparison needs a text or a number: where the field is absent, null, a list or an object,
 * none matches, `!=` included. AWS documents no comparison with true or false; none matches here, and nobody should judge by one.
 * Sources: "Filter pattern syntax for metric filters" (CloudWatch Logs user guide); azul#5884, tried in AWS's console.
 */
import { numberIn, type Pattern, type Step, type Term, type Wanted } from './filter-pattern.ts';

/** @param holds what a term says of the subject: whoever judges a pattern supposes something of some terms */
export function runPattern<Subject>(pattern: Pattern, subject: Subject, holds: (term: Term, subject: Subject) => boolean = runTerm): boolean {
  if ('all' in pattern) return pattern.all.every((part) => runPattern(part, subject, holds));
  if ('some' in pattern) return pattern.some.some((part) => runPattern(part, subject, holds));
  return holds(pattern.term, subject);
}

export function runTerm({ path, test }: Term, record: unknown): boolean {
  const values = valuesAt(record, path);
  if ('isAbsent' in test) return values.length === 0;
  if ('is' in test) return values.some((value) => value === test.is);
  const comparable = values.filter((value) => typeof value === 'string' || typeof value === 'number');
  if ('orders' in test) return comparable.some((value) => typeof value === 'number' && orders[test.orders](value, test.number));
  return comparable.some((value) => equals(test.with, value) === (test.compares === '='));
}

/** The values a path leads to: none where it leads nowhere, several where it names any element or field. */
export function valuesAt(record: unknown, path: readonly Step[]): unknown[] {
  return path.reduce<unknown[]>((values, step) => values.flatMap((value) => inside(value, step)), [record]);
}

function inside(value: unknown, step: Step): unknown[] {
  if (Array.isArray(value)) {
    if ('any' in step) return step.any === 'element' ? value : [];
    return 'index' in step && step.index < value.length ? [value[step.index]] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  if ('any' in step) return step.any === 'field' ? Object.values(value) : [];
  return 'key' in step && Object.hasOwn(value, step.key) ? [(value as Record<string, unknown>)[step.key]] : [];
}

const orders = {
  '<': (one: number, other: number) => one < other,
  '>': (one: number, other: number) => one > other,
  '<=': (one: number, other: number) => one <= other,
  '>=': (one: number, other: number) => one >= other,
};

/** A quoted number equals a number that is written so; an unquoted one equals it by its value. */
function equals(wanted: Wanted, value: string | number): boolean {
  if ('matches' in wanted) return wanted.matches(String(value));
  const number = numberIn(wanted);
  return typeof value === 'number' && number !== undefined ? value === number : fitsText(wanted.text, String(value));
}

/** Whether a text is what a pattern wants: `*` stands for any text at its beginning and its end, and for itself anywhere else. */
export function fitsText(pattern: string, text: string): boolean {
  const isOpenBefore = pattern.startsWith('*');
  const isOpenAfter = pattern.length > 1 ? pattern.endsWith('*') : isOpenBefore;
  const inner = pattern.slice(isOpenBefore ? 1 : 0, isOpenAfter && pattern.length > 1 ? -1 : undefined);
  if (isOpenBefore && isOpenAfter) return text.includes(inner);
  if (isOpenBefore) return text.endsWith(inner);
  return isOpenAfter ? text.startsWith(inner) : text === inner;
}
