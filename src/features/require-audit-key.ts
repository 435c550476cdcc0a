import type { AuditKeys } from '../domain/audit/keys.ts';
import { AppError } from '../domain/error.ts';
import type { Clock } from '../domain/ports.ts';
import type { Store } from '../domain/store.ts';

const fact = 'audit-key';

/**
 * A log that is signed goes on being signed, by every replica.
 * @throws AppError `refused` when AUDIT_KEY lacks the key that the log is signed with now
 */
export async function requireAuditKey(store: Store, clock: Clock, keys: AuditKeys): Promise<void> {
  const signedWith = (await store.delivery()).facts.get(fact);
  const [newest] = keys;
  if (signedWith !== undefined && !keys.some(({ id }) => id === signedWith.value))
    throw new AppError(
      'refused',
      `AUDIT_KEY lacks the key ${signedWith.value}, with which the log is signed since ${new Date(signedWith.at).toISOString()}. Put it back; a new key goes before it.`,
    );
  if (newest !== undefined && newest.id !== signedWith?.value) await store.remember(fact, newest.id, clock.now());
}
