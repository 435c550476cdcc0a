import { KeyObject, webcrypto } from 'node:crypto';
import 'reflect-metadata';
import { X509CertificateGenerator } from '@peculiar/x509';

const day = 86_400_000;

/** A key and a certificate that nobody else has signed, in PEM form. @param days when it begins and ends, from now */
export async function selfSigned(host: string, days: readonly [number, number] = [-1, 1]): Promise<{ key: string; cert: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${host}`,
    notBefore: new Date(Date.now() + days[0] * day),
    notAfter: new Date(Date.now() + days[1] * day),
    keys: keys as CryptoKeyPair,
    signingAlgorithm: algorithm,
  });
  const key = KeyObject.from(keys.privateKey as webcrypto.CryptoKey).export({ type: 'pkcs8', format: 'pem' }) as string;
  return { key, cert: certificate.toString('pem') };
}
