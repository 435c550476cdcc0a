import type { AuditKeys } from '../domain/audit/keys.ts';
import { AppError } from '../domain/error.ts';
import type { Clock } from '../domain/ports.ts';
import type { Store } from '../domain/store.ts';

/** The ids of the keys that ever signed, newest first. */
const fact = 'audit-key';

/**
 * A log that is signed goes on being signed, by every replica, and what older keys signed can still be checked.
 * @throws AppError `refused` when AUDIT_KEY lacks a key that the log was signed with
 */
export async function requireAuditKey(store: Store, clock: Clock, keys: AuditKeys): Promise<void> {
  const used = (await store.delivery()).facts.get(fact);
  const ids = used?.value.split(' ') ?? [];
  const missing = ids.filter((id) => !keys.some((key) => key.id === id));
  if (used !== undefined && missing.length > 0)
    throw new AppError(
      'refused',
      `AUDIT_KEY lacks ${missing.join(' and ')}, with which the log was signed (last new key: ${new Date(used.at).toISOString()}). Put it back; a new key goes before the others.`,
    );
  const [newest] = keys;
  if (newest !== undefined && newest.id !== ids[0])
    await store.remember(fact, [newest.id, ...ids.filter((id) => id !== newest.id)].join(' '), clock.now());
}
