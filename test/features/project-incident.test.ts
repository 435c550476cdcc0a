/** The projector against the emulated Web API, with faults: exactly one card, whatever Slack does. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LogLevel, WebClient } from '@slack/web-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { openStore } from '../../src/db/store.ts';
import { AppError } from '../../src/domain/error.ts';
import type { Chat, Clock } from '../../src/domain/ports.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import type { Store } from '../../src/domain/store.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import { responses } from '../../src/features/responses.ts';
import { runProjector } from '../../src/features/run-projector.ts';
import type { ProjectionPorts } from '../../src/features/show-picture.ts';
import { drawCard } from '../../src/slack/card.ts';
import { chatOf } from '../../src/slack/chat.ts';
import { drawReply, saidAgain } from '../../src/slack/reply.ts';
import { drawStorm, drawStormRing } from '../../src/slack/storm-card.ts';
import { withoutBlocks } from '../../src/slack/text.ts';
import { newFolder } from '../support/folders.ts';
import { openWay, quietLog, settings, silentMetrics } from '../support/ports.ts';
import { alarmText, channel, Sandbox, topic } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.startProcesses({}, '--no-bot');
});
afterAll(() => sandbox.stop());
beforeEach(() => sandbox.call('DELETE', '/api/faults'));

interface Stage {
  readonly database: Database;
  readonly store: Store;
  readonly wake: () => void;
  readonly stop: () => Promise<void>;
}

const speed = 60;

/** A minute of it is a second of ours, so that what settles later does so in the right order. */
function fastClock(): Clock {
  const start = Date.now();
  return {
    now: () => start + (Date.now() - start) * speed,
    wait: async (ms, wake) => {
      await sleep(ms / speed, undefined, wake ? { signal: wake } : {}).catch(() => undefined);
    },
  };
}

interface Change {
  readonly chat?: (chat: Chat) => Chat;
  readonly store?: (store: Store) => Store;
}

async function oneIncident(name: string, change: Change = {}): Promise<Stage> {
  const database = await openDatabase(`file:${join(newFolder(), 'db')}`);
  const real = await openStore(database, 'test');
  const store = change.store?.(real) ?? real;
  const client = new WebClient('xoxb-sandbox', {
    slackApiUrl: `${sandbox.url}/slack/api/`,
    retryConfig: { retries: 0 },
    timeout: 1_000,
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
  });
  const options = {
    responses,
    accounts: new Map<string, string>(),
    responders: [],
    remediatorsExist: true,
    reach: settings,
    permalink: (ts: string) => ts,
  };
  const clock = fastClock();
  const ports: ProjectionPorts = {
    clock,
    log: quietLog,
    store,
    chat: change.chat?.(chatOf(client, channel)) ?? chatOf(client, channel),
    draw: {
      card: ({ incident, cards }) => drawCard(incident, options, cards),
      storm: (picture) => drawStorm(picture, options),
      stormRing: (storm) => drawStormRing(storm, []),
      reply: (incident, told) => drawReply(incident, told, { responders: [], labels: new Map() }),
      plain: withoutBlocks,
      again: saidAgain,
    },
  };
  const message = {
    topicArn: topic,
    messageId: name,
    subject: undefined,
    publishedAt: Date.now(),
    message: JSON.stringify(alarmText(name, 'ALARM', Date.now())),
  };
  await receiveSignals({ ...ports, metrics: silentMetrics, rightOfWay: openWay, settings, wake: () => undefined } as never, [
    { message, signals: understand(message) },
  ]);
  const projector = runProjector({ ...ports, rightOfWay: openWay, metrics: silentMetrics }, () => undefined);
  return {
    database,
    store: real,
    wake: projector.wake,
    stop: async () => {
      await projector.stop();
      await database.close();
    },
  };
}

async function cardsNamed(name: string): Promise<number> {
  return (await sandbox.cards()).filter((card) => JSON.stringify([card.text, card.blocks]).includes(name)).length;
}

