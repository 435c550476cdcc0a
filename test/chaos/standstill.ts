/** Two replicas: one is stopped for longer than a lease (SIGSTOP), the other takes over, and then the first goes on (SIGCONT). */
import { type ChildProcess, spawn } from 'node:child_process';
import { botEnvironment } from '../../src/sandbox/bot.ts';
import { newDatabase } from '../support/postgres.ts';
import { alarmText, Sandbox } from '../support/sandbox.ts';
import { seeded } from './cases.ts';
import type { Line, Options } from './chaos.ts';
import { lapseLeases } from './kills.ts';

const rounds = 10;
const longestMs = 300;

export async function* standstill({ postgresUrl, seed }: Options): AsyncGenerator<Line> {
  const databaseUrl = await newDatabase(postgresUrl);
  const sandbox = await Sandbox.startProcesses({ DATABASE_URL: databaseUrl });
  const second = await anotherBot(sandbox, databaseUrl);
  const { bot } = await sandbox.state();
  const random = seeded(seed);
  for (let round = 0; round < rounds; round++) {
    const sent = sandbox.publish({ message: alarmText(`Alarm-${round}`, 'ALARM', Date.now()) });
    await new Promise((resolve) => setTimeout(resolve, random() * longestMs));
    process.kill(bot.pid, 'SIGSTOP');
    await lapseLeases(databaseUrl);
    // What was about to be posted is looked for after 25 s.
    await sandbox.advance(30);
    await sandbox.advance(30);
    process.kill(bot.pid, 'SIGCONT');
    const { status, messageId } = await sent;
    for (let last = status; last !== 200; )
      last = (await sandbox.publish({ message: alarmText(`Alarm-${round}`, 'ALARM', Date.now()), messageId })).status;
    await sandbox.until(`card ${round}`, async () => (await sandbox.cards()).length > round);
  }
  await sandbox.advance(60);
  const names = (await sandbox.cards()).map((card) => /Alarm-\d+/.exec(JSON.stringify(card.blocks))?.[0]);
  second.kill('SIGKILL');
  await sandbox.stop();
  const found = { stops: rounds, cards: names.length, lost: rounds - new Set(names).size, doubled: names.length - new Set(names).size };
  yield {
    section: 'standstill',
    what: 'postgres, two replicas: SIGSTOP past the lease, SIGCONT',
    found,
    isWell: found.lost === 0 && found.doubled === 0,
  };
}

async function anotherBot(sandbox: Sandbox, databaseUrl: string): Promise<ChildProcess> {
  const options = { sandboxUrl: sandbox.url, port: 0, opsPort: 0, dataDir: sandbox.dataDir, databaseUrl, logLevel: 'info', onLine: () => undefined };
  const { PATH = '', HOME = '' } = process.env;
  const main = new URL('../../src/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main], { env: { PATH, HOME, ...botEnvironment(options) }, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (part: Buffer) => part.includes('"msg":"ready"') && resolve());
    child.once('exit', (code) => reject(new Error(`The second bot ended with ${code}.`)));
  });
  return child;
}
