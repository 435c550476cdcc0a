/** The README's first promise: every scenario plays through without an account. */
import { spawn } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import { scenarioNames } from '../../src/sandbox/scenarios.ts';

function play(name: string): Promise<{ code: number | null; said: string }> {
  const main = new URL('../../src/sandbox/server.ts', import.meta.url).pathname;
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', SANDBOX_PORT: '0', PORT: '0', OPS_PORT: '0' };
  const child = spawn(process.execPath, [main, '--play', name], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said += part.toString('utf8')));
  return new Promise((resolve) => child.on('exit', (code) => resolve({ code, said })));
}

// A play winds minutes of the clock forward, half a minute at a time, and waits each time until the bot is quiet.
vi.setConfig({ testTimeout: 180_000 });

describe('npm run sandbox -- --play', () => {
  it.each(scenarioNames)('%s goes from the first signal to the resolution', async (name) => {
    const { code, said } = await play(name);
    expect(said).toContain(`✓ ${name}`);
    for (const part of [
      '── The card ──',
      '── Acknowledge ──',
      '── MFA devices ──',
      '── Reset password',
      '── Reset alarm ──',
      name === 'any-alarm' ? 'RESOLVED · Expected' : 'RESOLVED · Attack',
      '── The thread ──',
    ]) {
      expect(said).toContain(part);
    }
    expect(code).toBe(0);
  });

  it('of a scenario that there is not says which there are', async () => {
    const { code, said } = await play('nothing');
    expect(code).toBe(1);
    expect(said).toContain('There is no scenario nothing; there are sign-in-failures');
  });
});
