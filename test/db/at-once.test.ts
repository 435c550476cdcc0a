/** A card that is claimed, and its post written down, by the transaction that opens its incident, on both engines. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openStore } from '../../src/db/store.ts';
import type { FirstCards } from '../../src/domain/incident/first-cards.ts';
import { nextStep, settleMs } from '../../src/domain/incident/picture.ts';
import type { Chat, Draw, Ports } from '../../src/domain/ports.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import type { ClaimedIncident, Store } from '../../src/domain/store.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import { runProjector } from '../../src/features/run-projector.ts';
import { openWay, quietLog, settings, silentMetrics } from '../support/ports.ts';
import { consoleLogin } from '../support/records.ts';
import { topic } from '../support/sandbox.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

const channel = 'C01INCIDENT';
const now = Date.parse('2026-11-22T03:00:00Z');
const clock = { now: () => now, wait: async (): Promise<void> => undefined };

/** Root of an account signs in: a card that no log is read for. */
function rootSignIn(account: string) {
  const identity = { type: 'Root', arn: `arn:aws:iam::${account}:root`, accountId: account, principalId: account };
  const time = new Date(now).toISOString();
  const detail = consoleLogin(identity, 'Success', 'No', { eventTime: time, recipientAccountId: account, eventID: `root-${account}` });
  const event = { 'detail-type': 'AWS Console Sign In via CloudTrail', source: 'aws.signin', account, region: 'us-east-1', time, detail };
  const message = { topicArn: topic, messageId: `m-${account}`, subject: undefined, publishedAt: now, message: JSON.stringify(event) };
  return { message, signals: understand(message) };
}

describe.each(engines)('a card claimed at once on %s', (engine) => {
  let database: FreshDatabase;
  let store: Store;
  let claimed: ClaimedIncident[];
  const firstCards: FirstCards = { atOnce: () => ({ channel, first: undefined }), show: (one) => claimed.push(one) };
  const receive = (accounts: readonly string[], more: object = { firstCards }): Promise<void> => {
    const ports = { store, clock, log: quietLog, metrics: silentMetrics, rightOfWay: openWay, settings, wake: () => undefined, ...more };
    return receiveSignals(ports as unknown as Ports, accounts.map(rootSignIn));
  };

  beforeEach(async () => {
    database = await freshDatabase(engine, inject('postgresUrl'));
    store = await openStore(database, 'me');
    claimed = [];
  });
  afterEach(() => database.close());

  it('is leased, and its post is written down', async () => {
    await receive(['111122223333']);
    expect(claimed).toMatchObject([{ name: 'SIN-1', shown: [], begun: { at: now } }]);
    expect(await store.claim(now, [])).toBeUndefined();
    const pictures = await database.db.selectFrom('pictures').select(['name', 'attempt_at', 'ts']).execute();
    expect(pictures).toEqual([{ name: 'card', attempt_at: now, ts: null }]);
  });

  it('is as the projector would have claimed it', async () => {
    await receive(['111122223333']);
    const [{ begun: _begun, lease: _lease, shown: _shown, ...atOnce } = {} as ClaimedIncident] = claimed;
    await database.db.updateTable('incidents').set({ lease_until: 0 }).execute();
    expect(await store.claim(now, [])).toMatchObject(atOnce);
  });

  it('is looked for by whoever comes after a process that died before it was posted', async () => {
    await receive(['111122223333']);
    await database.db.updateTable('incidents').set({ lease_until: 0 }).execute();
    const [card] = (await (await openStore(database, 'next')).claim(now, []))?.shown ?? [];
    expect(nextStep(card, 'digest', now)).toMatchObject({ do: 'wait' });
    expect(nextStep(card, 'digest', now + 2 * settleMs)).toEqual({ do: 'look-up', since: now });
  });

  it('leaves no other one waiting behind it, and is one of two at the most', async () => {
    await receive(['111122223333'], {});
    await receive(['444455556666']);
    expect(claimed).toEqual([]);
    expect([(await store.claim(now, []))?.id, (await store.claim(now, []))?.id]).toEqual([1, 2]);
    await receive(['777788889999', '888899990000']);
    expect(claimed).toEqual([]);
  });

  it('waits where Slack takes no more', async () => {
    while ((await store.take({ budget: 'post', channel, isGrave: true }, now)) === undefined);
    await receive(['111122223333']);
    expect(claimed).toEqual([]);
    expect(await store.claim(now, [])).toMatchObject({ name: 'SIN-1', shown: [] });
  });

  it('is posted without another word to the database', async () => {
    const said: string[] = [];
    const told = new Proxy(store, {
      get: (target, key: keyof Store) => {
        if (/^(saveShown|take)$/.test(key)) said.push(key);
        return target[key];
      },
    });
    const chat = { channel, post: async () => `${said.push('post')}` } as unknown as Chat;
    const draw = { card: () => ({ text: 'card', blocks: [] }), reply: () => ({ text: 'reply', blocks: [] }) } as unknown as Draw;
    const waits = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
    const ports = { store: told, chat, draw, clock: { ...clock, wait: waits }, log: quietLog, metrics: silentMetrics, rightOfWay: openWay };
    const projector = runProjector(ports, () => undefined);
    await expect.poll(() => projector.atOnce()).toEqual({ channel, first: undefined });
    await receive(['111122223333'], { firstCards: projector });
    await expect.poll(async () => store.card(1)).toBe('1');
    expect(said.slice(0, 2)).toEqual(['post', 'saveShown']);
    await projector.stop();
  });
});
