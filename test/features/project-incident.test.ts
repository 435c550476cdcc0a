/** The projector against the emulated Web API, with faults: exactly one card, whatever Slack does. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogLevel, WebClient } from '@slack/web-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { openStore } from '../../src/db/store.ts';
import type { Chat, Clock, Store } from '../../src/domain/ports.ts';
import { understand } from '../../src/domain/signal.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import { runProjector } from '../../src/features/run-projector.ts';
import type { ProjectionPorts } from '../../src/features/show-picture.ts';
import { drawCard } from '../../src/slack/card.ts';
import { chatOf } from '../../src/slack/chat.ts';
import { drawReply } from '../../src/slack/reply.ts';
import { quietLog, silentMetrics } from '../support/ports.ts';
import { alarmText, channel, Sandbox, topic } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start({}, '--no-bot');
});
afterAll(() => sandbox.stop());
beforeEach(() => sandbox.call('DELETE', '/api/faults'));

interface Stage {
  readonly database: Database;
  readonly store: Store;
  readonly stop: () => Promise<void>;
}

/** Runs as fast as it can: every wait moves the clock by itself. */
function hurriedClock(): Clock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    wait: async (ms, wake) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (!wake?.aborted) ahead += ms;
    },
  };
}

async function oneIncident(name: string, changeChat: (chat: Chat) => Chat = (chat) => chat): Promise<Stage> {
  const database = await openDatabase(`file:${join(mkdtempSync(join(tmpdir(), 'signin-responder-projector-')), 'db')}`);
  const store = await openStore(database, 'test');
  const client = new WebClient('xoxb-sandbox', {
    slackApiUrl: `${sandbox.url}/slack/api/`,
    retryConfig: { retries: 0 },
    timeout: 1_000,
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
  });
  const options = { accounts: new Map<string, string>(), responders: [], remediatorsExist: true };
  const clock = hurriedClock();
  const ports: ProjectionPorts = {
    clock,
    log: quietLog,
    metrics: silentMetrics,
    store,
    chat: changeChat(chatOf(client, channel, silentMetrics)),
    draw: {
      card: (incident) => drawCard(incident, options),
      reply: (incident, entry, outcome) => drawReply(incident, entry, outcome, []),
      plain: ({ text }) => ({ text, blocks: [] }),
    },
  };
  const message = {
    topicArn: topic,
    messageId: name,
    subject: undefined,
    publishedAt: Date.now(),
    message: JSON.stringify(alarmText(name, 'ALARM', Date.now())),
  };
  await receiveSignals({ ...ports, wake: () => undefined } as never, [{ message, signals: understand(message) }]);
  const projector = runProjector(ports, () => undefined);
  return {
    database,
    store,
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
  { mode: 'late', times: 1 },
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
    const stage = await oneIncident('blind', (chat) => ({ ...chat, find: async () => undefined }));
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
});
