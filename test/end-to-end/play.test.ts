/** The README's first promise: every scenario plays through without an account. */
import { spawn } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import { play } from '../../src/sandbox/play.ts';
import { scenarioNames, scenarioOf } from '../../src/sandbox/scenarios.ts';
import { sandboxWithBotInside } from '../support/bot-inside.ts';
import { newFolder } from '../support/folders.ts';

interface Played {
  readonly code: number | null;
  readonly said: string;
}

/** As somebody calls it. */
function played(name: string): Promise<Played> {
  const main = new URL('../../src/sandbox/server.ts', import.meta.url).pathname;
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env;
  const env = { PATH, HOME, NODE_COMPILE_CACHE, SANDBOX_PORT: '0', PORT: '0', OPS_PORT: '0' };
  const child = spawn(process.execPath, [main, '--play', name], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said += part.toString('utf8')));
  return new Promise((resolve) => child.on('exit', (code) => resolve({ code, said })));
}

/** The same without processes of its own. */
async function playedInside(name: string): Promise<Played> {
  const dataDir = newFolder();
  const over = scenarioOf(name)?.settings ?? {};
  const sandbox = await sandboxWithBotInside({ dataDir, databaseUrl: undefined, logLevel: 'error', over });
  const lines: string[] = [];
  await sandbox.world.bot.start();
  const isWell = await play(sandbox.world, name, (line) => lines.push(line));
  await sandbox.stop();
  return { code: isWell ? 0 : 1, said: lines.join('\n') };
}

// A play winds minutes of the clock forward, half a minute at a time, and waits each time until the bot is quiet.
vi.setConfig({ testTimeout: 180_000, maxConcurrency: 4 });

describe.concurrent('npm run sandbox -- --play', () => {
  it.each(scenarioNames)('%s goes from the first signal to the resolution', async (name) => {
    const { code, said } = await (name === scenarioNames[0] ? played(name) : playedInside(name));
    expect(said).toContain(`✓ ${name}`);
    for (const part of [
      '── The card ──',
      '── Acknowledge ──',
      '── MFA devices ──',
      '── Reset password',
      '── Reset alarm ──',
      { 'any-alarm': 'RESOLVED · Expected', 'chain-cut': "RESOLVED · User's mistake" }[name] ?? 'RESOLVED · Attack',
      '── The thread ──',
    ]) {
      expect(said).toContain(part);
    }
    if (name === 'contain-role') expect(said).toMatch(/Denied: sessions of role web that began before this.*\(policy /);
    expect(code).toBe(0);
  });

  it('of a scenario that there is not says which there are', async () => {
    const { code, said } = await played('nothing');
    expect(code).toBe(2);
    expect(said).toContain('There is no scenario nothing.');
    expect(said).toContain('sign-in-failures, ');
  });
});
