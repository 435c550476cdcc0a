/** A sandbox for tests in a process of its own: as `npm run sandbox`, with the bot in the same process. */
import { parseArgs } from 'node:util';
import { overIn } from '../../src/sandbox/bot.ts';
import { sandboxWithBotInside } from './bot-inside.ts';

const { values } = parseArgs({ options: { data: { type: 'string', default: '' } } });
const { DATABASE_URL: databaseUrl, LOG_LEVEL: logLevel = 'info' } = process.env;

const sandbox = await sandboxWithBotInside({ dataDir: `${values.data}/bot`, databaseUrl, logLevel, over: overIn(process.env) });
await sandbox.world.bot.start();
process.stdout.write(`${JSON.stringify({ url: sandbox.url })}\nsandbox ready\n`);
let isEnding = false;
const end = (): void => {
  if (isEnding) return;
  isEnding = true;
  void sandbox.stop().then(() => process.exit(0));
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end);
