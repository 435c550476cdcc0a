/** What a long storm of different alarms leaves: whether the last of them are taken as fast as the first, and all else as fast as before. */
import { newFolder } from '../support/folders.ts';
import { type Figure, quantile } from './figures.ts';
import { type Answered, rateBetween } from './load.ts';
import { loadBeside } from './load-beside.ts';
import { bareClickTimes, clickTimes, pause, statusTimes } from './people.ts';
import { memoryOf, startBot } from './processes.ts';
import type { BenchWorld } from './world.ts';

const connections = 32;
const part = 5_000;
const warming = 1_000;
const clicks = 400;
const clickEveryMs = 50;

export async function growth(world: BenchWorld, { alarms }: { alarms: number }): Promise<Figure[]> {
  const load = await loadBeside(world.signer, { kind: 'different', count: alarms + warming });
  world.forget();
  const dataDir = newFolder();
  const bot = await startBot({ sandboxUrl: world.url, dataDir });
  world.botUrl = bot.listening.url;
  const taken = async (from: number, to: number): Promise<Answered & { memory: number }> => {
    const answered = await load.post({ url: bot.listening.url, connections, from, to });
    return { ...answered, memory: memoryOf(bot.pid) ?? Number.NaN };
  };
  const warm = await taken(0, warming);
  const middle = warming + Math.floor(alarms / 2);
  const [first, second] = [await taken(warming, middle), await taken(middle, warming + alarms)];
  await load.close();
  await pause(2_000);
  const bare = await bareClickTimes(world, clicks);
  const ours = await clickTimes(world, clicks, clickEveryMs);
  const status = await statusTimes(world, 20);
  const readyz = await readyTimes(bot.listening.opsUrl ?? '', 50);
  await bot.stop();
  const again = await startBot({ sandboxUrl: world.url, dataDir });
  await again.stop();
  const few = Math.min(part, alarms / 2);
  const share = rateBetween(second.times, second.times.length - few, second.times.length) / rateBetween(first.times, 0, few);
  return [
    { what: `growth: of ${alarms} different alarms taken`, value: sum([first, second]), unit: '', least: alarms },
    { what: `growth: the last ${few} as fast as the first`, value: share, unit: '×', least: 0.8 },
    { what: 'growth: clicks on a bare server, 99 of 100 within', value: quantile(bare, 0.99), unit: 'ms' },
    { what: 'growth: then, 99 of 100 clicks within', value: quantile(ours, 0.99), unit: 'ms', most: 20 },
    { what: 'growth: then, the status', value: quantile(status, 0.5), unit: 'ms', most: 100 },
    { what: 'growth: then, /readyz', value: quantile(readyz, 0.5), unit: 'ms', most: 20 },
    { what: 'growth: then, a start', value: again.startedMs, unit: 'ms', most: 1_500 },
    { what: 'growth: memory above that after the first 1,000', value: second.memory - warm.memory, unit: 'MB', most: 60 },
    { what: 'growth: memory of the second half', value: second.memory - first.memory, unit: 'MB', most: 15 },
  ];
}

function sum(parts: readonly Answered[]): number {
  return parts.reduce((total, { statuses }) => total + (statuses['200'] ?? 0), 0);
}

async function readyTimes(opsUrl: string, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const begun = performance.now();
    await (await fetch(`${opsUrl}/readyz`)).text();
    times.push(performance.now() - begun);
  }
  return times;
}
