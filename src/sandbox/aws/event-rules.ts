/** Which of an account's EventBridge rules an event matches, as far as rules for alarm events go: exact values, prefixes, and whether a field is there. */
import type { Json } from './operation.ts';
import type { Account, Rule } from './shapes.ts';

/** Rules of the default bus in that region that are on and have targets. */
export function rulesFor(account: Account, region: string, event: Json): Rule[] {
  return account.rules.filter(
    (rule) => rule.region === region && rule.bus === null && rule.state !== 'DISABLED' && rule.targets && matches(JSON.parse(rule.pattern), event),
  );
}

function matches(pattern: unknown, value: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.some((one) => matchesOne(one, value));
  if (typeof pattern !== 'object' || pattern === null || typeof value !== 'object' || value === null) return false;
  return Object.entries(pattern).every(([key, inner]) => matches(inner, (value as Json)[key]));
}

function matchesOne(wanted: unknown, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((one) => matchesOne(wanted, one));
  if (typeof wanted !== 'object' || wanted === null) return wanted === value;
  const { prefix, exists } = wanted as Json;
  if (typeof exists === 'boolean') return (value !== undefined) === exists;
  return typeof prefix === 'string' && typeof value === 'string' && value.startsWith(prefix);
}
