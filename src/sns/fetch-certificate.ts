import { X509Certificate } from 'node:crypto';
import { AppError } from '../domain/error.ts';

const timeoutMs = 5_000;
const largest = 16 * 1024;
const onePem = /^\s*-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----\s*$/;

/** Throws AppError `unavailable` when the certificate cannot be had, `invalid` when what came is not exactly one certificate. */
export async function fetchCertificate(url: string): Promise<X509Certificate> {
  const text = await fetchText(url);
  if (!onePem.test(text)) throw new AppError('invalid', 'What SNS serves as its certificate is not one PEM certificate.');
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw new AppError('invalid', 'What SNS serves as its certificate cannot be read.', { cause });
  }
}

async function fetchText(url: string): Promise<string> {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    if (response.status !== 200 || response.body === null) {
      await response.body?.cancel();
      throw new Error(`status ${response.status}`);
    }
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of response.body) {
      size += part.length;
      if (size > largest) throw new Error(`more than ${largest} bytes`);
      parts.push(part);
    }
    return Buffer.concat(parts).toString('utf8');
  } catch (cause) {
    throw new AppError('unavailable', 'The certificate that signs SNS messages could not be fetched.', { cause });
  }
}
