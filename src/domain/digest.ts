import { createHmac, hash } from 'node:crypto';

/** SHA-256 of a text, in hexadecimal. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** HMAC-SHA256 of a text, in hexadecimal. */
export function hmacSha256(text: string, key: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

/** Text from outside as an index takes it: of limited length (in UTF-16 units, 65 or more), and still told from any other. */
export function boundedKey(key: string, longest: number): string {
  return key.length <= longest ? key : `${key.slice(0, longest - 64).toWellFormed()}${sha256(key)}`;
}
