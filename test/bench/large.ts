/** What a signal, a status, a page and a claim cost in a store that holds years beside one that holds little, in one run, on both engines. */
import { sql } from 'kysely';
import type { Engine } from '../../src/db/database.ts';
import { openStore } from '../../src/db/store.ts';
import type { Ports } from '../../src/domain/ports.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import type { Store } from '../../src/domain/store.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import { reportStatus } from '../../src/features/report-status.ts';
import { openWay, settings, silentMetrics } from '../support/ports.ts';
import { makeMigrated, startPostgres } from '../support/postgres.ts';
import { consoleLogin, iamUser } from '../support/records.ts';
import { alarmText, topic } from '../support/sandbox.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';
import { type Figure, median } from './figures.ts';
import { type Amounts, fillUp } from './filling.ts';

export interface LargeOptions {
  /** What the large one has more of. */
  readonly amounts: Amounts;
  /** What both have, by the real way: so many incidents of so many entries each. */
  readonly base: { readonly incidents: number; readonly entries: number };
  /** Of each work on each store. */
  readonly rounds: number;
}

const warming = 50;
const busyAddress = '203.0.113.77';

type Work = (store: Store, index: number) => Promise<unknown>;

interface Side {
  readonly database: FreshDatabase;
  readonly store: Store;
}

export async function large(options: LargeOptions): Promise<Figure[]> {
  const server = await startPostgres();
  await makeMigrated(server.url);
  const figures: Figure[] = [];
  for (const engine of ['sqlite', 'postgres'] as const) figures.push(...(await compared(engine, server.url, options)));
  await server.stop();
  return figures;
}

async function compared(engine: Engine, postgresUrl: string, { amounts, base, rounds }: LargeOptions): Promise<Figure[]> {
  const small = await sideOf(engine, postgresUrl, base);
  const big = await sideOf(engine, postgresUrl, base);
  await fillUp(big.database, { ...amounts, busyAddress, now: Date.now() });
  const figures: Figure[] = [];
  for (const [what, { work, most }] of Object.entries(works(base))) {
    const times: [number[], number[]] = [[], []];
    for (let index = 0; index < warming + rounds; index++) {
      for (const [side, { store }] of [small, big].entries()) {
        const begun = performance.now();
        await work(store, index);
        if (index >= warming) times[side]?.push(performance.now() - begun);
      }
    }
    const value = median(times[1]) / median(times[0]);
    figures.push({ what: `large store, ${engine}: ${what}`, value, unit: '×', most });
  }
  await Promise.all([small.database.close(), big.database.close()]);
  return figures;
}

async function sideOf(engine: Engine, postgresUrl: string, base: LargeOptions['base']): Promise<Side> {
  const database = await freshDatabase(engine, postgresUrl);
  const store = await openStore(database, 'bench');
  for (let change = 0; change < base.entries; change++)
    await receive(
      store,
      Array.from({ length: base.incidents }, (_, index) => alarmOf(index, change)),
    );
  if (engine === 'postgres') await sql`analyze`.execute(database.db);
  return { database, store };
}

const begun = Date.now() - 3_600_000;
let serial = 0;

function receive(store: Store, messages: readonly object[]): Promise<void> {
  const ports: Pick<Ports, 'clock' | 'metrics' | 'rightOfWay' | 'settings' | 'wake' | 'store'> = {
    clock: { now: () => Date.now(), wait: () => Promise.resolve() },
    metrics: silentMetrics,
    rightOfWay: openWay,
    settings,
    wake: () => undefined,
    store,
  };
  const arrivals = messages.map((message) => {
    const received = { topicArn: topic, messageId: `m${++serial}`, subject: undefined, publishedAt: Date.now(), message: JSON.stringify(message) };
    return { message: received, signals: understand(received) };
  });
  return receiveSignals(ports as Ports, arrivals);
}

function alarmOf(index: number, change: number): object {
  return alarmText(`Known-${index}`, change % 2 === 0 ? 'ALARM' : 'OK', begun + change * 10_000 + index);
}

function failedSignIn(index: number, address: string): object {
  const at = new Date(begun + index * 10).toISOString();
  const detail = consoleLogin(iamUser(`user${index}`), 'Failure', 'No', { eventTime: at, sourceIPAddress: address, eventID: `busy-${++serial}` });
  return {
    version: '0',
    id: `${serial}`,
    'detail-type': 'AWS Console Sign In via CloudTrail',
    source: 'aws.signin',
    account: '123456789012',
    time: at,
    region: 'us-east-1',
    resources: [],
    detail,
  };
}

function works(base: LargeOptions['base']): Record<string, { work: Work; most: number }> {
  return {
    'a signal of a known alarm': { work: (store, index) => receive(store, [alarmOf(index % base.incidents, base.entries + index)]), most: 1.2 },
    'a failed sign-in from a busy address': { work: (store, index) => receive(store, [failedSignIn(index, busyAddress)]), most: 1.2 },
    'the status': { work: (store) => reportStatus({ store, clock: { now: () => Date.now(), wait: () => Promise.resolve() } }), most: 1.2 },
    'a page of a timeline': { work: (store, index) => store.entries(1 + (index % base.incidents), { from: 15 * (index % 5), count: 15 }), most: 1.2 },
    'a page of events': { work: (store, index) => store.signIns(1 + (index % base.incidents), { count: 15 }), most: 1.2 },
    'a claim': { work: claimed, most: 2 },
  };
}

async function claimed(store: Store): Promise<void> {
  const one = await store.claim(Date.now(), []);
  if (one !== undefined) await store.release(one, { at: Date.now() }, Date.now());
}
