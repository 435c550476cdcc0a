/**
 * The keys of the log. Whoever may write to the database can link entries anew from the first to the last; without a key of this list
 * no chain of his holds.
 */
import { hmacSha256, sha256 } from '../digest.ts';
import type { Secret } from '../secret.ts';

export interface AuditKey {
  /** Names the key in each entry and gives nothing of it away. */
  readonly id: string;
  readonly secret: Secret;
}

/** Newest first: the newest signs, the others check what is older. None: entries are linked without a key. */
export type AuditKeys = readonly AuditKey[];

const idLength = 12;

/** @param secrets newest first, as AUDIT_KEY has them */
export function auditKeysOf(secrets: readonly Secret[]): AuditKeys {
  return secrets.map((secret) => ({ id: sha256(`signin-responder audit key\n${secret.reveal()}`).slice(0, idLength), secret }));
}

/** HMAC-SHA256, in hexadecimal. */
export function signed(text: string, { secret }: AuditKey): string {
  return hmacSha256(text, secret.reveal());
}
