/**
 * Reads a CloudWatch Logs filter pattern for JSON (`{ $.eventName = "ConsoleLogin" && … }`) into a tree. What AWS documents is read, and what
 * it takes besides: texts without quotes that hold more than letters. Anything else is said to be unreadable, with the reason.
 * Source: "Filter pattern syntax for metric filters" (CloudWatch Logs user guide).
 */
import { lookUp } from '../json.ts';
import { type Matcher, matcherOf } from './pattern-regex.ts';

/** One step from a value to one in it: by name, by index, or to any of them. */
export type Step = { readonly key: string } | { readonly index: number } | { readonly any: 'element' | 'field' };

type Operator = '=' | '!=' | '<' | '>' | '<=' | '>=';

/** What a value is compared with. A text may begin and end with `*`. */
export type Wanted = { readonly text: string; readonly isQuoted: boolean } | { readonly matches: Matcher };

type Test =
  | { readonly compares: '=' | '!='; readonly with: Wanted }
  | { readonly orders: Exclude<Operator, '=' | '!='>; readonly number: number }
  | { readonly is: true | false | null }
  | { readonly isAbsent: true };

export interface Term {
  /** Without `$`. */
  readonly path: readonly Step[];
  readonly test: Test;
  /** As it was written, for people: `$.eventName = "ConsoleLogin"`. */
  readonly text: string;
}

export type Pattern = { readonly term: Term } | { readonly all: readonly Pattern[] } | { readonly some: readonly Pattern[] };

/** Why a pattern is not read. `not-documented`: AWS does not say what it means. */
export type Unreadable = 'no-json-pattern' | 'too-long' | 'syntax' | 'regular-expression' | 'too-many' | 'not-documented';

export type Read = { readonly pattern: Pattern } | { readonly unreadable: Unreadable };

/** AWS's own limits, of a pattern as a whole. */
export const longestPattern = 1_024;
const mostRegexes = 2;
const mostWildcards = 3;

type Kind = 'sign' | 'quoted' | 'regex' | 'path' | 'word';

interface Token {
  readonly kind: Kind;
  readonly text: string;
}

/** What is left to be read, and why it cannot be. */
interface Reader {
  readonly tokens: Token[];
  fault: Unreadable | undefined;
}

export function readPattern(text: string): Read {
  if (text.length > longestPattern) return { unreadable: 'too-long' };
  const body = text.trim();
  if (!body.startsWith('{') || !body.endsWith('}')) return { unreadable: 'no-json-pattern' };
  const tokens = tokensOf(body.slice(1, -1));
  if (tokens === undefined) return { unreadable: 'syntax' };
  if (areTooMany(tokens)) return { unreadable: 'too-many' };
  const reader: Reader = { tokens, fault: undefined };
  const pattern = disjunction(reader);
  return pattern !== undefined && tokens.length === 0 ? { pattern } : { unreadable: reader.fault ?? 'syntax' };
}

const token =
  /\s*(?:(?<sign>\(|\)|&&|\|\||!=|>=|<=|=|<|>)|(?<quoted>"(?:[^"\\]|\\.)*")|(?<regex>%[^%]*%)|(?<path>\$(?:\.\['[^']*'\]|\.[\w-]+|\.\*|\[(?:\d{1,6}|\*)\])+)|(?<word>[^\s(){}&|=!<>"%$]+))\s*/y;

function tokensOf(text: string): Token[] | undefined {
  const found: Token[] = [];
  token.lastIndex = 0;
  for (let at = 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at;
    const [kind, value] = Object.entries(token.exec(text)?.groups ?? {}).find(([, part]) => part !== undefined) ?? [];
    if (kind === undefined || value === undefined) return text.slice(at).trim() === '' ? found : undefined;
    found.push({ kind: kind as Kind, text: value });
  }
  return found;
}

const wildcard = /\.\*|\[\*\]/g;

function areTooMany(tokens: readonly Token[]): boolean {
  const wildcards = tokens.filter(({ kind }) => kind === 'path').map(({ text }) => text.match(wildcard)?.length ?? 0);
  const regexes = tokens.filter(({ kind }) => kind === 'regex').length;
  return regexes > mostRegexes || Math.max(0, ...wildcards) > 1 || wildcards.reduce((sum, count) => sum + count, 0) > mostWildcards;
}

