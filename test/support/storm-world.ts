/** Slack’s channel while much comes in: the real projector and intake over a virtual clock, and a Slack that a test can have fail. */
import { afterEach, beforeEach } from 'vitest';
import { openStore } from '../../src/db/store.ts';
import { AppError } from '../../src/domain/error.ts';
import type { Chat, Draw, Message, Ports } from '../../src/domain/ports.ts';
import { labelsOf } from '../../src/domain/response/response.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import type { Store } from '../../src/domain/store.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import { recordStep } from '../../src/features/responses/record-step.ts';
import { responses } from '../../src/features/responses.ts';
import { runProjector } from '../../src/features/run-projector.ts';
import { transition } from '../../src/features/transition.ts';
import type { Running } from '../../src/features/work-loop.ts';
import { drawCard } from '../../src/slack/card.ts';
import { drawReply, saidAgain } from '../../src/slack/reply.ts';
import { drawStorm, drawStormRing } from '../../src/slack/storm-card.ts';
import { withoutBlocks } from '../../src/slack/text.ts';
import { openWay, quietLog, settings, silentMetrics } from './ports.ts';
import { consoleLogin } from './records.ts';
import { alarmText, topic } from './sandbox.ts';
import { type FreshDatabase, freshDatabase } from './stores.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

export const start = Date.parse('2026-11-22T03:00:00Z');
/** The projector's and the storm's. */
const loops = 2;
export const responder = { id: 'U1', name: 'dana', home: { team: undefined, organisation: undefined } };

export interface Posted {
  readonly ts: string;
  readonly at: number;
  readonly key: string;
  readonly thread: string | undefined;
  readonly broadcast: boolean;
  readonly also: readonly { readonly seq: number }[];
  /** As it was posted: an edit rings nobody. */
  readonly first: Message;
  message: Message;
}

/** What a test of it holds and sees. */
interface StormWorld {
  database: FreshDatabase;
  store: Store;
  clock: VirtualClock;
  ports: Ports;
  projector: Running;
  posted: Posted[];
  edits: number[];
  /** What Slack does in place of an answer to the next posts of storm cards, once it has taken them. */
  faults: (() => void)[];
  isBlind: boolean;
  /** Until when Slack takes nothing. */
  closedUntil: number;
  /** What was counted of storms. */
  counted: string[];
  /** How many things somebody works on. */
  underWay: number;
}

export const world = {} as StormWorld;

/** How Slack takes things; a test may put something else in place of it. */
export const chat: { -readonly [Key in keyof Chat]: Chat[Key] } = {
  channel: 'C1',
  post: async (message, { key, thread, broadcast, also }) => {
    if (world.clock.now() < world.closedUntil) throw new AppError('throttled', 'Slack asks to wait.', { retryAfterMs: 20_000 });
    const one: Posted = { ts: `${world.posted.length + 1}.0`, at: world.clock.now(), key, thread, broadcast, also, first: message, message };
    world.posted.push(one);
    if (key.startsWith('STORM')) world.faults.shift()?.();
    return one.ts;
  },
  edit: async (ts, message) => {
    world.edits.push(world.clock.now());
    for (const one of world.posted) if (one.ts === ts) one.message = message;
  },
  find: async (key) => (world.isBlind ? undefined : world.posted.find((one) => one.key === key)?.ts),
  exists: async (ts) => world.posted.some((one) => one.ts === ts),
};

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

function watched(real: Store): Store {
  const counted = <T>(claimed: T): T => {
    if (claimed !== undefined) world.underWay++;
    return claimed;
  };
  return {
    ...real,
    claim: async (now, heldBack, first) => counted(await real.claim(now, heldBack, first)),
    claimStorm: async (now) => counted(await real.claimStorm(now)),
    release: async (claimed, next, now) => {
      await real.release(claimed, next, now);
      world.underWay--;
    },
    releaseStorm: async (claimed, next) => {
      await real.releaseStorm(claimed, next);
      world.underWay--;
    },
  };
}

