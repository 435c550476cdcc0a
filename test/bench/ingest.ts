/** How fast signals are taken, beside floors of the same run on the same core. */
import { join } from 'node:path';
import { newFolder } from '../support/folders.ts';
import { type Figure, median } from './figures.ts';
import { post, rateBetween } from './load.ts';
import { type AlarmKind, requests, type SignInKind } from './messages.ts';
import { processorOf, type Running, start, startBot } from './processes.ts';
import type { BenchWorld } from './world.ts';

export interface IngestOptions {
  readonly rounds: number;
  /** In each round, of each kind. */
  readonly messages: number;
}

const connections = 32;
const kinds: readonly AlarmKind[] = ['one', 'fifty', 'different'];
const aims: Record<AlarmKind, number> = { one: 0.7, fifty: 0.5, different: 0.45 };
const names: Record<AlarmKind, string> = { one: 'one alarm', fifty: 'fifty alarms', different: 'all different' };
/** Of these each costs more than an alarm: so many of them are a long attack. */
const signIns: Record<SignInKind, string> = { spray: 'a spray from one address', botnet: 'one from fifty', people: 'sign-ins of people' };
const signInShare = 0.25;
/** The first of them, while code is still being compiled, do not count: of the responder's the rate rises for some 12,000. */
const warmingShare = 0.5;

type Target = 'turn' | 'message' | AlarmKind | SignInKind;

export async function ingest(world: BenchWorld, { rounds, messages }: IngestOptions): Promise<Figure[]> {
  const signInKinds = Object.keys(signIns) as SignInKind[];
  const pools = new Map<Target, Buffer[]>(kinds.map((kind) => [kind, requests(world.signer, { kind, count: messages })]));
  for (const kind of signInKinds) pools.set(kind, requests(world.signer, { kind, count: messages * signInShare }));
  const measured = new Map<Target, Measured[]>();
  for (let round = 0; round < rounds; round++) {
    for (const target of ['turn', ...kinds, 'message', ...signInKinds] as const) {
      world.forget();
      const server = await started(world, target);
      const pool = pools.get(target === 'turn' || target === 'message' ? 'different' : target) as Buffer[];
      measured.set(target, [...(measured.get(target) ?? []), await measure(server, pool)]);
      await server.stop();
    }
  }
  return figuresOf(measured);
}

function started(world: BenchWorld, target: Target): Promise<Running> {
  const dataDir = newFolder();
  if (target !== 'turn' && target !== 'message') return startBot({ sandboxUrl: world.url, dataDir });
  const certificate = Buffer.from(world.signer.certificate).toString('base64');
  return start({ file: 'floor.ts', args: [target, join(dataDir, 'floor.db'), certificate] });
}

export interface Measured {
  /** Answers a second, once warm. */
  readonly rate: number;
  /** Processor time of a message, in microseconds, with that of starting to be warm. */
  readonly cost: number;
}

/** @throws when a message was not taken */
export async function measure({ listening, pid }: Pick<Running, 'listening' | 'pid'>, pool: readonly Buffer[]): Promise<Measured> {
  const before = processorOf(pid) ?? Number.NaN;
  const { statuses, times } = await post({ url: listening.url, requests: pool, connections });
  const cost = (((processorOf(pid) ?? Number.NaN) - before) * 1_000) / pool.length;
  if (statuses['200'] !== pool.length) throw new Error(`Not all were taken: ${JSON.stringify(statuses)}`);
  return { rate: rateBetween(times, Math.floor(pool.length * warmingShare), pool.length), cost };
}

function figuresOf(measured: ReadonlyMap<Target, readonly Measured[]>): Figure[] {
  const of = (target: Target): readonly Measured[] => measured.get(target) ?? [];
  const over = (target: Target, floor: Target): number => median(of(target).map(({ rate }, round) => rate / (of(floor)[round]?.rate ?? Number.NaN)));
  const own = (target: Target, what: string): Figure[] => [
    { what: `ingest: ${what}`, value: median(of(target).map(({ rate }) => rate)), unit: '/s' },
    { what: `ingest: ${what}, processor time of one`, value: median(of(target).map(({ cost }) => cost)), unit: 'µs' },
  ];
  return [
    ...own('turn', 'floor, one commit per turn'),
    ...own('message', 'floor, one commit per message'),
    ...kinds.flatMap((kind) => [
      ...own(kind, names[kind]),
      { what: `ingest: ${names[kind]}, of the floor per turn`, value: over(kind, 'turn'), unit: '×', least: aims[kind] },
      { what: `ingest: ${names[kind]}, of the floor per message`, value: over(kind, 'message'), unit: '×', least: 1.3 },
    ]),
    ...Object.entries(signIns).flatMap(([kind, name]) => own(kind as SignInKind, name)),
  ];
}
