import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore } from '../../src/db/store.ts';
import type { Ports } from '../../src/domain/ports.ts';
import type { Standing } from '../../src/domain/response/who-may.ts';
import type { Store } from '../../src/domain/store.ts';
import { refusal } from '../../src/features/respond.ts';
import { quietLog, silentMetrics } from '../support/ports.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';

let database: FreshDatabase;
let store: Store;
let now = 0;
beforeEach(async () => {
  database = await freshDatabase('sqlite', '');
  store = await openStore(database, 'test');
});
afterEach(() => database.close());

it('clicks of one person that are refused are one entry a minute; of another person another one', async () => {
  const people = {
    standing: (): Standing => ({ isOneOfUs: true, roles: [], unread: { responder: undefined, remediator: undefined }, remediatorsExist: true }),
  };
  const ports = { store, people, log: quietLog, metrics: silentMetrics, clock: { now: () => now } } as unknown as Ports;
  const home = { team: undefined, organisation: undefined };
  const click = (id: string) => refusal(ports, { id, name: id, home }, 'responder', 'Acknowledge', 0);
  const entries = async (): Promise<number> => (await store.entries(0, { from: 0, count: 1 })).total;

  now = 1_000_000;
  for (let i = 0; i < 50; i++) expect(await click('U1')).toMatchObject({ ok: false });
  expect(await entries()).toBe(1);
  await click('U2');
  expect(await entries()).toBe(2);
  now += 60_000;
  for (let i = 0; i < 50; i++) await click('U1');
  expect(await entries()).toBe(3);
});
