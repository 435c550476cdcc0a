/**
 * An evaluator of CloudWatch Logs filter patterns, written from "Filter pattern syntax for metric filters" and sharing nothing with src: it
 * compiles the pattern to reverse Polish and runs that. Of the syntax it knows what JSON patterns of CloudTrail use: = and != with `*`,
 * NOT EXISTS, IS NULL, && before ||, parentheses.
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
  const path = take(/^\$\.([\w.]+)/)?.[1];
  if (path === undefined) throw new Error(`no property in ${body}`);
  if (take(/^NOT\s+EXISTS/i)) return (record) => read(record, path) === undefined;
  if (take(/^IS\s+NULL/i)) return (record) => read(record, path) === null;
  const operator = take(/^(!?=)/)?.[1];
  const value = take(/^"([^"]*)"/)?.[1] ?? take(/^([^\s()&|]+)/)?.[1];
  if (operator === undefined || value === undefined) throw new Error(`no comparison of ${path} in ${body}`);
  const wanted = new RegExp(`^${value.split('*').map(RegExp.escape).join('.*')}$`, 's');
  // A field that is not there equals nothing. What AWS does with != on it is not documented; CIS relies on true.
  return (record) => {
    const found = read(record, path);
    const isEqual = typeof found === 'string' && wanted.test(found);
    return operator === '=' ? isEqual : !isEqual;
  };
}

function read(record: unknown, path: string): unknown {
  let value = record;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