/** Waits until the store says that nothing is due any more. */
async function delivered({ store }: Stage): Promise<void> {
  const end = Date.now() + 30_000;
  while (Date.now() < end) {
    const { oldestUndeliveredAt } = await store.delivery();
    if (oldestUndeliveredAt === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('not delivered');
}

const faults = [
  { mode: '429', times: 2, retryAfter: 7 },
  { mode: '500', times: 2 },
  { mode: 'error', times: 1, error: 'fatal_error' },
  { mode: 'error', times: 1, error: 'invalid_blocks' },
  { mode: 'timeout-before', times: 1 },
  { mode: 'timeout-after', times: 1 },
  { mode: 'late', times: 1, ms: 100 },
  { mode: 'reset-before', times: 2 },
  { mode: 'reset-after', times: 2 },
];

describe('a card', () => {
  it.each(faults)('is there exactly once after $mode of chat.postMessage ($error)', async (fault) => {
    const name = `post-${fault.mode}-${fault.error}`;
    await sandbox.faults({ slack: [{ method: 'chat.postMessage', ...fault }] });
    const stage = await oneIncident(name);
    // A late call is only processed after the client gave up: nothing may be looked up or posted before it.
    await delivered(stage);
    expect(await cardsNamed(name)).toBe(1);
    await stage.stop();
  });

  it('is posted twice when the look-up is switched off: the tests above can fail', async () => {
    await sandbox.faults({ slack: [{ method: 'chat.postMessage', mode: 'reset-after', times: 1 }] });
    const stage = await oneIncident('blind', { chat: (chat) => ({ ...chat, find: async () => undefined }) });
    await delivered(stage);
    expect(await cardsNamed('blind')).toBe(2);
    await stage.stop();
  });

  it('is not posted again while the look-up itself fails', async () => {
    await sandbox.faults({
      slack: [
        { method: 'chat.postMessage', mode: 'reset-after', times: 1 },
        { method: 'conversations.history', mode: '500', times: 3 },
      ],
    });
    const stage = await oneIncident('look-up-fails');
    await delivered(stage);
    expect(await cardsNamed('look-up-fails')).toBe(1);
    await stage.stop();
  });

  it('is there once when the database fails right after Slack took it', async () => {
    let failures = 1;
    const failing = (store: Store): Store => ({
      ...store,
      saveShown: async (claimed, shown) => {
        if (shown.ts !== undefined && failures-- > 0) throw new AppError('unavailable', 'the database went away');
        return store.saveShown(claimed, shown);
      },
    });
    const stage = await oneIncident('database-fails', { store: failing });
    await delivered(stage);
    expect(failures).toBeLessThan(0);
    expect(await cardsNamed('database-fails')).toBe(1);
    await stage.stop();
  });

  it('shows the newest state also when an older edit lands late', async () => {
    const stage = await oneIncident('late-edit');
    await delivered(stage);
    await sandbox.faults({ slack: [{ method: 'chat.update', mode: 'late', times: 1, ms: 150 }] });
    const own = (owner: string) =>
      stage.store.transact(async (tx) => {
        const incident = await tx.incident(1);
        if (incident === undefined) throw new Error('no incident');
        const by = { id: 'U1', name: owner };
        await tx.save([{ incident: { ...incident, status: 'acknowledged', owner: by, acknowledged: { by, at: 0 } }, due: { person: 'U1' } }], 0);
      });
    await own('first');
    stage.wake();
    await sleep(500);
    await own('second');
    await delivered(stage);
    const [card] = (await sandbox.cards()).filter((one) => JSON.stringify(one.blocks).includes('late-edit'));
    expect(JSON.stringify(card?.blocks)).toContain('second is on it');
    expect((await sandbox.requests()).filter(({ method, ok }) => method === 'chat.update' && ok).length).toBeGreaterThanOrEqual(3);
    await stage.stop();
  });

  it('gets its buttons back once its content is one that Slack takes', async () => {
    await sandbox.faults({ slack: [{ method: 'chat.postMessage', mode: 'error', error: 'invalid_blocks', times: 1 }] });
    const stage = await oneIncident('refused-once');
    await delivered(stage);
    const plain = (await sandbox.cards()).find((one) => one.text.includes('refused-once'));
    expect(plain?.blocks).toEqual([]);
    expect(plain?.text).toContain('Rule: Sum of Failures (CloudTrailMetrics) ≥ 5 in 5 min');
    await stage.store.transact(async (tx) => {
      const incident = await tx.incident(1);
      if (incident) await tx.save([{ incident: { ...incident, severity: 'HIGH' }, due: { person: 'U1' } }], 0);
    });
    await delivered(stage);
    const card = (await sandbox.cards()).find((one) => JSON.stringify([one.text, one.blocks]).includes('refused-once'));
    expect(JSON.stringify(card?.blocks)).toContain('"action_id":"acknowledge"');
    await stage.stop();
  });
});
