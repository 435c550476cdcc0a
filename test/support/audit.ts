/** Chains of entries without a store. */
import { chain, type Link, type StoredEntry } from '../../src/domain/audit/chain.ts';
import type { AuditKeys } from '../../src/domain/audit/keys.ts';
import type { NewEntry } from '../../src/domain/incident/timeline.ts';

export function entry(text: string, over: Partial<NewEntry> = {}): NewEntry {
  return { incident: 1, at: 1_000, kind: 'response', reply: 'quiet', body: { what: 'acknowledge', text }, ...over };
}

export function linked(texts: readonly string[], keysAt: (index: number) => AuditKeys = () => []): StoredEntry[] {
  let last: Link | undefined;
  return texts.map((text, index) => {
    const next = chain(last, entry(text), { salt: `salt${index}`, keys: keysAt(index) });
    last = next;
    return next;
  });
}
