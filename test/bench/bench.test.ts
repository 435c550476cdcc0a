/** The bench in small: that what it measures is done. Figures are `npm run bench`'s. */

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { newFolder } from '../support/folders.ts';
import { audit } from './audit.ts';
import { quantile, table } from './figures.ts';
import { large } from './large.ts';
import { post } from './load.ts';
import { requests } from './messages.ts';
import { memoryOf, start, startBot } from './processes.ts';
import { newBenchWorld } from './world.ts';

const connections = 32;

it('the bench verifies logs of the lengths that it says', async () => {
  const figures = await audit({ rounds: 1, entries: [40, 80] });
  expect(figures.map(({ what }) => what)).toEqual([
    'audit: verifying 40 entries',
    'audit: verifying 80 entries',
    'audit: time for each, beside that of the shortest',
  ]);
});

it('the bench compares a store that holds much with one that holds little, on both engines', async () => {
  const figures = await large({ amounts: { incidents: 20, entries: 200, signIns: 200 }, base: { incidents: 2, entries: 2 }, rounds: 2 });
  const compared = figures.map(({ what }) => what.replace(/^large store, (sqlite|postgres): .*/, '$1'));
  expect(compared).toEqual([...Array(6).fill('sqlite'), ...Array(6).fill('postgres')]);
  expect(figures.every(({ value }) => value > 0)).toBe(true);
});

it('the bench’s floor and the responder take what is posted, each once', async () => {
  const world = await newBenchWorld();
  const dataDir = newFolder();
  const certificate = Buffer.from(world.signer.certificate).toString('base64');
  const floor = await start({ file: 'floor.ts', args: ['turn', join(dataDir, 'floor.db'), certificate] });
  const bot = await startBot({ sandboxUrl: world.url, dataDir });
  const pool = requests(world.signer, { kind: 'fifty', count: 120 });
  expect(Math.min(...pool.map(({ length }) => length))).toBeGreaterThan(2_048);
  for (const { listening } of [floor, bot]) {
    expect((await post({ url: listening.url, requests: pool, connections })).statuses).toEqual({ '200': 120 });
  }
  // SNS sends again what was answered too late.
  expect((await post({ url: bot.listening.url, requests: pool.slice(0, 7), connections })).statuses).toEqual({ '200': 7 });
  expect(memoryOf(bot.pid)).toBeGreaterThan(0);
  await Promise.all([floor.stop(), bot.stop()]);
  world.close();
  const count = (file: string, table: string): unknown =>
    new DatabaseSync(join(dataDir, file), { readOnly: true }).prepare(`select count(*) as n from ${table}`).get()?.n;
  expect([count('floor.db', 'messages'), count('responder.db', 'transitions')]).toEqual([120, 120]);
});

it('a figure says whether it is what is aimed at', () => {
  const said = table([
    { what: 'a', value: 0.5, unit: '×', least: 0.45 },
    { what: 'b', value: 1_234, unit: 'ms', most: 20 },
  ]);
  expect(said).toMatch(/a +0\.50 × +≥ 0\.45 +met\nb +1,234 ms +≤ 20 +NOT MET/);
  expect(quantile([3, 1, 2], 0.99)).toBe(3);
});
