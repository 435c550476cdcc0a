/** Many new incidents at once: what is grave is shown at once, the rest in one card, within Slack's pace, and nothing is lost. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/db/store.ts';
import { AppError } from '../../src/domain/error.ts';
import type { Incident } from '../../src/domain/incident/incident.ts';
import type { Chat, Draw, Message, Ports } from '../../src/domain/ports.ts';
import { labelsOf } from '../../src/domain/response/response.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import type { Store } from '../../src/domain/store.ts';
import type { ClaimedStorm } from '../../src/domain/storm/storm-store.ts';
import { linkIncidents } from '../../src/features/link-incidents.ts';
import { postCard } from '../../src/features/post-card.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import { recordStep } from '../../src/features/responses/record-step.ts';
import { responses } from '../../src/features/responses.ts';
import { ring } from '../../src/features/ring.ts';
import { runProjector } from '../../src/features/run-projector.ts';
import { transition } from '../../src/features/transition.ts';
import type { Running } from '../../src/features/work-loop.ts';
import { drawCard } from '../../src/slack/card.ts';
import { drawReply, saidAgain } from '../../src/slack/reply.ts';
import { drawStorm, drawStormRing } from '../../src/slack/storm-card.ts';
import { withoutBlocks } from '../../src/slack/text.ts';
import { openWay, quietLog, settings, silentMetrics } from '../support/ports.ts';
import { consoleLogin } from '../support/records.ts';
import { alarmText, topic } from '../support/sandbox.ts';
import { type FreshDatabase, freshDatabase } from '../support/stores.ts';
import { type VirtualClock, virtualClock } from '../support/virtual-clock.ts';

const start = Date.parse('2026-11-22T03:00:00Z');
/** The projector's and the storm's. */
const loops = 2;
const responder = { id: 'U1', name: 'dana', home: { team: undefined, organisation: undefined } };

interface Posted {
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

let database: FreshDatabase;
let store: Store;
let clock: VirtualClock;
let ports: Ports;
let projector: Running;
let posted: Posted[];
let edits: number[];
/** What Slack does in place of an answer to the next posts of storm cards, once it has taken them. */
let faults: (() => void)[];
let isBlind = false;
/** Until when Slack takes nothing. */
let closedUntil: number;
/** What was counted of storms. */
let counted: string[];
/** How many things somebody works on. */
let underWay = 0;

const chat: Chat = {
  channel: 'C1',
  post: async (message, { key, thread, broadcast, also }) => {
    if (clock.now() < closedUntil) throw new AppError('throttled', 'Slack asks to wait.', { retryAfterMs: 20_000 });
    const one: Posted = { ts: `${posted.length + 1}.0`, at: clock.now(), key, thread, broadcast, also, first: message, message };
    posted.push(one);
    if (key.startsWith('STORM')) faults.shift()?.();
    return one.ts;
  },
  edit: async (ts, message) => {
    edits.push(clock.now());
    for (const one of posted) if (one.ts === ts) one.message = message;
  },
  find: async (key) => (isBlind ? undefined : posted.find((one) => one.key === key)?.ts),
  exists: async (ts) => posted.some((one) => one.ts === ts),
};

const options = {
  responses,
  accounts: new Map<string, string>(),
  responders: ['S1'],
  remediatorsExist: true,
  reach: settings,
  permalink: (ts: string) => ts,
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
    if (claimed !== undefined) underWay++;
    return claimed;
  };
  return {
    ...real,
    claim: async (now, heldBack, first) => counted(await real.claim(now, heldBack, first)),
    claimStorm: async (now) => counted(await real.claimStorm(now)),
    release: async (claimed, next, now) => {
      await real.release(claimed, next, now);
      underWay--;
    },
    releaseStorm: async (claimed, next) => {
      await real.releaseStorm(claimed, next);
      underWay--;
    },
  };
}

const slack = { ...chat };

beforeEach(async () => {
  Object.assign(chat, slack);
  database = await freshDatabase('sqlite', '');
  store = await openStore(database, 'me');
  clock = virtualClock(start);
  posted = [];
  edits = [];
  faults = [];
  isBlind = false;
  closedUntil = 0;
  underWay = 0;
  counted = [];
  const metrics = { ...silentMetrics, count: (name: string, outcome: string) => void (name === 'storms' && counted.push(outcome)) };
  const standing = () => ({ isOneOfUs: true, roles: ['responder'], unread: {}, remediatorsExist: true });
  const quiet = { log: quietLog, metrics, rightOfWay: openWay };
  ports = { store, clock, ...quiet, settings, people: { standing }, wake: () => projector.wake() } as unknown as Ports;
  projector = runProjector({ store: watched(store), clock, ...quiet, chat, draw }, () => undefined);
});
afterEach(async () => {
  const stopped = projector.stop();
  await clock.pass(10_000, () => true);
  await stopped;
  await database.close();
});

