import { hash } from 'node:crypto';

/** SHA-256 of a text, in hexadecimal. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** Text from outside as an index takes it: of limited length (in UTF-16 units, 65 or more), and still told from any other. */
export function boundedKey(key: string, longest: number): string {
  return key.length <= longest ? key : `${key.slice(0, longest - 64).toWellFormed()}${sha256(key)}`;
}
