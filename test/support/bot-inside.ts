/** A sandbox with the real bot in its own process: it starts and stops in a fraction of the time, where its being a process is not what is tested. */
import type { ServerResponse } from 'node:http';
import { readConfig } from '../../src/config.ts';
import type { Response } from '../../src/domain/response/response.ts';
import { responses } from '../../src/features/responses.ts';
import { openLog } from '../../src/ops/log.ts';
import { type Responder, startResponder } from '../../src/responder.ts';
import { type Bot, type BotOptions, botEnvironment } from '../../src/sandbox/bot.ts';
import { claimData, emptyData } from '../../src/sandbox/own-data.ts';
import { type Running, startSandbox } from '../../src/sandbox/running.ts';

const emulated = /^\/(slack|aws|certificate)\//;

/** The bot is not started yet. @param given what the bot can do */
export async function sandboxWithBotInside(
  options: Pick<BotOptions, 'dataDir' | 'databaseUrl' | 'logLevel' | 'over'>,
  given: readonly Response[] = responses,
): Promise<Running> {
  const underWay = new Set<ServerResponse>();
  const cut = (): void => {
    for (const response of underWay) response.destroy();
  };
  const running = await startSandbox(0, { ...options, port: 0, opsPort: 0, botOf: (bot) => botInside(bot, cut, given) });
  running.server.prependListener('request', ({ url = '' }, response) => {
    if (!emulated.test(url)) return;
    underWay.add(response);
    response.on('close', () => underWay.delete(response));
  });
  return running;
}

/** @param cut ends what is under way between the bot and the emulators, as the end of a process would */
function botInside(options: BotOptions, cut: () => void, given: readonly Response[]): Bot {
  let responder: Responder | undefined;
  const start = async (): Promise<void> => {
    if (responder) return;
    await claimData(options);
    const env = botEnvironment(options);
    // The SDK looks for them in the environment.
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) process.env[name] = env[name];
    const log = openLog(options.logLevel, { write: (line) => options.onLine(line.trimEnd()) });
    responder = await startResponder(readConfig(env), log, given);
  };
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    const stopped = responder?.stop();
    responder = undefined;
    if (signal === 'SIGKILL') cut();
    await stopped;
  };
  return {
    pid: process.pid,
    get ready() {
      return responder !== undefined;
    },
    get listening() {
      return responder ?? { url: 'http://127.0.0.1:0', opsUrl: 'http://127.0.0.1:0' };
    },
    start,
    stop,
    restartEmpty: async () => {
      await stop('SIGKILL');
      await emptyData(options);
      await start();
    },
  };
}
