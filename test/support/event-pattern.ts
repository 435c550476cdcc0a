/** An evaluator of EventBridge event patterns, written from "Comparison operators for use in event patterns" and sharing nothing with src. */
type Json = Record<string, unknown>;

export function eventMatches(pattern: unknown, event: unknown): boolean {
  return Object.entries(pattern as Json).every(([key, wanted]) => {
    if (key === '$or') return (wanted as unknown[]).some((alternative) => eventMatches(alternative, event));
    const value = isObject(event) ? event[key] : undefined;
    return Array.isArray(wanted) ? wanted.some((one) => leafMatches(one, value)) : eventMatches(wanted, value);
  });
}

function leafMatches(wanted: unknown, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((one) => leafMatches(wanted, one));
  if (!isObject(wanted)) return value === wanted;
  // Comparison works on leaves only: an object is no leaf, null is one.
  if ('exists' in wanted) return (value !== undefined && !isObject(value)) === wanted.exists;
  if ('prefix' in wanted) return typeof value === 'string' && value.startsWith(String(wanted.prefix));
  if ('wildcard' in wanted) return typeof value === 'string' && wildcard(String(wanted.wildcard)).test(value);
  // What is not there is no leaf, and matches nothing but its absence.
  if ('anything-but' in wanted) return typeof value === 'string' && !isOneOf(wanted['anything-but'], value);
  if ('numeric' in wanted) {
    const [operator, number] = wanted.numeric as [string, number];
    if (operator !== '>=') throw new Error(`unknown operator ${operator}`);
    return typeof value === 'number' && value >= number;
  }
  throw new Error(`unknown comparison ${JSON.stringify(wanted)}`);
}

function isOneOf(left: unknown, value: string): boolean {
  return Array.isArray(left) ? left.includes(value) : (left as { wildcard: string[] }).wildcard.some((one) => wildcard(one).test(value));
}

function wildcard(text: string): RegExp {
  return new RegExp(`^${text.split('*').map(RegExp.escape).join('.*')}$`, 's');
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
