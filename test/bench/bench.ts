/**
 * `npm run bench -- [SECTION…]`: what the responder does beside floors of its own, all in one run. Prints a table, and JSON as its last line.
 * Medians of interleaved rounds: on a machine that others use, only the ratios within one run say something.
 */
import { readArguments, wholeNumber, wrongCall } from '../../src/arguments.ts';
import { audit } from './audit.ts';
import { type Figure, isMet, table } from './figures.ts';
import type { Amounts } from './filling.ts';
import { growth } from './growth.ts';
import { ingest } from './ingest.ts';
import { large } from './large.ts';
import { clicksUnderLoad, loneAlarm } from './people.ts';
import { postgres } from './postgres.ts';
import { arePinned, cores, pin } from './processes.ts';
import { storm } from './storm.ts';
import { type BenchWorld, newBenchWorld } from './world.ts';

const usage =
  'npm run bench -- [ingest | postgres | growth | large | storm | clicks | audit | lone]… [--rounds N] [--messages N] [--alarms N] [--storm N] [--entries N]';
const { values, positionals } = readArguments(process.argv.slice(2), {
  usage,
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    messages: { type: 'string', default: '24000' },
    alarms: { type: 'string', default: '50000' },
    storm: { type: 'string', default: '10000' },
    entries: { type: 'string', default: '1000000' },
  },
});
const numberOf = (name: 'rounds' | 'messages' | 'alarms' | 'storm' | 'entries'): number => wholeNumber(name, values[name], usage);
const size = { rounds: numberOf('rounds'), messages: numberOf('messages'), alarms: numberOf('alarms') };
const [stormAlarms, entries] = [numberOf('storm'), numberOf('entries')];

const amountsOf = (entries: number): Amounts => ({ incidents: entries / 10, entries, signIns: entries });

const sections: Record<string, (world: BenchWorld) => Promise<Figure[]>> = {
  ingest: (world) => ingest(world, size),
  postgres: (world) => postgres(world, { ...size, rounds: Math.min(3, size.rounds) }),
  growth: (world) => growth(world, size),
  large: () => large({ amounts: amountsOf(entries), base: { incidents: 100, entries: 100 }, rounds: 400 }),
  storm: (world) => storm(world, { alarms: stormAlarms }),
  clicks: (world) => clicksUnderLoad(world, { seconds: 10 }),
  audit: () => audit({ rounds: Math.min(3, size.rounds), entries: [10_000, 50_000, 100_000] }),
  lone: (world) => loneAlarm(world, { count: 100 }),
};

const unknown = positionals.filter((name) => sections[name] === undefined);
if (unknown.length > 0) wrongCall(`There is no section ${unknown.join(', ')}.`, usage);

pin(process.pid, cores.load);
const begun = new Date();
const figures: Figure[] = [];
const world = await newBenchWorld();
for (const [name, measure] of Object.entries(sections)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const found = await measure(world);
  figures.push(...found);
  process.stdout.write(`${table(found)}\n\n`);
}
world.close();
const missed = figures.filter((figure) => !isMet(figure));
process.stdout.write(`${missed.length === 0 ? 'All aims are met.' : `${missed.length} aims are not met.`}\n`);
process.stdout.write(`${JSON.stringify({ at: begun.toISOString(), node: process.version, pinned: arePinned, ...size, figures })}\n`);
process.exit(0);
