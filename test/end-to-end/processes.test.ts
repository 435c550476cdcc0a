/** Processes as somebody starts them: signals reach the responder, readiness is not read from a log, and nothing is left behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { botEnvironment } from '../../src/sandbox/bot.ts';
import { newFolder } from '../support/folders.ts';
import { Sandbox } from '../support/sandbox.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let sandbox: Sandbox;
let home: string;
beforeAll(async () => {
  sandbox = await Sandbox.startProcesses({}, '--no-bot');
  home = newFolder();
});
afterAll(() => sandbox.stop());

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('npm start', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('gives %s to the responder, which ends what is under way, and ends with 0', async (signal) => {
    const bot = botEnvironment({
      sandboxUrl: sandbox.url,
      port: 0,
      opsPort: 0,
      dataDir: home,
      databaseUrl: undefined,
      logLevel: 'info',
      onLine: () => undefined,
    });
    // Not as a part of the npm that runs this test.
    const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...bot };
    const npm = spawn('npm', ['start'], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    const ended = new Promise<number | null>((resolve) => npm.once('exit', resolve));
    await new Promise<void>((resolve, reject) => {
      npm.stdout.on('data', (part: Buffer) => {
        said += part.toString('utf8');
        if (said.includes('"msg":"ready"')) resolve();
      });
      npm.once('exit', (code) => reject(new Error(`npm start ended with ${code}: ${said}`)));
    });
    const ready = `${/"opsUrl":"([^"]+)"/.exec(said)?.[1]}/readyz`;
    expect((await fetch(ready)).status).toBe(200);
    npm.kill(signal);
    expect(await ended).toBe(0);
    expect(said).toContain('"msg":"stopping"');
    await expect(fetch(ready)).rejects.toThrow('fetch failed');
  });
});

describe('the sandbox', () => {
  async function started(): Promise<{ child: ChildProcess; pid: number; ended: Promise<number | null> }> {
    const main = fileURLToPath(new URL('../../src/sandbox/server.ts', import.meta.url));
    const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env;
    const env = { PATH, HOME, NODE_COMPILE_CACHE, TMPDIR: home, LOG_LEVEL: 'silent', SANDBOX_PORT: '0', PORT: '0', OPS_PORT: '0' };
    const child = spawn(process.execPath, [main, '--json'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (part: Buffer) => {
        said += part.toString('utf8');
        if (said.includes('sandbox ready')) resolve();
      });
      child.once('exit', (code) => reject(new Error(`The sandbox ended with ${code}: ${said}`)));
    });
    const { bot } = JSON.parse(said.split('\n')[0] ?? '') as { bot: { pid: number; opsUrl: string } };
    expect((await fetch(`${bot.opsUrl}/readyz`)).status).toBe(200);
    return { child, pid: bot.pid, ended };
  }

  it.each(['SIGTERM', 'SIGINT'] as const)('is ready though its bot logs nothing, and leaves no process and no folder after %s', async (signal) => {
    const { child, pid, ended } = await started();
    child.kill(signal);
    expect(await ended).toBe(0);
    expect(isRunning(pid)).toBe(false);
    expect(readdirSync(home).filter((name) => name.startsWith('signin-responder-'))).toEqual([]);
  });

  it('goes on stopping when the signal comes again, as npm passes on what all of its processes got', async () => {
    const { child, pid, ended } = await started();
    child.kill('SIGTERM');
    const again = setInterval(() => child.kill('SIGTERM'), 5);
    expect(await ended).toBe(0);
    clearInterval(again);
    expect(isRunning(pid)).toBe(false);
    expect(readdirSync(home).filter((name) => name.startsWith('signin-responder-'))).toEqual([]);
  });

  it('that is killed takes its bot with it', async () => {
    const { child, pid } = await started();
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 30_000 });
  });
});
