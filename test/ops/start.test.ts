import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { databaseFailure } from '../../src/db/failure.ts';
import { notListening, tlsIn, untimelyFault } from '../../src/ops/start.ts';
import { selfSigned } from '../support/certificates.ts';
import { newFolder } from '../support/folders.ts';

const home = newFolder();
const written = (name: string, text: string): string => {
  const path = join(home, name);
  writeFileSync(path, text);
  return path;
};

describe('a start that fails says why, and the fix', () => {
  it('of a port that is taken', async () => {
    const first = createServer();
    await new Promise<void>((resolve) => first.listen(0, '127.0.0.1', resolve));
    const { port } = first.address() as { port: number };
    const second = createServer();
    const listening = new Promise<void>((resolve, reject) => second.once('error', reject).listen(port, '127.0.0.1', resolve));
    await expect(listening.catch(notListening('PORT', port))).rejects.toThrow(`PORT: ${port} is in use by another program. Stop that one`);
    first.close();
  });

  it('of TLS files', () => {
    const nonsense = written('nonsense.pem', 'nonsense');
    expect(() => tlsIn(join(home, 'none.pem'), nonsense)).toThrow(`TLS_CERT_FILE: ${home}/none.pem does not exist. Correct the path.`);
    expect(() => tlsIn(nonsense, join(home, 'none.pem'))).toThrow(`TLS_KEY_FILE: ${home}/none.pem does not exist.`);
    expect(() => tlsIn(nonsense, nonsense)).toThrow('holds no certificate in PEM form');
    expect(() => tlsIn(home, nonsense)).toThrow('is a folder');
    expect(tlsIn(undefined, undefined)).toBeUndefined();
  });

  it('of a TLS key of another kind than the certificate', async () => {
    const { cert, key } = await selfSigned('localhost');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const certFile = written('cert.pem', cert);
    const rsa = written('rsa.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    expect(() => tlsIn(certFile, rsa)).toThrow(`the key in ${rsa} does not belong to the certificate in ${certFile}.`);
    expect(tlsIn(certFile, written('key.pem', key))?.key.toString()).toBe(key);
  });

  it.each<[string, readonly [number, number], RegExp | undefined]>([
    ['expired', [-9, -1], /^TLS_CERT_FILE: the certificate expired at .* UTC: Slack and SNS refuse it\. Renew it/],
    ['not valid yet', [1, 9], /^TLS_CERT_FILE: the certificate is valid from .* UTC on: Slack and SNS refuse it\. Give one that is valid/],
    ['in its term', [-1, 1], undefined],
  ])('of a certificate that is %s', async (_, days, says) => {
    const { cert } = await selfSigned('localhost', days);
    const fault = untimelyFault({ cert: Buffer.from(cert) }, Date.now());
    if (says === undefined) expect(fault).toBeUndefined();
    else expect(fault).toMatch(says);
  });

  it('of a database file', async () => {
    await expect(openDatabase(`file:${written('text.db', 'no database '.repeat(100))}`)).rejects.toThrow('the file is no SQLite database.');
    await expect(openDatabase(`file:${written('a-file', '')}/responder.db`)).rejects.toThrow('a part of its path is a file');
    const database = await openDatabase(`file:${join(home, 'ours.db')}`);
    await expect(openDatabase(`file:${join(home, 'ours.db')}`)).rejects.toThrow('is in use by another responder');
    await database.close();
  });

  it('of Postgres, and of a folder', async () => {
    await expect(openDatabase('postgres://nobody:secret@127.0.0.1:1/none')).rejects.toThrow('DATABASE_URL: Postgres: nothing listens there.');
    const says = (code: string, path?: string): string => databaseFailure(Object.assign(new Error('x'), { code }), path).message;
    expect(says('28P01')).toContain('user or password is wrong');
    expect(says('3D000')).toContain('there is no such database');
    expect(says('42501')).toContain('the user lacks a right. Grant it');
    expect(says('SELF_SIGNED_CERT_IN_CHAIN')).toContain('NODE_EXTRA_CA_CERTS');
    expect(says('EACCES', '/data/db')).toContain('it may not be written to');
  });
});

it('a command whose reader stops early, as head does, ends quietly', async () => {
  const main = new URL('../../src/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, 'template', 'central'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let said = '';
  child.stderr.on('data', (part: Buffer) => {
    said += part.toString('utf8');
  });
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
  expect(said).toBe('');
});
