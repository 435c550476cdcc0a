/** What stands on the right of an operator in a filter pattern, and what it matches. Source: "Filter pattern syntax" (CloudWatch Logs user guide). */
import { AwsError } from './errors.ts';

/** `"text"` and `%regex%` come without their marks. */
export interface Value {
  readonly kind: 'quoted' | 'bare' | 'regex';
  readonly text: string;
}

export type Operator = '=' | '!=' | '>' | '<' | '>=' | '<=';
export type Scalar = string | number;

const number = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;
/** "%something!% would be rejected since ! is not supported", and neither are parentheses. */
const regexCharacters = /^[A-Za-z0-9:_#=@/;,\- ^$?[\]{}|\\*+.]*$/;

export function invalid(what: string): AwsError {
  return new AwsError('InvalidParameterException', what);
}

/** @throws AwsError where the service takes no such regular expression */
export function regexOf(text: string): RegExp {
  if (!regexCharacters.test(text)) throw invalid(`Invalid character(s) in regular expression '${text}'`);
  try {
    return new RegExp(text);
  } catch {
    throw invalid(`Invalid regular expression '${text}'`);
  }
}

/**
 * A comparison of a string or a number that was found. What was not found, and what is neither, matches no comparison: that is the caller's.
 * @throws AwsError where the service takes no such comparison: order with quotes, say
 */
export function comparison(operator: Operator, value: Value): (found: Scalar) => boolean {
  if (operator === '=') return equality(value);
  if (operator === '!=') {
    const isEqual = equality(value);
    return (found) => !isEqual(found);
  }
  if (value.kind !== 'bare' || !number.test(value.text)) throw invalid(`Invalid filter pattern: ${operator} takes a number`);
  const limit = Number(value.text);
  return (found) => typeof found === 'number' && inOrder(found, operator, limit);
}

function inOrder(found: number, operator: Operator, limit: number): boolean {
  if (operator === '>') return found > limit;
  if (operator === '<') return found < limit;
  return operator === '>=' ? found >= limit : found <= limit;
}

/** Quoted "123" equals the number 123, "123.0" does not; unquoted 123.0 does. */
function equality({ kind, text }: Value): (found: Scalar) => boolean {
  if (kind === 'regex') {
    const regex = regexOf(text);
    return (found) => regex.test(String(found));
  }
  if (kind === 'bare' && number.test(text)) return (found) => (typeof found === 'number' ? found === Number(text) : found === text);
  return (found) => likeText(String(found), text);
}

/** `*` stands for any characters at the start and at the end only; elsewhere it is itself. */
function likeText(found: string, wanted: string): boolean {
  if (wanted === '*') return true;
  const isOpenBefore = wanted.startsWith('*');
  const isOpenAfter = wanted.endsWith('*');
  const core = wanted.slice(isOpenBefore ? 1 : 0, isOpenAfter ? -1 : undefined);
  if (isOpenBefore && isOpenAfter) return found.includes(core);
  if (isOpenBefore) return found.endsWith(core);
  return isOpenAfter ? found.startsWith(core) : found === core;
}
