/** What a start may stumble over outside the database, each with its sentence and fix. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { AppError } from '../domain/error.ts';
import { utc } from '../domain/utc.ts';

const codeOf = (thrown: unknown): string => String((thrown as { code?: unknown }).code);

/** Throws AppError `refused` for what a server threw instead of listening. */
export function notListening(variable: 'PORT' | 'OPS_PORT', port: number, host?: string): (thrown: unknown) => never {
  return (thrown) => {
    const says: Record<string, string> = {
      EADDRINUSE: `${variable}: ${port} is in use by another program. Stop that one, or choose another port.`,
      EACCES: `${variable}: ${port} may not be opened by this user. Choose one from 1024 up, behind a proxy or balancer.`,
      EADDRNOTAVAIL: `OPS_HOST: ${host} is no address of this machine. Use 127.0.0.1, or 0.0.0.0 for all.`,
      ENOTFOUND: `OPS_HOST: ${host} has no address. Use 127.0.0.1, or 0.0.0.0 for all.`,
    };
    const sentence = says[codeOf(thrown)] ?? `${variable}: ${port} could not be opened (${codeOf(thrown)}).`;
    throw new AppError('refused', sentence, { cause: thrown });
  };
}

interface Tls {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/**
 * Key and certificate from their files; undefined where there are none.
 * @throws AppError `invalid` that names the file and what is wrong with it
 */
export function tlsIn(certFile: string | undefined, keyFile: string | undefined): Tls | undefined {
  if (certFile === undefined || keyFile === undefined) return undefined;
  const cert = contentOf('TLS_CERT_FILE', certFile);
  const key = contentOf('TLS_KEY_FILE', keyFile);
  checked(`TLS_CERT_FILE: ${certFile} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----).`, () => createSecureContext({ cert }));
  checked(`TLS_KEY_FILE: ${keyFile} holds no private key in PEM form without a passphrase (-----BEGIN PRIVATE KEY-----).`, () =>
    createSecureContext({ key }),
  );
  const strange = `TLS_KEY_FILE: the key in ${keyFile} does not belong to the certificate in ${certFile}. Give the two that were issued together.`;
  checked(strange, () => createSecureContext({ cert, key }));
  // A key of another kind is taken along with the certificate, and no handshake ever succeeds.
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) throw new AppError('invalid', strange);
  return { cert, key };
}

/** From when until when a certificate holds: milliseconds. */
export function termOf({ cert }: Pick<Tls, 'cert'>): { readonly from: number; readonly until: number } {
  const { validFrom, validTo } = new X509Certificate(cert);
  return { from: Date.parse(validFrom), until: Date.parse(validTo) };
}

/** Why nobody accepts a certificate now; undefined: it is in its term. */
export function untimelyFault(tls: Pick<Tls, 'cert'>, now: number): string | undefined {
  const { from, until } = termOf(tls);
  const refused = 'Slack and SNS refuse it.';
  if (now > until) return `TLS_CERT_FILE: the certificate expired at ${utc(until)}: ${refused} Renew it, and start again.`;
  if (now < from)
    return `TLS_CERT_FILE: the certificate is valid from ${utc(from)} on: ${refused} Give one that is valid, or set this machine’s clock.`;
  return undefined;
}

function contentOf(variable: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const says: Record<string, string> = {
      ENOENT: 'does not exist. Correct the path.',
      EACCES: 'may not be read. Let the responder’s user read it.',
      EISDIR: 'is a folder. Give the file in it.',
    };
    throw new AppError('invalid', `${variable}: ${path} ${says[codeOf(cause)] ?? `cannot be read (${codeOf(cause)}).`}`, { cause });
  }
}

function checked(otherwise: string, attempt: () => unknown): void {
  try {
    attempt();
  } catch (cause) {
    throw new AppError('invalid', otherwise, { cause });
  }
}
