/** Whether a request is signed as AWS asks. The SDK signs by itself; what the bot signs is checked here. Source: "Signature Version 4" in the IAM user guide. */
import { createHash, createHmac } from 'node:crypto';
import type { Call } from '../http.ts';

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** @param secret of the access key that the request names */
export function isSigned({ request, url, body }: Call, secret: string): boolean {
  const [, scope = '', names = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(request.headers.authorization ?? '') ?? [];
  const date = String(request.headers['x-amz-date'] ?? '');
  const signed = names.split(';');
  if (!signed.includes('host') || !signed.includes('x-amz-date') || !date.startsWith(scope.split('/')[0] ?? '-')) return false;
  if (request.headers['x-amz-security-token'] !== undefined && !signed.includes('x-amz-security-token')) return false;
  const headers = signed.map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`).join('');
  const canonical = [request.method, url.pathname, url.search.slice(1), headers, names, sha256(body)].join('\n');
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const key = scope.split('/').reduce<string | Buffer>((before, part) => hmac(before, part), `AWS4${secret}`);
  return hmac(key, text).toString('hex') === signature;
}
