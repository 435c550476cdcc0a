/** A sandbox for tests: as `npm run sandbox`, with the bot in the same process. */
import type { ServerResponse } from 'node:http';
import { parseArgs } from 'node:util';
import { overIn } from '../../src/sandbox/bot.ts';
import { startSandbox } from '../../src/sandbox/running.ts';
import { botInside } from './bot-inside.ts';

const { values } = parseArgs({ options: { data: { type: 'string', default: '' } } });
const { DATABASE_URL: databaseUrl, LOG_LEVEL: logLevel = 'info' } = process.env;

const emulated = /^\/(slack|aws|certificate)\//;
const underWay = new Set<ServerResponse>();
const cut = (): void => {
  for (const response of underWay) response.destroy();
};

const options = { port: 0, opsPort: 0, dataDir: `${values.data}/bot`, databaseUrl, logLevel, over: overIn(process.env) };
const sandbox = await startSandbox(0, { ...options, botOf: (bot) => botInside(bot, cut) });
sandbox.server.prependListener('request', ({ url = '' }, response) => {
  if (!emulated.test(url)) return;
  underWay.add(response);
  response.on('close', () => underWay.delete(response));
});
await sandbox.world.bot.start();
process.stdout.write(`${JSON.stringify({ url: sandbox.url })}\nsandbox ready\n`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void sandbox.stop().then(() => process.exit(0)));
