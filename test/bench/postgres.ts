/** The same on Postgres, beside a floor of its own on the same server; and two responders on one database. */
import { newFolder } from '../support/folders.ts';
import { newDatabase, type Server, startPostgres } from '../support/postgres.ts';
import { type Figure, median } from './figures.ts';
import { type IngestOptions, measure } from './ingest.ts';
import { type Kind, requests } from './messages.ts';
import { cores, pin, processorOfAll, type Running, start, startBot } from './processes.ts';
import type { BenchWorld } from './world.ts';

const kinds: readonly Kind[] = ['fifty', 'different'];
const names: Partial<Record<Kind, string>> = { fifty: 'fifty alarms', different: 'all different' };

/** Rates of one round: `floor`, and of each kind one responder and two. */
type Rates = Record<string, number>;

export async function postgres(world: BenchWorld, { rounds, messages }: IngestOptions): Promise<Figure[]> {
  const server = await startPostgres();
  pin(server.pid, cores.load);
  const halves = kinds.map((kind) => {
    // Each of two takes as many as the one: both compile their code.
    const all = requests(world.signer, { kind, count: 2 * messages });
    const [even, odd] = [0, 1].map((rest) => all.filter((_, index) => index % 2 === rest)) as [Buffer[], Buffer[]];
    return { kind, pool: all.slice(0, messages), even, odd };
  });
  const measured: Rates[] = [];
  for (let round = 0; round < rounds; round++) {
    const rates: Rates = { floor: await floorRate(world, server, halves[0]?.pool ?? []) };
    for (const { kind, pool, even, odd } of halves) {
      rates[`one ${kind}`] = await rateOfBots(world, server, [pool]);
      rates[`two ${kind}`] = await rateOfBots(world, server, [even, odd]);
    }
    measured.push(rates);
  }
  const figures = [...figuresOf(measured), ...(await serverAlone(world, server, halves))];
  await server.stop();
  return figures;
}

/** With the server alone on its core, and all others on the other: what of a signal's time is the database's. */
async function serverAlone(world: BenchWorld, server: Server, halves: readonly { kind: Kind; pool: readonly Buffer[] }[]): Promise<Figure[]> {
  pin(process.pid, cores.measured);
  const figures: Figure[] = [];
  const add = async (what: string, pool: readonly Buffer[], rateOf: () => Promise<number>): Promise<void> => {
    const before = processorOfAll(server.pid);
    figures.push({ what: `postgres alone on its core: ${what}`, value: await rateOf(), unit: '/s' });
    const cost = ((processorOfAll(server.pid) - before) * 1_000) / pool.length;
    figures.push({ what: `postgres alone on its core: ${what}, the server’s time of one`, value: cost, unit: 'µs' });
  };
  const [first] = halves;
  if (first) await add('floor', first.pool, () => floorRate(world, server, first.pool));
  for (const { kind, pool } of halves) await add(names[kind] ?? kind, pool, () => rateOfBots(world, server, [pool]));
  pin(process.pid, cores.load);
  return figures;
}

async function floorRate(world: BenchWorld, { url }: Server, pool: readonly Buffer[]): Promise<number> {
  const certificate = Buffer.from(world.signer.certificate).toString('base64');
  const floor = await start({ file: 'floor.ts', args: ['postgres', await newDatabase(url), certificate] });
  const { rate } = await measure(floor, pool);
  await floor.stop();
  return rate;
}

/** As many responders on one new database as there are pools, each with connections of its own. */
async function rateOfBots(world: BenchWorld, { url }: Server, pools: readonly (readonly Buffer[])[]): Promise<number> {
  world.forget();
  const databaseUrl = await newDatabase(url);
  const bots: Running[] = [];
  for (const _pool of pools) bots.push(await startBot({ sandboxUrl: world.url, dataDir: newFolder(), databaseUrl }));
  const rates = await Promise.all(pools.map((pool, index) => measure(bots[index] as Running, pool)));
  await Promise.all(bots.map((bot) => bot.stop()));
  return rates.reduce((sum, { rate }) => sum + rate, 0);
}

function figuresOf(measured: readonly Rates[]): Figure[] {
  const of = (what: string): number => median(measured.map((rates) => rates[what] ?? Number.NaN));
  const over = (what: string, other: string): number => median(measured.map((rates) => (rates[what] ?? Number.NaN) / (rates[other] ?? Number.NaN)));
  return [
    { what: 'postgres: floor, one insert per turn', value: of('floor'), unit: '/s' },
    ...kinds.flatMap((kind) => [
      { what: `postgres: ${names[kind]}`, value: of(`one ${kind}`), unit: '/s' },
      { what: `postgres: ${names[kind]}, of the floor`, value: over(`one ${kind}`, 'floor'), unit: '×', least: 0.4 },
      { what: `postgres: ${names[kind]}, two responders of one`, value: over(`two ${kind}`, `one ${kind}`), unit: '×', least: 0.95 },
    ]),
  ];
}
