/**
 * Statements that a connection to Postgres keeps, parsed and planned, once it has run them. Each is one text for good, and few: those that every
 * signal needs.
 */
const names = new Map<string, string>();

/** @returns the text itself */
export function kept(text: string): string {
  if (!names.has(text)) names.set(text, `kept_${names.size + 1}`);
  return text;
}

/** Undefined: it is no statement to keep. */
export function nameOf(text: string): string | undefined {
  return names.get(text);
}

/** It is not there, or another one is there under its name. */
export function isMissing(code: string): boolean {
  return code === '26000' || code === '42P05';
}

/** What goes wrong with a statement that is kept, and not with one that is sent anew: also that a table was changed since. */
export function isOfKept(code: string): boolean {
  return isMissing(code) || code === '0A000';
}
