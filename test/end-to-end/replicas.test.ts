/** Two responders on one Postgres: what one leaves unfinished the other takes up, and nothing comes twice or is lost. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { botEnvironment } from '../../src/sandbox/bot.ts';
import { newDatabase } from '../support/postgres.ts';
import { alarmText, type Published, Sandbox, textOf } from '../support/sandbox.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
let sandbox: Sandbox;
let databaseUrl: string;
let home: string;
let second: ChildProcess | undefined;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'signin-responder-replica-'));
  databaseUrl = await newDatabase(inject('postgresUrl'));
  sandbox = await Sandbox.startProcesses({ DATABASE_URL: databaseUrl });
});
afterEach(async () => {
  second?.kill('SIGKILL');
  second = undefined;
  await sandbox.stop();
  rmSync(home, { recursive: true, force: true });
});

/** Resolves once it takes part. */
async function startSecond(): Promise<void> {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env;
  const own = { sandboxUrl: sandbox.url, port: 0, opsPort: 0, dataDir: home, databaseUrl, logLevel: 'info', onLine: () => undefined };
  const child = spawn(process.execPath, [main], {
    cwd: home,
    env: { PATH, HOME, NODE_COMPILE_CACHE, ...botEnvironment(own) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  second = child;
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (part: Buffer) => part.toString('utf8').includes('"msg":"ready"') && resolve());
    child.once('exit', (code) => reject(new Error(`The second replica ended with ${code}.`)));
  });
}

async function query<Row extends object>(text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<Row>(text);
  await client.end();
  return rows;
}

/** How often each card and reply is in Slack. */
async function keys(): Promise<string[]> {
  return (await sandbox.messages()).flatMap(({ metadata }) => metadata?.event_payload.key ?? []).toSorted();
}

/** Not the one that says what SNS did not bring meanwhile. */
async function alarmCards(): Promise<number> {
  return (await sandbox.cards()).filter((card) => /Alarm-\d/.test(textOf(card))).length;
}

describe('two responders on one Postgres', () => {
  it('post a card once, though the one that was posting it is stopped for longer than its lease and then goes on', async () => {
    await sandbox.faults({ slack: [{ method: 'chat.postMessage', mode: 'slow', ms: 1_500, times: 1 }] });
    await sandbox.publish({ message: alarmText('Alarm-1', 'ALARM', Date.now()) });
    await sandbox.until('the attempt', async () => (await query("select 1 from pictures where name = 'card' and attempt_at is not null")).length > 0);
    const { pid } = (await sandbox.state()).bot;
    process.kill(pid, 'SIGSTOP');
    try {
      // The lease is 60 s of the database's clock; this is that time gone by.
      await query('update incidents set lease_until = 0 where lease_until is not null');
      await startSecond();
      await sandbox.until('the other one to find the card', async () => {
        const [shown] = await query<{ ts: string | null }>("select ts from pictures where name = 'card'");
        return shown?.ts;
      });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await sandbox.publish({ message: alarmText('Alarm-1', 'OK', Date.now() + 1_000) });
    await sandbox.cardSaying('Alarm OK by itself');
    for (let half = 0; half < 4; half++) await sandbox.advance(30);
    expect(await keys()).toEqual(['SIN-1/card']);
  }, 180_000);

  it('lose nothing and show nothing twice while the one that takes the signals is restarted again and again', async () => {
    await startSecond();
    const at = Date.now();
    const publish = (index: number, messageId?: string): Promise<Published> =>
      sandbox.publish({ message: alarmText(`Alarm-${index % 6}`, index % 12 < 6 ? 'ALARM' : 'OK', at + index), ...(messageId ? { messageId } : {}) });
    const results: Published[] = [];
    for (let round = 0; round < 2; round++) {
      const restarted = (async () => {
        await sandbox.call('POST', '/api/bot/stop', { signal: 'SIGTERM' });
        await sandbox.call('POST', '/api/bot/start');
      })();
      for (let index = round * 24; index < round * 24 + 24; index++) results.push(await publish(index));
      await restarted;
    }
    // What was not answered, SNS sends again with the same id.
    for (const [index, { status, messageId }] of results.entries()) if (status !== 200) expect((await publish(index, messageId)).status).toBe(200);
    const [taken] = await query<{ n: number }>('select count(*)::int as n from inbox');
    expect(taken?.n).toBe(results.length);
    await sandbox.until('six cards', async () => (await alarmCards()) >= 6, 300, 100_000);
    for (let half = 0; half < 4; half++) await sandbox.advance(30);
    const shown = await keys();
    expect(shown.filter((key, index) => shown.indexOf(key) !== index)).toEqual([]);
    expect(await alarmCards()).toBe(6);
  }, 180_000);
});
