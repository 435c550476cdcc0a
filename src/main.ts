/** Reads the configuration and runs a command. */
import { config as dotenv } from 'dotenv';
import { readArguments, wrongCall } from './arguments.ts';
import { type Config, ConfigError, readConfig, variableNames } from './config.ts';
import { AppError, asAppError } from './domain/error.ts';
import { lookUp } from './domain/json.ts';
import { ineffectiveFaults, misspeltFaults, unreadFault } from './env-file.ts';
import { responses } from './features/responses.ts';
import { openLog } from './ops/log.ts';
import { startResponder } from './responder.ts';

/** How long SIGTERM waits for what is under way. */
const graceMs = 30_000;

function configured(): Config {
  const given = { ...process.env };
  const file = dotenv({ quiet: true });
  const unread = unreadFault(file);
  try {
    if (unread !== undefined) throw new ConfigError([unread]);
    return readConfig(process.env, [...ineffectiveFaults(file, given), ...misspeltFaults(file, variableNames)]);
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    process.stderr.write(`${thrown.message}\n${thrown.faults.map((fault) => `  ${fault}\n`).join('')}See .env.example.\n`);
    process.exit(1);
  }
}

async function serve(config: Config): Promise<void> {
  const log = openLog(config.LOG_LEVEL);
  // A signal that comes before everything is up ends it at once, also as process 1 of a container, which has no default for signals.
  let stop = async (): Promise<void> => undefined;
  let isStopping = false;
  const end = (signal: string): void => {
    // npm passes on what a terminal sent already.
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), graceMs).unref();
    stop().then(
      () => process.exit(0),
      (thrown) => {
        log.error({ err: asAppError(thrown) }, 'not stopped in order');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(signal));
  // Whoever started it with a channel to itself is gone.
  process.once('disconnect', () => end('disconnect'));
  try {
    const responder = await startResponder(config, log, responses);
    stop = responder.stop;
    log.info({ url: responder.url, opsUrl: responder.opsUrl }, 'ready');
  } catch (thrown) {
    log.error({ err: asAppError(thrown) }, 'not started');
    process.stderr.write(`Not started: ${asAppError(thrown).message}\n`);
    process.exit(1);
  }
}

/** What went wrong in words; a fault of ours keeps its stack. */
async function withoutStack(run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    process.stderr.write(`${thrown.message}\n`);
    process.exitCode = 1;
  }
}

/** Read when one of them is asked for: the responder starts without. */
const others = () => import('./commands.ts');

/** A command that takes nothing. */
function alone(usage: string, command: (config: Config) => unknown): (args: readonly string[]) => unknown {
  return (args) => {
    readArguments(args, { options: {}, usage });
    return command(configured());
  };
}

const commands: Record<string, (args: readonly string[]) => unknown> = {
  run: alone('npm start', serve),
  doctor: alone('npm run -s doctor', async (config) => (await others()).doctor(config, Object.keys(process.env))),
  audit: async (args) => (await import('./audit-commands.ts')).audit(args, configured),
  thaw: alone('npm run -s thaw', async (config) => (await others()).thawed(config)),
  migrate: alone('npm run -s migrate', async (config) => (await others()).migrated(config)),
  prune: alone('npm run -s prune', async (config) => (await others()).prunedByHand(config)),
  template: async (args) => (await others()).template(args),
  manifest: async (args) => (await others()).manifest(args),
};
const [, , command = 'run', ...args] = process.argv;
// Whoever reads what a command prints may stop early, as `head` does.
if (command !== 'run') process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1));
const chosen =
  lookUp(commands, command) ?? wrongCall(`There is no command ${command}.`, `npm start, or npm run -s ${Object.keys(commands).slice(1).join(' | ')}`);
await withoutStack(() => chosen(args));
