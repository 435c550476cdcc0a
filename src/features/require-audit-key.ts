import type { AuditKeys } from '../domain/audit/keys.ts';
import { AppError } from '../domain/error.ts';
import type { Clock } from '../domain/ports.ts';
import type { Store } from '../domain/store.ts';

/** The ids of the keys that ever signed, newest first. */
export const auditKeyFact = 'audit-key';

interface UsedKeys {
  readonly value: string;
  readonly at: number;
}

/** What AUDIT_KEY lacks of what the log was signed with, and the fix; undefined: nothing. */
export function lackingKeys(used: UsedKeys | undefined, keys: AuditKeys): string | undefined {
  const missing = idsIn(used).filter((id) => !keys.some((key) => key.id === id));
  if (used === undefined || missing.length === 0) return undefined;
  return `AUDIT_KEY lacks ${missing.join(' and ')}, with which the log was signed (last new key: ${new Date(used.at).toISOString()}). Put it back; a new key goes before the others.`;
}

function idsIn(used: UsedKeys | undefined): string[] {
  return used?.value.split(' ') ?? [];
}

/**
 * A log that is signed goes on being signed, by every replica, and what older keys signed can still be checked.
 * @throws AppError `refused` when AUDIT_KEY lacks a key that the log was signed with
 */
export async function requireAuditKey(store: Store, clock: Clock, keys: AuditKeys): Promise<void> {
  const used = (await store.delivery()).facts.get(auditKeyFact);
  const lacking = lackingKeys(used, keys);
  if (lacking !== undefined) throw new AppError('refused', lacking);
  const ids = idsIn(used);
  const [newest] = keys;
  if (newest !== undefined && newest.id !== ids[0])
    await store.remember(auditKeyFact, [newest.id, ...ids.filter((id) => id !== newest.id)].join(' '), clock.now());
}
