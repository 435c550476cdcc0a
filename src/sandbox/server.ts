/** `npm run sandbox`: the emulated Slack and AWS, and the real bot beside them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments, wrongCall } from '../arguments.ts';
import { botEnvironment, overIn, overridable } from './bot.ts';
import { play } from './play.ts';
import { type Running, startSandbox } from './running.ts';
import { scenarioNames, scenarioOf } from './scenarios.ts';
import type { World } from './world.ts';

const usage = `npm run sandbox -- [--play NAME] [--no-bot] [--data DIR] [--json]
  --play NAME  plays a scenario without a browser, prints what the channel shows, and ends (${scenarioNames.join(', ')})
  --no-bot     does not start the bot; prints the environment to start it with
  --data DIR   keeps the bot's data there
  --json       prints where everything listens as one line of JSON
SANDBOX_PORT (4000), PORT (3000) and OPS_PORT (9464) may be 0: any free port.
These go to the bot: LOG_LEVEL, ${overridable.join(', ')},
and DATABASE_URL (an empty postgres://… database: a reset empties what the sandbox made, and it touches nothing else).
`;

const { values } = readArguments(process.argv.slice(2), {
  options: {
    play: { type: 'string' },
    'no-bot': { type: 'boolean', default: false },
    data: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
  usage,
});

async function build(): Promise<Running> {
  const { env } = process;
  const dataDir = values.data ?? ownFolder();
  return startSandbox(portOf(env.SANDBOX_PORT, 4_000), {
    port: portOf(env.PORT, 3_000),
    opsPort: portOf(env.OPS_PORT, 9_464),
    dataDir: join(dataDir, 'bot'),
    databaseUrl: env.DATABASE_URL,
    logLevel: env.LOG_LEVEL ?? 'info',
    over: { ...scenarioOf(values.play ?? '')?.settings, ...overIn(env) },
  });
}

/** Gone when the sandbox ends, however it does. */
function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'signin-responder-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function portOf(text: string | undefined, otherwise: number): number {
  const port = text === undefined || text === '' ? otherwise : Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${text} is no port.`);
  return port;
}

/** Whatever ends it, the bot and its folder go with it. npm passes on what a terminal sent already: the second signal must not end it before that. */
function endBySignal(stop: () => Promise<void>): void {
  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    void stop().finally(() => process.exit(0));
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
}

async function main(): Promise<number | undefined> {
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (process.env.NODE_ENV === 'production') throw new Error('The sandbox does not run with NODE_ENV=production.');
  if (values.play !== undefined && !scenarioNames.includes(values.play)) wrongCall(`There is no scenario ${values.play}.`, usage);
  let stop = async (): Promise<void> => undefined;
  endBySignal(() => stop());
  const built = await build();
  const { world, url } = built;
  stop = built.stop;
  try {
    if (!values['no-bot']) await world.bot.start();
    if (values.play === undefined) {
      announce(world, url);
      return undefined;
    }
    const isWell = await play(world, values.play, (line) => process.stdout.write(`${line}\n`));
    await stop();
    return isWell ? 0 : 1;
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

function announce(world: World, url: string): void {
  if (values.json) process.stdout.write(`${JSON.stringify({ url, bot: { ...world.bot.listening, pid: world.bot.pid } })}\n`);
  if (values['no-bot']) {
    const env = botEnvironment({
      sandboxUrl: url,
      port: portOf(process.env.PORT, 3_000),
      opsPort: portOf(process.env.OPS_PORT, 9_464),
      dataDir: './data',
      databaseUrl: process.env.DATABASE_URL,
      logLevel: 'info',
      over: overIn(process.env),
      onLine: () => undefined,
    });
    process.stdout.write(
      `Start the bot with:\n${Object.entries(env)
        .map(([key, value]) => `${key}='${value}'`)
        .join(' ')} npm start\n`,
    );
  }
  process.stdout.write(`sandbox ready: ${url}\n`);
}

try {
  const code = await main();
  if (code !== undefined) process.exit(code);
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exit(1);
}