export const slack = { ...chat };

/** Called by each file of tests: the world is made anew before each of them. */
export function inStorms(): void {
  beforeEach(async () => {
    Object.assign(chat, slack);
    world.database = await freshDatabase('sqlite', '');
    world.store = await openStore(world.database, 'me');
    world.clock = virtualClock(start);
    world.posted = [];
    world.edits = [];
    world.faults = [];
    world.isBlind = false;
    world.closedUntil = 0;
    world.underWay = 0;
    world.counted = [];
    const metrics = { ...silentMetrics, count: (name: string, outcome: string) => void (name === 'storms' && world.counted.push(outcome)) };
    const standing = () => ({ isOneOfUs: true, roles: ['responder'], unread: {}, remediatorsExist: true });
    const quiet = { log: quietLog, metrics, rightOfWay: openWay };
    world.ports = {
      store: world.store,
      clock: world.clock,
      ...quiet,
      settings,
      people: { standing },
      permalink: options.permalink,
      wake: () => world.projector.wake(),
    } as unknown as Ports;
    world.projector = runProjector({ store: watched(world.store), clock: world.clock, ...quiet, chat, draw }, () => undefined);
  });
  afterEach(async () => {
    const stopped = world.projector.stop();
    await world.clock.pass(10_000, () => true);
    await stopped;
    await world.database.close();
  });
}

export const pass = (ms: number) => world.clock.pass(ms, (waiting) => world.underWay === 0 && waiting >= loops);
export const step = (what: string) => transition(world.ports, responder, { response: recordStep, incident: 1, answers: { what, on: '' } });

export async function receive(...texts: readonly object[]): Promise<void> {
  const arrivals = texts.map((text) => {
    const message = { topicArn: topic, messageId: `m${++serial}`, subject: undefined, publishedAt: world.clock.now(), message: JSON.stringify(text) };
    return { message, signals: understand(message) };
  });
  await receiveSignals(world.ports, arrivals);
}
let serial = 0;

/** An alarm of its own. */
export const alarm = () => alarmText(`Alarm-${++serial}`, 'ALARM', world.clock.now());

/** A sign-in of root, in an account of its own. */
export function root(): object {
  const account = String(100_000_000_000 + ++serial);
  const detail = consoleLogin({ type: 'Root', accountId: account, arn: `arn:aws:iam::${account}:root` }, 'Success', 'No', {
    recipientAccountId: account,
    eventTime: new Date(world.clock.now()).toISOString(),
  });
  return { 'detail-type': 'AWS Console Sign In via CloudTrail', source: 'aws.signin', account, region: 'us-east-1', detail };
}

export const many = (count: number, one: () => object): object[] => Array.from({ length: count }, one);
export const cards = (): Posted[] => world.posted.filter(({ key }) => /^SIN-\d+\/card$/.test(key));
export const storms = (): Posted[] => world.posted.filter(({ key }) => /^STORM-\d+\/card$/.test(key));
export const said = (one: Posted | undefined): string => JSON.stringify(one?.message ?? {});
export const rings = ({ first }: Posted): boolean => JSON.stringify(first).includes('"usergroup_id":"S1"');
export const withoutCard = (): Promise<number> => world.store.countFolded();

/** How many that are not grave its card tells by severity. */
export async function ordinaryIn(): Promise<number> {
  const { id, body } = await world.database.db.selectFrom('storms').select(['id', 'body']).executeTakeFirstOrThrow();
  const { severities } = await world.store.stormPicture({ ...JSON.parse(body), id });
  return severities.LOW + severities.MEDIUM;
}

/** How many incidents the storm's own counts hold. */
export async function countedIn(): Promise<number> {
  const { body } = await world.database.db.selectFrom('storms').select('body').executeTakeFirstOrThrow();
  const { kinds } = JSON.parse(body) as { kinds: Record<string, number> };
  return Object.values(kinds).reduce((sum, count) => sum + count, 0);
}
