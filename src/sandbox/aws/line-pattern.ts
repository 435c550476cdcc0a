/** Filter patterns of unstructured lines (`ERROR -Exiting "a phrase" ?one ?other`) and of lines with fields (`[ip, user, status = 4*, ...]`). */
import { comparison, invalid, type Operator, regexOf, type Scalar, type Value } from './pattern-value.ts';

type Test = (line: string) => boolean;

const term = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)*)%|(\w+))/y;

/** All terms must be in the line, those after `-` must not; terms after `?` count only where there are no others, and then one is enough. */
export function termPattern(text: string): Test {
  const terms: { sign: string; isIn: Test }[] = [];
  const body = text.trim();
  term.lastIndex = 0;
  while (term.lastIndex < body.length) {
    const from = term.lastIndex;
    const found = term.exec(body);
    if (found === null) throw invalid(`Invalid character(s) in term '${body.slice(from).trimStart().charAt(0)}'`);
    const [, sign = '', quoted, regex, bare = ''] = found;
    const isRegex = regex === undefined ? undefined : regexOf(regex);
    const wanted = quoted?.replace(/\\(.)/g, '$1') ?? bare;
    terms.push({ sign, isIn: (line) => isRegex?.test(line) ?? line.includes(wanted) });
  }
  const optional = terms.filter(({ sign }) => sign === '?');
  const others = terms.filter(({ sign }) => sign !== '?');
  if (others.length === 0) return (line) => optional.length === 0 || optional.some(({ isIn }) => isIn(line));
  return (line) => others.every(({ sign, isIn }) => isIn(line) === (sign !== '-'));
}

interface Field {
  readonly name: string;
  readonly test: (found: Scalar) => boolean;
}

interface FieldPattern {
  readonly matches: Test;
  readonly extract: (line: string) => Record<string, string>;
}

/** Fields by position; `...` stands for any number of them. */
export function fieldPattern(text: string): FieldPattern {
  const parts = text
    .trim()
    .slice(1, -1)
    .split(',')
    .map((part) => part.trim());
  const open = parts.indexOf('...');
  if (parts.lastIndexOf('...') !== open) throw invalid('Invalid filter pattern: more than one ellipsis');
  const before = parts.slice(0, open === -1 ? undefined : open).map(fieldOf);
  const after = open === -1 ? [] : parts.slice(open + 1).map(fieldOf);
  const placed = (line: string): (readonly [Field, string])[] | undefined => {
    const found = fieldsOf(line);
    const isFitting = open === -1 ? found.length === before.length : found.length >= before.length + after.length;
    if (!isFitting) return undefined;
    const last = found.length - after.length;
    return [
      ...before.map((field, index) => [field, found[index] as string] as const),
      ...after.map((field, index) => [field, found[last + index] as string] as const),
    ];
  };
  return {
    matches: (line) => placed(line)?.every(([field, found]) => field.test(numberOr(found))) ?? false,
    extract: (line) => Object.fromEntries((placed(line) ?? []).map(([{ name }, found]) => [`$${name}`, found])),
  };
}

function fieldOf(part: string): Field {
  const conditions = part.split('||').map((either) => either.split('&&').map((one) => conditionOf(one.trim())));
  const name = conditions[0]?.[0]?.name ?? '';
  return { name, test: (found) => conditions.some((all) => all.every(({ test }) => test(found))) };
}

function conditionOf(text: string): Field {
  const [, name, operator, quoted, regex, bare] = /^(\w+)\s*(?:(!=|>=|<=|=|>|<)\s*(?:"([^"]*)"|%([^%]*)%|([\w.*+/-]+)))?$/.exec(text) ?? [];
  if (name === undefined) throw invalid(`Invalid filter pattern: '${text}' is no field`);
  if (operator === undefined) return { name, test: () => true };
  const kind: Value['kind'] = quoted !== undefined ? 'quoted' : regex !== undefined ? 'regex' : 'bare';
  return { name, test: comparison(operator as Operator, { kind, text: quoted ?? regex ?? bare ?? '' }) };
}

/** "Characters between brackets and double quotation marks are considered single fields." */
function fieldsOf(line: string): string[] {
  return [...line.matchAll(/\[([^\]]*)\]|"([^"]*)"|(\S+)/g)].map(([, bracketed, quoted, bare]) => bracketed ?? quoted ?? bare ?? '');
}

function numberOr(text: string): Scalar {
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}
