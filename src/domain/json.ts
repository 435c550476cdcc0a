/** Reading JSON that others wrote: a wrong shape reads as absent, never throws. */
export type Json = Record<string, unknown>;

export function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** What a table holds under a name that comes from outside: `constructor`, say, is in none, though every object inherits it. */
export function lookUp<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A non-empty string, or undefined. Without NUL, which no database of ours takes, and without halves of characters. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.replaceAll('\0', '').toWellFormed() : undefined;
}

/** What a text holds as JSON; undefined where it is none. */
export function parsed(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

/** The object that a text holds as JSON, or undefined. */
export function parseObject(source: string): Json | undefined {
  const value = parsed(source);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** A value as indented JSON; undefined where it is nested too deeply to be written. */
export function printed(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, null, 1);
  } catch {
    return undefined;
  }
}
