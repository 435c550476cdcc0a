/** What a start may stumble over outside the database, each with its sentence and fix. */
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { AppError } from '../domain/error.ts';

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

/**
 * Key and certificate from their files; undefined where there are none.
 * @throws AppError `invalid` that names the file and what is wrong with it
 */
export function tlsIn(certFile: string | undefined, keyFile: string | undefined): { cert: Buffer; key: Buffer } | undefined {
  if (certFile === undefined || keyFile === undefined) return undefined;
  const cert = contentOf('TLS_CERT_FILE', certFile);
  const key = contentOf('TLS_KEY_FILE', keyFile);
  checked(`TLS_CERT_FILE: ${certFile} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----).`, { cert });
  checked(`TLS_KEY_FILE: ${keyFile} holds no private key in PEM form without a passphrase (-----BEGIN PRIVATE KEY-----).`, { key });
  checked(`TLS_KEY_FILE: the key in ${keyFile} does not belong to the certificate in ${certFile}. Give the two that were issued together.`, {
    cert,
    key,
  });
  return { cert, key };
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

function checked(otherwise: string, tls: { cert?: Buffer; key?: Buffer }): void {
  try {
    createSecureContext(tls);
  } catch (cause) {
    throw new AppError('invalid', otherwise, { cause });
  }
}
