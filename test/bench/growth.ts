/** What a long storm of different alarms leaves: whether the last of them are taken as fast as the first, and all else as fast as before. */
import { newFolder } from '../support/folders.ts';
import { type Figure, quantile } from './figures.ts';
import { post, rateBetween } from './load.ts';
import { requests } from './messages.ts';
import { clickTimes, pause, statusTimes } from './people.ts';
import { memoryOf, startBot } from './processes.ts';
import type { BenchWorld } from './world.ts';

const connections = 32;
const part = 5_000;
const warming = 1_000;

export async function growth(world: BenchWorld, { alarms }: { alarms: number }): Promise<Figure[]> {
  const pool = requests(world.signer, { kind: 'different', count: alarms + warming });
  world.forget();
  const dataDir = newFolder();
  const bot = await startBot({ sandboxUrl: world.url, dataDir });
  world.botUrl = bot.listening.url;
  await post({ url: bot.listening.url, requests: pool.slice(0, warming), connections });
  const idle = memoryOf(bot.pid) ?? Number.NaN;
  let half = Number.NaN;
  const middle = Math.floor(alarms / 2);
  const onAnswer = (index: number): void => {
    if (index === middle) half = memoryOf(bot.pid) ?? Number.NaN;
  };
  const { times, statuses } = await post({ url: bot.listening.url, requests: pool.slice(warming), connections, onAnswer });
  const full = memoryOf(bot.pid) ?? Number.NaN;
  await pause(2_000);
  const clicks = await clickTimes(world, 400, 50);
  const status = await statusTimes(world, 20);
  const readyz = await readyTimes(bot.listening.opsUrl ?? '', 50);
  await bot.stop();
  const again = await startBot({ sandboxUrl: world.url, dataDir });
  await again.stop();
  const few = Math.min(part, alarms / 2);
  const share = rateBetween(times, alarms - few, alarms) / rateBetween(times, 0, few);
  return [
    { what: `growth: of ${alarms} different alarms taken`, value: statuses['200'] ?? 0, unit: '', least: alarms },
    { what: `growth: the last ${few} as fast as the first`, value: share, unit: '×', least: 0.8 },
    { what: 'growth: then, 99 of 100 clicks within', value: quantile(clicks, 0.99), unit: 'ms', most: 20 },
    { what: 'growth: then, the status', value: quantile(status, 0.5), unit: 'ms', most: 100 },
    { what: 'growth: then, /readyz', value: quantile(readyz, 0.5), unit: 'ms', most: 20 },
    { what: 'growth: then, a start', value: again.startedMs, unit: 'ms', most: 1_500 },
    { what: 'growth: memory above that after the first 1,000', value: full - idle, unit: 'MB', most: 60 },
    { what: 'growth: memory of the second half', value: full - half, unit: 'MB', most: 15 },
  ];
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
