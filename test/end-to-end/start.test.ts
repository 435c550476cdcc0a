/** What the start says as a process, and that the doctor says the same. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { botEnvironment } from '../../src/sandbox/bot.ts';
import { selfSigned } from '../support/certificates.ts';
import { deploy } from '../support/deploy.ts';
import { newFolder } from '../support/folders.ts';
import { Sandbox } from '../support/sandbox.ts';

const main = new URL('../../src/main.ts', import.meta.url).pathname;
let sandbox: Sandbox;
let home: string;
beforeAll(async () => {
  sandbox = await Sandbox.start();
  await deploy(sandbox);
});
afterAll(() => sandbox.stop());
beforeEach(() => {
  home = newFolder();
});

interface Said {
  readonly code: number | null;
  readonly said: string;
}

/** Ended once it is ready, where it does not end by itself. */
async function called(command: string, over: Record<string, string>): Promise<Said> {
  const options = { sandboxUrl: sandbox.url, port: 0, opsPort: 0, dataDir: home, databaseUrl: undefined, logLevel: 'info' };
  const { NODE_COMPILE_CACHE = '' } = process.env;
  const env = { NODE_COMPILE_CACHE, ...botEnvironment({ ...options, onLine: () => undefined }), ...over };
  const child = spawn(process.execPath, [main, command], { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => {
      said += part.toString('utf8');
      if (said.includes('"msg":"ready"')) child.kill('SIGTERM');
    });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, said };
}

const written = (name: string, text: string): string => {
  const path = join(home, name);
  writeFileSync(path, text);
  return path;
};

it('a start tells where it listens; one without a key of the log is refused, in the words of the doctor', async () => {
  const { cert, key } = await selfSigned('localhost', [-9, -1]);
  const tls = { TLS_CERT_FILE: written('cert.pem', cert), TLS_KEY_FILE: written('key.pem', key) };
  const first = await called('run', { ...tls, OPS_HOST: 'localhost', AUDIT_KEY: 'a'.repeat(40) });
  expect(first).toEqual({ code: 0, said: expect.stringMatching(/"url":"https:\/\/127\.0\.0\.1:\d+","opsUrl":"http:\/\/localhost:\d+"/) });
  expect(first.said).toContain('TLS_CERT_FILE: the certificate expired at');

  const other = { ...tls, AUDIT_KEY: 'b'.repeat(40) };
  const start = await called('run', other);
  const [sentence = ''] = /AUDIT_KEY lacks .*/.exec(start.said.split('Not started: ')[1] ?? '') ?? [];
  expect([start.code, sentence]).toEqual([1, expect.stringContaining('Put it back; a new key goes before the others.')]);
  const doctor = await called('doctor', other);
  expect(doctor.said).toContain('✗ AUDIT_KEY ');
  expect(doctor.said).toContain(sentence);
  expect(doctor.said).toMatch(/✗ TLS .*the certificate expired at/);

  expect(await called('prune', { AUDIT_KEY: 'a'.repeat(40) })).toEqual({ code: 0, said: '0 entries were pruned.\n' });
});

it('TLS files that are not there: both say so', async () => {
  const over = { TLS_CERT_FILE: '/nowhere/c.pem', TLS_KEY_FILE: '/nowhere/k.pem' };
  for (const command of ['run', 'doctor'])
    expect(await called(command, over)).toEqual({ code: 1, said: expect.stringContaining('TLS_CERT_FILE: /nowhere/c.pem does not exist. Correct') });
});

it('without AWS credentials the doctor says so once, and looks at nothing else of AWS', async () => {
  const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true', HOME: home };
  const { code, said } = await called('doctor', none);
  expect(code).toBe(1);
  expect(said.split('no AWS credentials')).toHaveLength(2);
  expect(said).not.toContain("Check its role's policy");
  expect(said).toMatch(/Database .*responder\.db/);
});
