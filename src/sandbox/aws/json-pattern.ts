/** Filter patterns of JSON lines: `{ ($.eventName = ConsoleLogin) && ($.errorMessage NOT EXISTS) }`. Parentheses bind first, then `&&`, then `||`. */
import { comparison, invalid, type Operator, type Scalar, type Value } from './pattern-value.ts';

type Step = { readonly key: string } | { readonly index: number } | 'any field' | 'any element';
type Path = readonly Step[];
type Test = (line: unknown) => boolean;

export interface JsonPattern {
  readonly matches: (line: string) => boolean;
  /** What the line has at the places that the pattern names, by selector. */
  readonly extract: (line: string) => Record<string, string>;
}

interface Token {
  readonly kind: 'mark' | 'selector' | Value['kind'];
  readonly text: string;
}

const token =
  /\s*(?:(\(|\)|&&|\|\||!=|>=|<=|=|>|<)|"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)*)%|(\$(?:\.[\w-]+|\.\*|\.\['[^']*'\]|\[\d+\]|\[\*\])+)|([\w.*+-]+))/y;
/** In one selector, and in all of a pattern. */
const mostWildcards = [1, 3] as const;
const operators: readonly string[] = ['=', '!=', '>', '<', '>=', '<='];

/** @throws AwsError where the service cannot read it */
export function jsonPattern(text: string): JsonPattern {
  const tokens = tokensOf(text.trim().slice(1, -1).trim());
  refuseWildcards(tokens);
  const selectors = [...new Set(tokens.filter(({ kind }) => kind === 'selector').map((one) => one.text))];
  const test = either(tokens);
  if (tokens.length > 0) throw invalid(`Invalid filter pattern: nothing was expected at '${tokens[0]?.text}'`);
  return {
    matches: (line) => {
      const parsed = parse(line);
      return parsed !== undefined && test(parsed);
    },
    extract: (line) => {
      const found = selectors.map((selector) => [selector, valuesAt(parse(line), pathOf(selector))[0]] as const);
      return Object.fromEntries(
        found.filter(([, value]) => value !== undefined && typeof value !== 'object').map(([key, value]) => [key, String(value)]),
      );
    },
  };
}

function tokensOf(body: string): Token[] {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < body.length) {
    const from = token.lastIndex;
    const found = token.exec(body);
    if (found === null) throw invalid(`Invalid character(s) in term '${body.slice(from).trimStart().charAt(0)}'`);
    const [, mark, quoted, regex, selector, bare] = found;
    if (mark !== undefined) tokens.push({ kind: 'mark', text: mark });
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted.replace(/\\(.)/g, '$1') });
    else if (regex !== undefined) tokens.push({ kind: 'regex', text: regex });
    else if (selector !== undefined) tokens.push({ kind: 'selector', text: selector });
    else tokens.push({ kind: 'bare', text: bare ?? '' });
  }
  return tokens;
}

function refuseWildcards(tokens: readonly Token[]): void {
  const counts = tokens.filter(({ kind }) => kind === 'selector').map(({ text }) => text.match(/\.\*|\[\*\]/g)?.length ?? 0);
  const [inOne, inAll] = mostWildcards;
  if (Math.max(0, ...counts) > inOne || counts.reduce((sum, count) => sum + count, 0) > inAll)
    throw invalid('Invalid filter pattern: too many wildcard selectors');
}

function either(tokens: Token[]): Test {
  const parts = joined(tokens, '||', (rest) => {
    const all = joined(rest, '&&', term);
    return (line) => all.every((test) => test(line));
  });
  return (line) => parts.some((test) => test(line));
}

function joined(tokens: Token[], mark: string, next: (tokens: Token[]) => Test): Test[] {
  const parts = [next(tokens)];
  while (isMark(tokens[0], mark)) {
    tokens.shift();
    parts.push(next(tokens));
  }
  return parts;
}

function isMark(token: Token | undefined, mark: string): boolean {
  return token?.kind === 'mark' && token.text === mark;
}

function term(tokens: Token[]): Test {
  const first = tokens.shift();
  if (isMark(first, '(')) {
    const inner = either(tokens);
    if (!isMark(tokens.shift(), ')')) throw invalid('Invalid filter pattern: a parenthesis is not closed');
    return inner;
  }
  if (first?.kind !== 'selector') throw invalid(`Invalid filter pattern: a property selector was expected, not '${first?.text ?? ''}'`);
  const path = pathOf(first.text);
  const operator = tokens.shift();
  if (operator?.kind === 'bare') return worded(path, operator.text, tokens.shift()?.text);
  const value = tokens.shift();
  if (operator?.kind !== 'mark' || !operators.includes(operator.text)) throw invalid(`Invalid filter pattern: no operator after ${first.text}`);
  if (value === undefined || value.kind === 'mark' || value.kind === 'selector') throw invalid(`Invalid filter pattern: no value for ${first.text}`);
  const compare = comparison(operator.text as Operator, { kind: value.kind, text: value.text });
  return (line) => valuesAt(line, path).some((found) => (typeof found === 'string' || typeof found === 'number') && compare(found satisfies Scalar));
}

/** "The variables IS NOT and EXISTS currently aren't supported." */
function worded(path: Path, first: string, second: string | undefined): Test {
  const wanted: Record<string, unknown> = { 'IS NULL': null, 'IS TRUE': true, 'IS FALSE': false };
  const words = `${first} ${second}`.toUpperCase();
  if (words === 'NOT EXISTS') return (line) => valuesAt(line, path).length === 0;
  if (!(words in wanted)) throw invalid(`Invalid filter pattern: '${first} ${second ?? ''}' is no condition`);
  return (line) => valuesAt(line, path).includes(wanted[words]);
}

function pathOf(selector: string): Path {
  return [...selector.matchAll(/\.\['([^']*)'\]|\.([\w-]+)|(\.\*)|\[(\d+)\]|\[\*\]/g)].map(([, quoted, name, anyField, index]) => {
    const key = quoted ?? name;
    if (key !== undefined) return { key };
    if (index !== undefined) return { index: Number(index) };
    return anyField === undefined ? 'any element' : 'any field';
  });
}

/** What is at a place; several values where the selector has a wildcard. */
function valuesAt(line: unknown, path: Path): unknown[] {
  let found: unknown[] = [line];
  for (const step of path) found = found.flatMap((value) => (Array.isArray(value) ? elements(value, step) : fields(value, step)));
  return found;
}

function elements(list: readonly unknown[], step: Step): readonly unknown[] {
  if (step === 'any element') return list;
  return typeof step === 'object' && 'index' in step ? list.slice(step.index, step.index + 1) : [];
}

function fields(value: unknown, step: Step): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (step === 'any field') return Object.values(value);
  return typeof step === 'object' && 'key' in step && Object.hasOwn(value, step.key) ? [(value as Record<string, unknown>)[step.key]] : [];
}

function parse(line: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
