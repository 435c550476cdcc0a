/** Many new incidents at once: what is grave is shown at once, the rest in one card, within Slack's pace, and nothing is lost. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/domain/error.ts';
import type { Incident } from '../../src/domain/incident/incident.ts';
import type { ClaimedStorm } from '../../src/domain/storm/storm-store.ts';
import { linkIncidents } from '../../src/features/link-incidents.ts';
import { postCard } from '../../src/features/post-card.ts';
import { ring } from '../../src/features/ring.ts';
import {
  alarm,
  cards,
  chat,
  countedIn,
  inStorms,
  many,
  ordinaryIn,
  pass,
  receive,
  responder,
  rings,
  root,
  said,
  slack,
  start,
  step,
  storms,
  withoutCard,
  world,
} from '../support/storm-world.ts';

inStorms();

describe('a storm', () => {
  it('shows what is grave at once and the rest in one card, within the pace, while somebody records four steps a second', async () => {
    await receive(alarm());
    await pass(2_000);
    const times: number[] = [];
    for (let tick = 0; tick < 120; tick++) {
      await receive(alarm(), alarm());
      if (tick % 40 === 20) {
        times.push(world.clock.now());
        await receive(root());
      }
      for (let count = 0; count < 2; count++) await step(`step ${tick}-${count}.`);
      await pass(500);
    }
    const end = world.clock.now();
    const roots = cards().filter(({ message }) => /root/i.test(message.text));
    expect(roots).toHaveLength(3);
    for (const [index, one] of roots.entries()) expect(one.at - (times[index] ?? 0)).toBeLessThanOrEqual(5_000);
    const calls = [...world.posted.map(({ at }) => at), ...world.edits].filter((at) => at >= end - 60_000);
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
    const replies = world.posted.filter(({ key }) => /^SIN-1\/\d+$/.test(key));
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
    expect(world.counted).toEqual(['posted', 'over']);
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
    const shown = (await world.store.claimStorm(world.clock.now() + 6_000)) as ClaimedStorm;
    await receive(...many(2, alarm));
    expect(await world.store.makeRoom(shown, 0, world.clock.now())).toBe(true);
    await world.store.releaseStorm(shown, { at: world.clock.now(), isShown: true });
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
    const { incidents } = await world.store.folded({ count: 100 });
    const held = incidents.filter(({ severity }) => severity === 'HIGH').map(({ id }) => `SIN-${id}/card`);
    expect(incidents.slice(0, held.length).every(({ severity }) => severity === 'HIGH')).toBe(true);
    const listed: number[] = [];
    for (let part = await world.store.folded({ count: 4 }); ; ) {
      listed.push(...part.incidents.map(({ id }) => id));
      if (part.on === undefined) break;
      const on = await world.store.folded({ count: 4, turn: { to: 'on', place: part.on } });
      expect((await world.store.folded({ count: 4, turn: { to: 'back', place: on.back ?? part.on } })).incidents).toEqual(part.incidents);
      part = on;
    }
    expect(listed).toEqual(incidents.map(({ id }) => id));
    const last = incidents[held.length - 1];
    if (last === undefined) throw new Error('nothing grave waits');
    expect(await postCard(world.ports, responder, last.id)).toMatchObject({ ok: true });
    await pass(30_000);
    expect(storms().filter(rings)).toHaveLength(1);
    expect(world.posted.filter(({ key }) => key.endsWith('/ring'))).toHaveLength(0);
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
    const loud = world.posted.filter(({ key }) => key.endsWith('/ring'));
    expect(loud.map((one) => [one.broadcast, rings(one), one.thread])).toEqual([[true, true, storms()[0]?.ts]]);
  }, 60_000);

  it('leaves no grave one unrung where Slack takes nothing for longer than it lasts', async () => {
    world.closedUntil = start + 130_000;
    await receive(...many(32, root));
    await pass(400_000);
    expect(cards()).toHaveLength(32);
    const silent = cards().filter((one) => !rings(one));
    expect(storms().some(rings) ? [] : silent.map(({ key }) => key)).toEqual([]);
  }, 60_000);

  it('posts its card once, also where Slack took it without an answer', async () => {
    world.faults.push(() => {
      throw new AppError('ambiguous', 'no answer');
    });
    await receive(...many(14, alarm));
    await pass(60_000);
    expect(storms()).toHaveLength(1);
    expect(said(storms()[0])).toMatch(/1[23] new incidents/);
  }, 60_000);

  it('would post it twice without the look-up: the test above can fail', async () => {
    world.isBlind = true;
    world.faults.push(() => {
      throw new AppError('ambiguous', 'no answer');
    });
    await receive(...many(14, alarm));
    await pass(60_000);
    expect(storms()).toHaveLength(2);
  }, 60_000);

  /** Finds a message by what is in it, as Slack does. */
  function findByHash(): void {
    const hashes = new Map<string, string>();
    chat.find = async (key, hash) => world.posted.find((one) => one.key === key && hashes.get(one.ts) === hash)?.ts;
    chat.post = async (message, options) => {
      try {
        return await slack.post(message, options);
      } finally {
        hashes.set(world.posted.at(-1)?.ts ?? '', options.hash);
      }
    };
    world.faults.push(() => {
      throw new AppError('ambiguous', 'no answer');
    });
  }

  it('is posted once, whatever comes to it between the post that had no answer and the look-up', async () => {
    await receive(...many(3, root));
    await pass(20_000);
    findByHash();
    await receive(...many(14, alarm));
    // The first of them is held by somebody, and comes to the storm late.
    const held = await world.store.claim(world.clock.now(), [], undefined);
    await pass(5_000);
    await receive(alarm());
    if (held) await world.store.release(held, { at: world.clock.now(), edited: false }, world.clock.now());
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
      const { incidents } = await world.store.folded({ count: 100 });
      const id = incidents.findLast(({ severity }) => severity === 'HIGH')?.id as number;
      await world.store.transact(async (tx) => {
        await tx.append([{ incident: id, at: world.clock.now(), kind: 'note', reply: 'loud', body: { what: 'severity-rose', text: 'News.' } }]);
        await tx.save([{ incident: { ...((await tx.incident(id)) as Incident), ...change }, due }], world.clock.now());
      });
      for (let times = 0; times < 6; times++) {
        await receive(alarm());
        await pass(10_000);
      }
      expect(world.posted.filter(({ key }) => key.startsWith(`SIN-${id}/`)).map(({ key }) => key)).toEqual([`SIN-${id}/card`, `SIN-${id}/2`]);
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
      for (
        let chore = await world.store.claimChore(world.clock.now(), [kind]);
        chore;
        chore = await world.store.claimChore(world.clock.now(), [kind])
      ) {
        await (kind === 'link' ? linkIncidents(world.ports, chore.incident) : ring(world.ports, chore.incident, 0));
        await world.store.endChore(chore, undefined);
      }
    await receive(alarm());
    await pass(10_000);
    expect(await withoutCard()).toBe(before + 1);
    expect(world.posted.filter(({ broadcast, thread }) => broadcast && thread !== undefined)).toEqual([]);
  }, 60_000);
});

describe('a storm to which one comes now and then', () => {
  it('gives those that wait cards of their own while Slack has nothing else to do', async () => {
    await receive(...many(14, alarm));
    await pass(12_000);
    const before = cards().length;
    for (let times = 0; times < 43; times++) {
      await receive(alarm());
      await pass(14_000);
    }
    expect(cards().length - before).toBeGreaterThan(5);
  }, 120_000);

  it('gives grave ones that folded cards of their own once fewer than twenty wait, while one ordinary alarm comes each 14 s', async () => {
    await receive(...many(40, root), ...many(9, alarm));
    await pass(60_000);
    const held = async () => (await world.store.folded({ count: 100 })).incidents.filter(({ severity }) => severity === 'HIGH').length;
    for (let times = 0; times < 43; times++) {
      await receive(alarm());
      await pass(14_000);
    }
    expect(await held()).toBe(0);
  }, 120_000);
});
