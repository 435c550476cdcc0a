/** Random stories: the whole responder in a sandbox of its own, for hours of its time, and what it promises at the end. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { botEnvironment } from '../../src/sandbox/bot.ts';
import { sandboxWithBotInside } from '../support/bot-inside.ts';
import { newFolder } from '../support/folders.ts';
import { happens } from './acts.ts';
import type { Line, Options } from './chaos.ts';
import { brokenPromises, stalled } from './promises.ts';
import { pass, randomOf, rows, type Told } from './told.ts';

const storiesTold = 20;
const hoursOfStory = 5;
const hour = 3_600;

export async function* stories({ seed, every }: Options): AsyncGenerator<Line> {
  const found = { stories: 0, incidents: 0, messages: 0, problems: 0 };
  for (let index = 0; index < storiesTold; index += every) {
    const { incidents, messages, problems } = await toldStory(seed + index, hoursOfStory);
    for (const problem of problems) process.stderr.write(`${JSON.stringify({ seed: seed + index, problem })}\n`);
    found.stories++;
    found.incidents += incidents;
    found.messages += messages;
    found.problems += problems.length;
  }
  yield { section: 'stories', what: `sqlite: random stories of ${hoursOfStory} hours`, found, isWell: found.problems === 0 };
}

interface Ended {
  readonly incidents: number;
  readonly messages: number;
  readonly problems: readonly string[];
}

/** @param hours of the sandbox's time, at least */
export async function toldStory(seed: number, hours: number): Promise<Ended> {
  const dataDir = newFolder();
  const over = { ESCALATE_AFTER: '5m', ASK_OWNER_AFTER: '2h', ASK_LEFT_OPEN_AFTER: '1d' };
  const running = await sandboxWithBotInside({ dataDir, databaseUrl: undefined, logLevel: 'silent', over });
  const { world, url } = running;
  const quiet = world.activity.quiet.bind(world.activity);
  world.activity.quiet = (ms, most) => quiet(Math.min(ms, 40), most);
  const file = join(dataDir, 'responder.db');
  const told: Told = { world, random: randomOf(seed), file, problems: [], later: [], serial: 0, pages: 0, taken: new Set() };
  await world.bot.start();
  await tell(told, hours);
  const problems = [...told.problems, ...(await brokenPromises(told)), ...changedLog(url, file)];
  const [{ n: incidents } = { n: 0 }] = rows<{ n: number }>(file, 'select count(*) n from incidents');
  const messages = world.workspace.messages.length;
  await running.stop();
  rmSync(dataDir, { recursive: true, force: true });
  return { incidents, messages, problems };
}

async function tell(told: Told, hours: number): Promise<void> {
  const { world, random, later } = told;
  await pass(told, 60, 30);
  for (const end = world.clock.now() + hours * hour * 1_000; world.clock.now() < end; ) {
    await happens(told);
    if (random.is(0.75)) await pass(told, random.any([2, 10, 30, 60]), 30);
    else await pass(told, random.any([300, 900, 1_800]), 300);
  }
  world.faults.clear();
  await pass(told, 3 * hour, 600);
  later.length = 0;
  // A step is longer than much of what waits: it is given as many as it needs.
  for (let step = 0; step < 200 && (step < 10 || stalled(told).length > 0); step++) await pass(told, 10, 10);
}

/** What `npm run audit -- verify` finds. */
function changedLog(sandboxUrl: string, file: string): string[] {
  const options = { sandboxUrl, port: 0, opsPort: 0, dataDir: '', databaseUrl: `file:${file}`, logLevel: 'info', onLine: () => undefined };
  const main = new URL('../../src/main.ts', import.meta.url).pathname;
  try {
    execFileSync(process.execPath, [main, 'audit', 'verify'], { env: { PATH: process.env.PATH, ...botEnvironment(options) }, stdio: 'pipe' });
    return [];
  } catch (thrown) {
    return [`audit verify: ${String((thrown as { stdout?: unknown }).stdout)}`];
  }
}
