import { X509Certificate } from 'node:crypto';
import { AppError, asAppError } from '../domain/error.ts';

const timeoutMs = 5_000;
const largest = 16 * 1024;
const kept = 20;
const failureKeptMs = 30_000;
/** Anybody can make up addresses of the right shape: so many are fetched at once, and so many wait. */
const mostAtOnce = 4;
const mostWaiting = 100;
const onePem = /^\s*-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----\s*$/;

/**
 * Fetches signing certificates, each once: parallel requests share one fetch, a success is kept, a failure is kept 30 s so that forged
 * messages cannot make us hammer AWS. Failures are kept apart, so that they never push out a certificate that is in use.
 * @param fetchFrom turns the URL of the certificate into the one that is fetched (the sandbox serves its own)
 */
export function certificateSource(now: () => number, fetchFrom: (url: string) => string = (url) => url): (url: string) => Promise<X509Certificate> {
  const good = new Map<string, X509Certificate>();
  const underWay = new Map<string, Promise<X509Certificate>>();
  const failed = new Map<string, { readonly at: number; readonly error: AppError }>();
  const limited = limiter();

  const fetchOnce = async (url: string): Promise<X509Certificate> => {
    try {
      const certificate = await limited(() => fetchCertificate(fetchFrom(url)));
      failed.delete(url);
      keep(good, url, certificate);
      return certificate;
    } catch (thrown) {
      const error = asAppError(thrown);
      if (error.code !== 'throttled') keep(failed, url, { at: now(), error });
      throw thrown;
    } finally {
      underWay.delete(url);
    }
  };

  return async (url) => {
    const known = good.get(url) ?? underWay.get(url);
    if (known) return known;
    const failure = failed.get(url);
    if (failure && now() - failure.at < failureKeptMs) throw failure.error;
    const fetching = fetchOnce(url);
    underWay.set(url, fetching);
    return fetching;
  };
}

/** Runs a few at once, in the order asked for. Throws AppError `throttled` when too many wait. */
function limiter(): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (waiting.length >= mostWaiting) throw new AppError('throttled', 'Too many certificates are asked for at once.');
    if (running >= mostAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
    try {
      return await work();
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next().value;
  if (map.size > kept && oldest !== undefined) map.delete(oldest);
}

/** Throws AppError `unavailable` when the certificate cannot be had, `invalid` when what came is not exactly one certificate. */
async function fetchCertificate(url: string): Promise<X509Certificate> {
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
    if (response.status !== 200 || response.body === null) throw new Error(`status ${response.status}`);
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