const pass = (ms: number) => clock.pass(ms, (waiting) => underWay === 0 && waiting >= loops);
const step = (what: string) => transition(ports, responder, { response: recordStep, incident: 1, answers: { what, on: '' } });

async function receive(...texts: readonly object[]): Promise<void> {
  const arrivals = texts.map((text) => {
    const message = { topicArn: topic, messageId: `m${++serial}`, subject: undefined, publishedAt: clock.now(), message: JSON.stringify(text) };
    return { message, signals: understand(message) };
  });
  await receiveSignals(ports, arrivals);
}
let serial = 0;

/** An alarm of its own. */
const alarm = () => alarmText(`Alarm-${++serial}`, 'ALARM', clock.now());

/** A sign-in of root, in an account of its own. */
function root(): object {
  const account = String(100_000_000_000 + ++serial);
  const detail = consoleLogin({ type: 'Root', accountId: account, arn: `arn:aws:iam::${account}:root` }, 'Success', 'No', {
    recipientAccountId: account,
    eventTime: new Date(clock.now()).toISOString(),
  });
  return { 'detail-type': 'AWS Console Sign In via CloudTrail', source: 'aws.signin', account, region: 'us-east-1', detail };
}

const many = (count: number, one: () => object): object[] => Array.from({ length: count }, one);
const cards = (): Posted[] => posted.filter(({ key }) => /^SIN-\d+\/card$/.test(key));
const storms = (): Posted[] => posted.filter(({ key }) => /^STORM-\d+\/card$/.test(key));
const said = (one: Posted | undefined): string => JSON.stringify(one?.message ?? {});
const rings = ({ first }: Posted): boolean => JSON.stringify(first).includes('"usergroup_id":"S1"');
const withoutCard = (): Promise<number> => store.countFolded();

/** How many that are not grave its card tells by severity. */
async function ordinaryIn(): Promise<number> {
  const { id, body } = await database.db.selectFrom('storms').select(['id', 'body']).executeTakeFirstOrThrow();
  const { severities } = await store.stormPicture({ ...JSON.parse(body), id });
  return severities.LOW + severities.MEDIUM;
}

/** How many incidents the storm's own counts hold. */
async function countedIn(): Promise<number> {
  const { body } = await database.db.selectFrom('storms').select('body').executeTakeFirstOrThrow();
  const { kinds } = JSON.parse(body) as { kinds: Record<string, number> };
  return Object.values(kinds).reduce((sum, count) => sum + count, 0);
}

