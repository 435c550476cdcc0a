/** Filter patterns of JSON lines: `{ ($.eventName = ConsoleLogin) && ($.errorMessage NOT EXISTS) }`. Parentheses bind first, then `&&`, then `||`. */
import { comparison, invalid, type Operator, type Scalar, type Value } from './pattern-value.ts';

type Path = readonly (string | number)[];
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

const token = /\s*(?:(\(|\)|&&|\|\||!=|>=|<=|=|>|<)|"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)*)%|(\$(?:\.[\w-]+|\[\d+\])+)|([\w.*+-]+))/y;
const operators: readonly string[] = ['=', '!=', '>', '<', '>=', '<='];

/** @throws AwsError where the service cannot read it */
export function jsonPattern(text: string): JsonPattern {
  const tokens = tokensOf(text.trim().slice(1, -1).trim());
  const selectors = [...new Set(tokens.filter(({ kind }) => kind === 'selector').map((one) => one.text))];
  const test = either(tokens);
  if (tokens.length > 0) throw invalid(`Invalid filter pattern: nothing was expected at '${tokens[0]?.text}'`);
  return {
    matches: (line) => {
      const parsed = parse(line);
      return parsed !== undefined && test(parsed);
    },
    extract: (line) => {
      const found = selectors.map((selector) => [selector, at(parse(line), pathOf(selector))] as const);
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
  return (line) => {
    const found = at(line, path);
    return (typeof found === 'string' || typeof found === 'number') && compare(found satisfies Scalar);
  };
}

/** "The variables IS NOT and EXISTS currently aren't supported." */
function worded(path: Path, first: string, second: string | undefined): Test {
  const wanted: Record<string, unknown> = { 'IS NULL': null, 'IS TRUE': true, 'IS FALSE': false, 'NOT EXISTS': undefined };
  const words = `${first} ${second}`.toUpperCase();
  if (!(words in wanted)) throw invalid(`Invalid filter pattern: '${first} ${second ?? ''}' is no condition`);
  return (line) => at(line, path) === wanted[words];
}

function pathOf(selector: string): Path {
  return [...selector.matchAll(/\.([\w-]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index));
}

function at(line: unknown, path: Path): unknown {
  let found = line;
  for (const step of path) {
    const isHere = typeof step === 'number' ? Array.isArray(found) : typeof found === 'object' && found !== null && !Array.isArray(found);
    if (!isHere || !Object.hasOwn(found as object, step)) return undefined;
    found = (found as Record<string | number, unknown>)[step];
  }
  return found;
}

function parse(line: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
