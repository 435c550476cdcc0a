/** The projector on a database and a Slack that keeps what it was sent, on a virtual clock: more new incidents than get a card each at once. */
import { openStore } from '../../src/db/store.ts';
import type { Chat, Draw, Message, Ports } from '../../src/domain/ports.ts';
import { labelsOf } from '../../src/domain/response/response.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import type { Store } from '../../src/domain/store.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import { responses } from '../../src/features/responses.ts';
import { runProjector } from '../../src/features/run-projector.ts';
import type { Running } from '../../src/features/work-loop.ts';
import { drawCard } from '../../src/slack/card.ts';
import { drawReply, saidAgain } from '../../src/slack/reply.ts';
import { drawStorm, drawStormRing } from '../../src/slack/storm-card.ts';
import { withoutBlocks } from '../../src/slack/text.ts';
import { openWay, quietLog, settings, silentMetrics } from './ports.ts';
import { consoleLogin } from './records.ts';
import { alarmText, topic } from './sandbox.ts';
import type { FreshDatabase } from './stores.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

/** The projector's and the storm's. */
const loops = 2;

interface Posted {
  readonly ts: string;
  readonly key: string;
  message: Message;
}

export interface Storming {
  readonly store: Store;
  readonly clock: VirtualClock;
  readonly ports: Ports;
  /** What Slack has. */
  readonly posted: readonly Posted[];
  readonly cards: () => Posted[];
  /** What the storm's card says now. */
  readonly said: () => string;
  /** How Slack takes things; a test may put something else in place of it. */
  readonly chat: { -readonly [Key in keyof Chat]: Chat[Key] };
  readonly pass: (ms: number) => Promise<void>;
  readonly receive: (...texts: readonly object[]) => Promise<void>;
  /** An alarm of its own. */
  readonly alarm: () => object;
  /** A sign-in of root, in an account of its own. */
  readonly root: () => object;
  readonly stop: () => Promise<void>;
}

function chatInto(posted: Posted[]): Chat {
  return {
    channel: 'C1',
    post: async (message, { key }) => {
      const ts = `${posted.length + 1}.0`;
      posted.push({ ts, key, message });
      return ts;
    },
    edit: async (ts, message) => {
      for (const one of posted) if (one.ts === ts) one.message = message;
    },
    find: async (key) => posted.find((one) => one.key === key)?.ts,
    exists: async (ts) => posted.some((one) => one.ts === ts),
  };
}

const options = {
  responses,
  accounts: new Map<string, string>(),
  responders: ['S1'],
  remediatorsExist: true,
  reach: settings,
  permalink: (ts: string) => `https://slack.example/${ts}`,
};
const draw: Draw = {
  card: ({ incident, cards, isToldByStorm }) => drawCard(incident, isToldByStorm ? { ...options, responders: [] } : options, cards),
  reply: (incident, told) => drawReply(incident, told, { responders: ['S1'], labels: labelsOf(responses) }),
  storm: (picture) => drawStorm(picture, options),
  stormRing: (storm) => drawStormRing(storm, ['S1']),
  plain: withoutBlocks,
  again: saidAgain,
};

/** The same store, which tells how many things somebody works on. */
function watched(real: Store): { store: Store; underWay: () => number } {
  let underWay = 0;
  const begun = <T>(claimed: T): T => {
    if (claimed !== undefined) underWay++;
    return claimed;
  };
  const store: Store = {
    ...real,
    claim: async (...given) => begun(await real.claim(...given)),
    claimStorm: async (now) => begun(await real.claimStorm(now)),
    release: async (...given) => {
      await real.release(...given);
      underWay--;
    },
    releaseStorm: async (...given) => {
      await real.releaseStorm(...given);
      underWay--;
    },
  };
  return { store, underWay: () => underWay };
}

export async function storming(database: FreshDatabase): Promise<Storming> {
  const store = await openStore(database, 'me');
  const clock = virtualClock(Date.parse('2026-11-22T03:00:00Z'));
  const posted: Posted[] = [];
  const chat = chatInto(posted);
  const seen = watched(store);
  let serial = 0;
  const quiet = { log: quietLog, metrics: silentMetrics, rightOfWay: openWay };
  const projector: Running = runProjector({ store: seen.store, clock, ...quiet, chat, draw }, () => undefined);
  const standing = () => ({ isOneOfUs: true, roles: ['responder'], unread: {}, remediatorsExist: true });
  const people = { standing };
  const ports = { store, clock, ...quiet, settings, people, wake: () => projector.wake(), permalink: options.permalink } as unknown as Ports;
  return {
    store,
    clock,
    ports,
    posted,
    chat,
    cards: () => posted.filter(({ key }) => /^SIN-\d+\/card$/.test(key)),
    said: () => JSON.stringify(posted.find(({ key }) => /^STORM-\d+\/card$/.test(key))?.message ?? {}),
    pass: (ms) => clock.pass(ms, (waiting) => seen.underWay() === 0 && waiting >= loops),
    receive: async (...texts) => {
      const arrivals = texts.map((text) => {
        const messageId = `m${++serial}`;
        const message = { topicArn: topic, messageId, subject: undefined, publishedAt: clock.now(), message: JSON.stringify(text) };
        return { message, signals: understand(message) };
      });
      await receiveSignals(ports, arrivals);
    },
    alarm: () => alarmText(`Alarm-${++serial}`, 'ALARM', clock.now()),
    root: () => rootSignIn(String(100_000_000_000 + ++serial), clock.now()),
    stop: async () => {
      const stopped = projector.stop();
      await clock.pass(10_000, () => true);
      await stopped;
    },
  };
}

function rootSignIn(account: string, at: number): object {
  const identity = { type: 'Root', accountId: account, arn: `arn:aws:iam::${account}:root` };
  const detail = consoleLogin(identity, 'Success', 'No', { recipientAccountId: account, eventTime: new Date(at).toISOString() });
  return { 'detail-type': 'AWS Console Sign In via CloudTrail', source: 'aws.signin', account, region: 'us-east-1', detail };
}