describe('a storm', () => {
  it('shows what is grave at once and the rest in one card, within the pace, while somebody records four steps a second', async () => {
    await receive(alarm());
    await pass(2_000);
    const times: number[] = [];
    for (let tick = 0; tick < 120; tick++) {
      await receive(alarm(), alarm());
      if (tick % 40 === 20) {
        times.push(clock.now());
        await receive(root());
      }
      for (let count = 0; count < 2; count++) await step(`step ${tick}-${count}.`);
      await pass(500);
    }
    const end = clock.now();
    const roots = cards().filter(({ message }) => /root/i.test(message.text));
    expect(roots).toHaveLength(3);
    for (const [index, one] of roots.entries()) expect(one.at - (times[index] ?? 0)).toBeLessThanOrEqual(5_000);
    const calls = [...posted.map(({ at }) => at), ...edits].filter((at) => at >= end - 60_000);
    expect(calls.length).toBeLessThanOrEqual(60);
    expect(storms()).toHaveLength(1);
    await pass(14_000);
    const [, all, medium] = /(\d+) new incidents in \d+ s: 3 HIGH, (\d+) MEDIUM/.exec(said(storms()[0]) ?? '') ?? [];
    expect(Number(all)).toBe(Number(medium) + 3);
    // As many as Slack takes at once have their cards before there is a storm.
    expect(Number(all)).toBeGreaterThanOrEqual(240);
    expect(new Set(cards().map(({ key }) => key)).size).toBe(cards().length);
    expect(cards().length + (await withoutCard())).toBe(244);
    // Each step is told once, several in one reply.
    await pass(60_000);
    const replies = posted.filter(({ key }) => /^SIN-1\/\d+$/.test(key));
    const told = replies.flatMap(({ key, also }) => [Number(key.slice('SIN-1/'.length)), ...also.map(({ seq }) => seq)]);
    expect(told.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 240 }, (_, index) => index + 2));
    expect(replies.length).toBeLessThan(60);
  }, 120_000);

  it('ends when each has a card of its own, which it gets when there is room, and says so', async () => {
    await receive(...many(14, alarm));
    await pass(10_000);
    expect(await withoutCard()).toBeGreaterThan(8);
    expect(cards().length + (await withoutCard())).toBe(14);
    await pass(120_000);
    expect(await withoutCard()).toBe(0);
    expect(new Set(cards().map(({ key }) => key)).size).toBe(14);
    expect(cards()).toHaveLength(14);
    expect(storms()).toHaveLength(1);
    expect(said(storms()[0])).toContain('STORM, OVER');
    expect(counted).toEqual(['posted', 'over']);
    await receive(alarm());
    await pass(5_000);
    expect(cards()).toHaveLength(15);
  }, 60_000);

  it('takes in what opens while it lasts with the commit that opens it, and counts it once', async () => {
    await receive(...many(14, alarm));
    await pass(4_000);
    const before = { waiting: await withoutCard(), counted: await countedIn() };
    await receive(...many(5, alarm), root());
    expect(await withoutCard()).toBe(before.waiting + 5);
    // What the card says by severity is what it says by kind.
    expect(await ordinaryIn()).toBe(before.counted + 5);
    expect(await countedIn()).toBe(before.counted + 5);
    // Whoever shows it meanwhile knows it as it was, and writes back what came since.
    const shown = (await store.claimStorm(clock.now() + 6_000)) as ClaimedStorm;
    await receive(...many(2, alarm));
    expect(await store.makeRoom(shown, 0, clock.now())).toBe(true);
    await store.releaseStorm(shown, { at: clock.now(), isShown: true });
    expect(await countedIn()).toBe(before.counted + 7);
    await pass(6_000);
    expect(await ordinaryIn()).toBe(before.counted + 7);
    expect(await countedIn()).toBe(before.counted + 7);
    expect(await withoutCard()).toBe(before.waiting + 7);
    await pass(140_000);
    expect(await withoutCard()).toBe(0);
    expect(said(storms()[0])).toContain('STORM, OVER');
    expect(new Set(cards().map(({ key }) => key)).size).toBe(22);
    expect(await countedIn()).toBe(before.counted + 7);
  }, 60_000);

  it('lets nineteen grave ones have cards of their own, holds the rest, and rings once for these; whoever opens one gets its card', async () => {
    await receive(...many(30, root), ...many(9, alarm));
    await pass(12_000);
    const { incidents } = await store.folded({ count: 100 });
    const held = incidents.filter(({ severity }) => severity === 'HIGH').map(({ id }) => `SIN-${id}/card`);
    expect(incidents.slice(0, held.length).every(({ severity }) => severity === 'HIGH')).toBe(true);
    const listed: number[] = [];
    for (let part = await store.folded({ count: 4 }); ; ) {
      listed.push(...part.incidents.map(({ id }) => id));
      if (part.on === undefined) break;
      const on = await store.folded({ count: 4, turn: { to: 'on', place: part.on } });
      expect((await store.folded({ count: 4, turn: { to: 'back', place: on.back ?? part.on } })).incidents).toEqual(part.incidents);
      part = on;
    }
    expect(listed).toEqual(incidents.map(({ id }) => id));
    const last = incidents[held.length - 1];
    if (last === undefined) throw new Error('nothing grave waits');
    expect(await postCard(ports, responder, last.id)).toMatchObject({ ok: true });
    await pass(30_000);
    expect(storms().filter(rings)).toHaveLength(1);
    expect(posted.filter(({ key }) => key.endsWith('/ring'))).toHaveLength(0);
    // Whose card somebody opens before that of the storm is in Slack rings by it.
    expect(cards().filter(rings)).toHaveLength(30 - held.length + 1);
    expect(cards().map(({ key }) => key)).toContain(`SIN-${last.id}/card`);
    expect(cards().flatMap((one) => (held.includes(one.key) && rings(one) ? one.key : []))).toEqual([`SIN-${last.id}/card`]);
  }, 60_000);

  it('rings by a reply to the channel, once, when it comes to hold something grave later', async () => {
    await receive(...many(14, alarm));
    await pass(4_000);
    expect(storms().filter(rings)).toHaveLength(0);
    await receive(...many(30, root));
    await pass(12_000);
    await receive(...many(30, root));
    await pass(60_000);
    const loud = posted.filter(({ key }) => key.endsWith('/ring'));
    expect(loud.map((one) => [one.broadcast, rings(one), one.thread])).toEqual([[true, true, storms()[0]?.ts]]);
  }, 60_000);

  it('leaves no grave one unrung where Slack takes nothing for longer than it lasts', async () => {
    closedUntil = start + 130_000;
    await receive(...many(32, root));
    await pass(400_000);
    expect(cards()).toHaveLength(32);
    const silent = cards().filter((one) => !rings(one));
    expect(storms().some(rings) ? [] : silent.map(({ key }) => key)).toEqual([]);
  }, 60_000);

  it('posts its card once, also where Slack took it without an answer', async () => {
    faults.push(() => {
      throw new AppError('ambiguous', 'no answer');
    });
    await receive(...many(14, alarm));
    await pass(60_000);
    expect(storms()).toHaveLength(1);
    expect(said(storms()[0])).toMatch(/1[23] new incidents/);
  }, 60_000);

  it('would post it twice without the look-up: the test above can fail', async () => {
    isBlind = true;
    faults.push(() => {
      throw new AppError('ambiguous', 'no answer');
    });
    await receive(...many(14, alarm));
    await pass(60_000);
    expect(storms()).toHaveLength(2);
  }, 60_000);

  /** Finds a message by what is in it, as Slack does. */
  function findByHash(): void {
    const hashes = new Map<string, string>();
    chat.find = async (key, hash) => posted.find((one) => one.key === key && hashes.get(one.ts) === hash)?.ts;
    chat.post = async (message, options) => {
      try {
        return await slack.post(message, options);
      } finally {
        hashes.set(posted.at(-1)?.ts ?? '', options.hash);
      }
    };
    faults.push(() => {
      throw new AppError('ambiguous', 'no answer');
    });
  }

  it('is posted once, whatever comes to it between the post that had no answer and the look-up', async () => {
    await receive(...many(3, root));
    await pass(20_000);
    findByHash();
    await receive(...many(14, alarm));
    // The first of them is held by somebody, and comes to the storm late.
    const held = await store.claim(clock.now(), [], undefined);
    await pass(5_000);
    await receive(alarm());
    if (held) await store.release(held, { at: clock.now(), edited: false }, clock.now());
    await pass(60_000);
    expect(storms()).toHaveLength(1);
    // What was grave before it began is not of it.
    expect(said(storms()[0])).not.toContain('HIGH');
  }, 60_000);

  it.each([
    ['becomes CRITICAL', { severity: 'CRITICAL', rung: 'CRITICAL' }, 'now'],
    ['tells of somebody else', { told: { somebody: 'HIGH' } }, 'loud'],
  ] as const)(
    'does not keep a HIGH back that %s',
    async (_what, change, due) => {
      await receive(...many(60, root), ...many(9, alarm));
      await pass(12_000);
      const { incidents } = await store.folded({ count: 100 });
      const id = incidents.findLast(({ severity }) => severity === 'HIGH')?.id as number;
      await store.transact(async (tx) => {
        await tx.append([{ incident: id, at: clock.now(), kind: 'note', reply: 'loud', body: { what: 'severity-rose', text: 'News.' } }]);
        await tx.save([{ incident: { ...((await tx.incident(id)) as Incident), ...change }, due }], clock.now());
      });
      for (let times = 0; times < 6; times++) {
        await receive(alarm());
        await pass(10_000);
      }
      expect(posted.filter(({ key }) => key.startsWith(`SIN-${id}/`)).map(({ key }) => key)).toEqual([`SIN-${id}/card`, `SIN-${id}/2`]);
    },
    60_000,
  );

  it('keeps what its card rang for, while one attack goes on in account after account', async () => {
    const stopped = (): object => {
      const sent = root() as { account: string; detail: object };
      const call = { eventSource: 'cloudtrail.amazonaws.com', eventName: 'StopLogging', eventType: 'AwsApiCall', requestParameters: { name: 't' } };
      const detail = { ...sent.detail, ...call, sourceIPAddress: '198.51.100.7', responseElements: null, additionalEventData: undefined };
      return { ...sent, source: 'aws.cloudtrail', 'detail-type': 'AWS API Call via CloudTrail', detail };
    };
    await receive(...many(60, stopped));
    await pass(12_000);
    const before = await withoutCard();
    expect(before).toBeGreaterThan(20);
    for (const kind of ['link', 'ring'] as const)
      for (let chore = await store.claimChore(clock.now(), [kind]); chore; chore = await store.claimChore(clock.now(), [kind])) {
        await (kind === 'link' ? linkIncidents(ports, chore.incident) : ring(ports, chore.incident, 0));
        await store.endChore(chore, undefined);
      }
    await receive(alarm());
    await pass(10_000);
    expect(await withoutCard()).toBe(before + 1);
    expect(posted.filter(({ broadcast, thread }) => broadcast && thread !== undefined)).toEqual([]);
  }, 60_000);
});