/** `&&` binds closer than `||`. */
function disjunction(reader: Reader): Pattern | undefined {
  return joined(reader, '||', () => joined(reader, '&&', () => operand(reader)));
}

function joined(reader: Reader, operator: '&&' | '||', next: () => Pattern | undefined): Pattern | undefined {
  const parts: Pattern[] = [];
  do {
    const part = next();
    if (part === undefined) return undefined;
    parts.push(part);
  } while (taken(reader, operator));
  const [only] = parts;
  if (parts.length === 1) return only;
  return operator === '&&' ? { all: parts } : { some: parts };
}

function taken({ tokens }: Reader, sign: string): boolean {
  const isNext = tokens[0]?.kind === 'sign' && tokens[0].text === sign;
  if (isNext) tokens.shift();
  return isNext;
}

function operand(reader: Reader): Pattern | undefined {
  if (taken(reader, '(')) {
    const inner = disjunction(reader);
    return taken(reader, ')') ? inner : undefined;
  }
  const path = reader.tokens.shift();
  const verb = reader.tokens.shift();
  const value = reader.tokens.shift();
  if (path?.kind !== 'path' || verb === undefined || value === undefined) return undefined;
  const test = testOf(reader, verb, value);
  if (test === undefined) return undefined;
  const isOfAny = path.text.includes('*');
  // Whether "any is not" or "none is" is meant, AWS does not say.
  if (isOfAny && ('isAbsent' in test || ('compares' in test && test.compares === '!='))) return refused(reader, 'not-documented');
  return { term: { path: pathOf(path.text), test, text: `${path.text} ${verb.text} ${value.text}` } };
}

function refused(reader: Reader, fault: Unreadable): undefined {
  reader.fault ??= fault;
}

const step = /\.\['([^']*)'\]|\.([\w-]+)|\.(\*)|\[(?:(\d+)|\*)\]/g;

function pathOf(text: string): Step[] {
  return [...text.matchAll(step)].map(([, quoted, key, everyField, index]) => {
    if (quoted !== undefined || key !== undefined) return { key: quoted ?? (key as string) };
    if (index !== undefined) return { index: Number(index) };
    return { any: everyField === undefined ? 'element' : 'field' };
  });
}

const constants: Readonly<Record<string, true | false | null>> = { TRUE: true, FALSE: false, NULL: null };
const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** @param verb an operator, IS or NOT. There is no EXISTS and no IS NOT: `= *` says the one. */
function testOf(reader: Reader, verb: Token, value: Token): Test | undefined {
  if (verb.kind === 'word') {
    const said = value.kind === 'word' ? value.text.toUpperCase() : '';
    if (/^not$/i.test(verb.text)) return said === 'EXISTS' ? { isAbsent: true } : undefined;
    const constant = /^is$/i.test(verb.text) ? lookUp(constants, said) : undefined;
    return constant === undefined ? undefined : { is: constant };
  }
  if (verb.kind !== 'sign') return undefined;
  if (verb.text === '=' || verb.text === '!=') {
    const wanted = wantedOf(reader, value);
    return wanted && { compares: verb.text, with: wanted };
  }
  if (!/^[<>]=?$/.test(verb.text)) return undefined;
  return value.kind === 'word' && number.test(value.text) ? { orders: verb.text as '<', number: Number(value.text) } : undefined;
}

function wantedOf(reader: Reader, { kind, text }: Token): Wanted | undefined {
  if (kind === 'word') return { text, isQuoted: false };
  if (kind === 'quoted') {
    const inner = text.slice(1, -1);
    // What a backslash means before anything else is not documented.
    return /\\[^"\\]/.test(inner.replaceAll('\\\\', ''))
      ? refused(reader, 'not-documented')
      : { text: inner.replace(/\\(["\\])/g, '$1'), isQuoted: true };
  }
  if (kind !== 'regex') return undefined;
  const matches = matcherOf(text.slice(1, -1));
  return matches === undefined ? refused(reader, 'regular-expression') : { matches };
}

/** The number that an unquoted text is, if it is one. */
export function numberIn(wanted: Wanted): number | undefined {
  return 'text' in wanted && !wanted.isQuoted && number.test(wanted.text) ? Number(wanted.text) : undefined;
}
