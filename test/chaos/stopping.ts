/** `npm start` under several versions of npm: SIGTERM ends all in order, and nothing is left running. */
import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { botEnvironment } from '../../src/sandbox/bot.ts';
import { newFolder } from '../support/folders.ts';
import { Sandbox } from '../support/sandbox.ts';
import type { Line } from './chaos.ts';

const versions = ['10', '11'];
const patienceMs = 60_000;

export async function* stopping(): AsyncGenerator<Line> {
  const sandbox = await Sandbox.startProcesses({}, '--no-bot');
  for (const version of versions) {
    const found = await stopped([...npm(version), 'start'], sandbox);
    const isWell = found['exit code'] === 0 && found.saidStopping === 'yes' && found['left running'] === 0;
    yield { section: 'stopping', what: `npm ${version}: SIGTERM to npm start`, found, isWell };
  }
  await sandbox.stop();
}

/** That version of npm, from the registry. */
function npm(version: string): string[] {
  const home = newFolder();
  execFileSync('npm', ['install', '--prefix', home, '--no-audit', '--no-fund', `npm@${version}`], { stdio: 'ignore' });
  return [process.execPath, join(home, 'node_modules/npm/bin/npm-cli.js')];
}

/** @param command what is started, and told to stop once the bot is ready */
export async function stopped([command = '', ...args]: readonly string[], sandbox: Sandbox) {
  const options = { sandboxUrl: sandbox.url, port: 0, opsPort: 0, dataDir: sandbox.dataDir, databaseUrl: undefined, logLevel: 'info' };
  const marker = `CHAOS_${Math.random().toString(36).slice(2)}`;
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, [marker]: '1', ...botEnvironment({ ...options, onLine: () => undefined }) };
  const root = new URL('../..', import.meta.url).pathname;
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => (said += part.toString('utf8')));
  await until(() => said.includes('"msg":"ready"') || child.exitCode !== null);
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  child.kill('SIGTERM');
  const code = await exited;
  const left = running(marker);
  for (const pid of left) process.kill(pid, 'SIGKILL');
  return { 'exit code': code ?? -1, saidStopping: said.includes('"msg":"stopping"') ? 'yes' : 'no', 'left running': left.length };
}

/** The processes that have this in their environment. */
function running(marker: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(marker) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
      } catch {
        return false;
      }
    })
    .map(Number);
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + patienceMs; !holds() && Date.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 50));
}
