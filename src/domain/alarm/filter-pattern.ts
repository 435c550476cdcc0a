/**
 * Reads a CloudWatch Logs filter pattern far enough to tell whether two of them say the same: spacing, quotes, parentheses and order of what
 * is joined by one operator do not matter. Source: "Filter pattern syntax for metric filters" (CloudWatch Logs user guide).
 */

type Tree = { readonly term: string } | { readonly operator: '&&' | '||'; readonly parts: readonly Tree[] };

const tokens = /\s*(\(|\)|&&|\|\||\{|\}|"(?:[^"\\]|\\.)*"|!=|>=|<=|=|>|<|[^\s(){}&|=!<>"]+)/y;

/** One text for all patterns that say the same; undefined where it is not a JSON pattern that we can read. */
export function canonicalPattern(pattern: string): string | undefined {
  try {
    const list = tokensOf(pattern.trim());
    if (list.shift() !== '{' || list.pop() !== '}') return undefined;
    const tree = disjunction(list);
    return list.length === 0 ? textOf(tree) : undefined;
  } catch {
    return undefined;
  }
}

function tokensOf(text: string): string[] {
  const found: string[] = [];
  tokens.lastIndex = 0;
  while (tokens.lastIndex < text.length) {
    const token = tokens.exec(text)?.[1];
    if (token === undefined) throw new Error('not a pattern');
    found.push(token);
  }
  return found;
}

/** `&&` binds closer than `||`. */
function disjunction(list: string[]): Tree {
  return chain(list, '||', (rest) => chain(rest, '&&', term));
}

function chain(list: string[], operator: '&&' | '||', next: (list: string[]) => Tree): Tree {
  const parts = [next(list)];
  while (list[0] === operator) {
    list.shift();
    parts.push(next(list));
  }
  return parts.length === 1 ? (parts[0] as Tree) : { operator, parts };
}

function term(list: string[]): Tree {
  const first = list.shift();
  if (first === '(') {
    const tree = disjunction(list);
    if (list.shift() !== ')') throw new Error('a parenthesis is not closed');
    return tree;
  }
  if (first === undefined || !first.startsWith('$')) throw new Error('a property is missing');
  const operator = list.shift() ?? '';
  if (/^(NOT|IS)$/i.test(operator)) return { term: `${first} ${operator.toUpperCase()} ${(list.shift() ?? '').toUpperCase()}` };
  if (!/^(!=|>=|<=|=|>|<)$/.test(operator)) throw new Error('an operator is missing');
  const value = list.shift();
  if (value === undefined || /^[(){}&|]/.test(value)) throw new Error('a value is missing');
  return { term: `${first} ${operator} ${value.replace(/^"(.*)"$/s, '$1')}` };
}

function textOf(tree: Tree): string {
  if ('term' in tree) return tree.term;
  const parts = tree.parts.flatMap((part) => flattened(part, tree.operator)).map(textOf);
  return `(${[...new Set(parts)].toSorted().join(` ${tree.operator} `)})`;
}

function flattened(tree: Tree, operator: '&&' | '||'): Tree[] {
  return 'operator' in tree && tree.operator === operator ? tree.parts.flatMap((part) => flattened(part, operator)) : [tree];
}
