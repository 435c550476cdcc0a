/**
 * An evaluator of CloudWatch Logs filter patterns, written from "Filter pattern syntax for metric filters" and sharing nothing with src: it
 * compiles the pattern to reverse Polish and runs that. A comparison on what is absent, null, a list or an object matches nothing, `!=` included
 * (tried in AWS's console: azul#5884); `*` is a wildcard at the beginning and the end only.
 */
type Test = (record: unknown) => boolean;

const precedence: Record<string, number> = { '||': 1, '&&': 2 };

export function filterMatches(pattern: string, record: unknown): boolean {
  const body = /^\s*\{([\s\S]*)\}\s*$/.exec(pattern)?.[1];
  if (body === undefined) throw new Error(`no JSON pattern: ${pattern}`);
  const stack: boolean[] = [];
  for (const item of reversePolish(body)) {
    if (typeof item === 'function') stack.push(item(record));
    else {
      const right = stack.pop() as boolean;
      const left = stack.pop() as boolean;
      stack.push(item === '&&' ? left && right : left || right);
    }
  }
  if (stack.length !== 1) throw new Error(`unbalanced: ${pattern}`);
  return stack[0] as boolean;
}

function reversePolish(body: string): (Test | string)[] {
  const output: (Test | string)[] = [];
  const waiting: string[] = [];
  let rest = body.trim();
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const found = pattern.exec(rest);
    if (found) rest = rest.slice(found[0].length).trimStart();
    return found;
  };
  while (rest !== '') {
    if (take(/^\(/)) waiting.push('(');
    else if (take(/^\)/)) {
      while (waiting.at(-1) !== '(') output.push(popped(waiting, body));
      waiting.pop();
    } else {
      const operator = take(/^(&&|\|\|)/)?.[1];
      if (operator === undefined) output.push(comparison(take, body));
      else {
        while ((precedence[waiting.at(-1) ?? ''] ?? 0) >= (precedence[operator] as number)) output.push(waiting.pop() as string);
        waiting.push(operator);
      }
    }
  }
  return [...output, ...waiting.toReversed()];
}

function popped(waiting: string[], body: string): string {
  const top = waiting.pop();
  if (top === undefined) throw new Error(`unbalanced: ${body}`);
  return top;
}

function comparison(take: (pattern: RegExp) => RegExpExecArray | null, body: string): Test {
  const path = take(/^\$((?:\.\['[^']*'\]|\.[\w-]+|\[\d+\])+)/)?.[1];
  if (path === undefined) throw new Error(`no property in ${body}`);
  if (take(/^NOT\s+EXISTS/i)) return (record) => read(record, path) === undefined;
  const constant = take(/^IS\s+(NULL|TRUE|FALSE)/i)?.[1];
  if (constant !== undefined) return (record) => read(record, path) === JSON.parse(constant.toLowerCase());
  const operator = take(/^(!=|<=|>=|=|<|>)/)?.[1];
  const fits = operator === undefined ? undefined : valueTest(take, operator);
  if (fits === undefined) throw new Error(`no comparison of ${path} in ${body}`);
  return (record) => {
    const found = read(record, path);
    return (typeof found === 'string' || typeof found === 'number') && fits(found);
  };
}

type ValueTest = (value: string | number) => boolean;

function valueTest(take: (pattern: RegExp) => RegExpExecArray | null, operator: string): ValueTest | undefined {
  const quoted = take(/^"((?:[^"\\]|\\.)*)"/)?.[1];
  const expression = quoted === undefined ? take(/^%([^%]*)%/)?.[1] : undefined;
  const bare = quoted === undefined && expression === undefined ? take(/^([^\s()&|]+)/)?.[1] : undefined;
  const number = bare === undefined || bare.trim() === '' ? Number.NaN : Number(bare);
  if (operator.includes('<') || operator.includes('>')) {
    if (Number.isNaN(number)) return undefined;
    return (value) => typeof value === 'number' && isOrdered(operator, value, number);
  }
  const wanted = quoted?.replace(/\\(.)/g, '$1') ?? bare;
  const pattern = expression === undefined ? wildcards(wanted ?? '') : new RegExp(expression, 's');
  if (wanted === undefined && expression === undefined) return undefined;
  const isEqual: ValueTest = (value) => (typeof value === 'number' && !Number.isNaN(number) ? value === number : pattern.test(String(value)));
  return operator === '=' ? isEqual : (value) => !isEqual(value);
}

function isOrdered(operator: string, one: number, other: number): boolean {
  if (one === other) return operator.endsWith('=');
  return operator.startsWith('<') === one < other;
}

function wildcards(text: string): RegExp {
  const before = text.startsWith('*') ? '.*' : '';
  const after = text.endsWith('*') ? '.*' : '';
  return new RegExp(`^${before}${RegExp.escape(text.replace(/^\*/, '').replace(/\*$/, ''))}${after}$`, 's');
}

function read(record: unknown, path: string): unknown {
  let value = record;
  for (const [, quoted, name, index] of path.matchAll(/\.\['([^']*)'\]|\.([\w-]+)|\[(\d+)\]/g)) {
    if (Array.isArray(value) !== (index !== undefined)) return undefined;
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[quoted ?? name ?? index ?? ''];
  }
  return value;
}
