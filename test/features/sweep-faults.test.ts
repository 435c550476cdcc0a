/** What fails of a sweep keeps nothing else from being found, and is said. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../src/domain/error.ts';
import type { Tx } from '../../src/domain/store.ts';
import { failure, rootFailure, rootSignIn } from '../support/found-sign-ins.ts';
import { type Sweeping, sweeping } from '../support/sweeping.ts';

let world: Sweeping;
beforeEach(async () => {
  world = await sweeping();
  await world.start();
  await world.passMinutes(6);
});
afterEach(() => world.stop());

const queue = 'arn:aws:sqs:us-east-1:111122223333:signin-alarms-dead-letters';
const left = (): number => world.queue(queue).letters.length;
const detections = async () => (await world.incidents()).map(({ detection }) => detection);
const alarmsTold = async () => (await world.incidents()).flatMap(({ origin, alarm }) => (origin === 'alarm' ? [alarm?.name] : []));
const notTaken = () => new AppError('unavailable', 'The database did not take this; nothing was changed.');

/** What is done in the database goes through this first. */
function refuse(over: (tx: Tx) => Partial<Tx>, check = world.store.check): void {
  const { transact } = world.store;
  const store = { ...world.store, check, transact: ((work) => transact((tx) => work({ ...tx, ...over(tx) }))) as typeof transact };
  Object.assign(world.ports, { store });
}

describe('one that the database does not take', () => {
  it('is a letter: the others are taken, it stays in its queue, and people are told', async () => {
    const at = world.ports.clock.now();
    refuse((tx) => ({
      admitEvents: (ids, now) => {
        if (ids.includes('poison')) throw notTaken();
        return tx.admitEvents(ids, now);
      },
    }));
    world.putLetter(queue, world.envelope(rootFailure('poison', at)));
    world.putLetter(queue, world.envelope(rootSignIn('good', at)));
    await world.passMinutes(6);
    expect(await detections()).toContain('root-sign-in');
    expect(left()).toBe(1);
    expect([...world.told.values()]).toEqual([expect.stringContaining('1× not-taken (unavailable)')]);
  });

  it('is an alarm: the others are told, people are told of it, and it is found once it can be', async () => {
    const { arn } = world.alarm('ConsoleSigninFailures');
    const { store } = world.ports;
    refuse((tx) => ({
      changesNear: (changes) => {
        if (changes.some(({ alarmId }) => alarmId === arn)) throw notTaken();
        return tx.changesNear(changes);
      },
    }));
    world.change('ConsoleSigninFailures', 'ALARM');
    await world.aws.clock.advance(30);
    world.change('ConsoleSignInWithoutMfaAlarm', 'ALARM');
    await world.passMinutes(30);
    expect(await alarmsTold()).toEqual(['ConsoleSignInWithoutMfaAlarm']);
    expect([...world.told.values()]).toEqual([expect.stringContaining('not told: the alarm ConsoleSigninFailures.')]);
    world.change('ConsoleSigninFailures', 'OK');
    await world.passMinutes(6);
    Object.assign(world.ports, { store });
    await world.passMinutes(20);
    expect((await alarmsTold()).toSorted()).toEqual(['ConsoleSignInWithoutMfaAlarm', 'ConsoleSigninFailures']);
    expect(world.told.size).toBe(0);
  });

  it('is a sign-in of a stop: the others are told, and people are told of it', async () => {
    const at = world.ports.clock.now() + 1_800_000;
    await world.aws.clock.advance(7_200);
    for (const record of [rootSignIn('poison', at).detail, rootSignIn('good', at + 1_000).detail])
      world.aws.state.accounts['444455556666']?.trail.push({ region: 'us-east-1', visibleAt: 0, record: record as never });
    refuse((tx) => ({
      admitEvents: (ids, now) => {
        if (ids.includes('poison')) throw notTaken();
        return tx.admitEvents(ids, now);
      },
    }));
    await world.start();
    expect(await detections()).toContain('root-sign-in');
    expect([...world.told.values()].join()).toContain('not told: the event poison.');
  });

  it('is the message of the outage: what was found is on its cards, and the message comes later', async () => {
    const { store } = world.ports;
    refuse(() => ({
      takeUntold: () => {
        throw notTaken();
      },
    }));
    world.change('ConsoleSigninFailures', 'ALARM');
    await world.passMinutes(7);
    expect((await world.incidents()).map(({ origin }) => origin)).toEqual(['alarm']);
    expect([...world.told.keys()]).toEqual(['outage']);
    Object.assign(world.ports, { store });
    await world.passMinutes(7);
    expect((await world.incidents()).map(({ origin }) => origin)).toEqual(['alarm', 'notice']);
    expect(world.told.size).toBe(0);
  });
});

it('a letter that the responder cannot read for a fault of its own keeps no other from being read', async () => {
  const { readLetter } = world.ports;
  Object.assign(world.ports, {
    readLetter: async (body: string) => {
      if (body.includes('odd')) throw new TypeError('Cannot read properties of undefined');
      return readLetter(body);
    },
  });
  const at = world.ports.clock.now();
  world.putLetter(queue, world.envelope(rootFailure('odd', at)));
  world.putLetter(queue, world.envelope(rootSignIn('good', at)));
  await world.passMinutes(6);
  expect(await detections()).toContain('root-sign-in');
  expect([...world.told.values()]).toEqual([expect.stringContaining('1× unreadable-now (internal)')]);
});

it('while the database takes nothing, letters stay where they are and changes of alarms are found afterwards', async () => {
  const { store } = world.ports;
  refuse(
    () => ({
      admitEvents: () => {
        throw notTaken();
      },
    }),
    () => Promise.reject(notTaken()),
  );
  world.putLetter(queue, world.envelope(rootSignIn('good', world.ports.clock.now())));
  world.change('ConsoleSigninFailures', 'ALARM');
  await world.passMinutes(12);
  expect(await world.incidents()).toEqual([]);
  expect(left()).toBe(1);
  Object.assign(world.ports, { store });
  await world.passMinutes(12);
  expect(await alarmsTold()).toEqual(['ConsoleSigninFailures']);
  expect(await detections()).toContain('root-sign-in');
});

it.each([
  ['after', [queue, `${queue}-old`]],
  ['before', [`${queue}-old`, queue]],
])('a dead-letter queue is emptied though another one is gone that is listed %s it, and people are told', async (_where, queues) => {
  Object.assign(world.ports.subscriptions, { deadLetterQueues: async () => ({ queues, faults: [] }) });
  world.putLetter(queue, world.envelope(rootSignIn('root-1', world.ports.clock.now())));
  await world.passMinutes(6);
  expect(await detections()).toContain('root-sign-in');
  expect([...world.told.values()]).toEqual([expect.stringContaining(`${queue}-old: this dead-letter queue is not read.`)]);
});

describe('histories of alarms that cannot be read', () => {
  const failing = (code: ErrorCode) => async (): Promise<never> => {
    throw new AppError(code, `DescribeAlarmHistory: ${code}`);
  };

  it.each(['denied', 'throttled', 'unavailable'] as const)('as they are %s: an alarm that is in ALARM now is told all the same', async (code) => {
    world.ports.alarms.changes = failing(code);
    world.change('ConsoleSigninFailures', 'ALARM');
    await world.passMinutes(7);
    expect(await alarmsTold()).toEqual(['ConsoleSigninFailures']);
  });

  it('are read once they can be: what went to ALARM and back is told then, and until then people are told', async () => {
    const { changes } = world.ports.alarms;
    world.ports.alarms.changes = failing('throttled');
    await world.aws.clock.advance(60);
    for (const to of ['ALARM', 'OK'] as const) {
      world.change('ConsoleSignInWithoutMfaAlarm', to);
      await world.aws.clock.advance(60);
    }
    world.change('ConsoleSigninFailures', 'ALARM');
    await world.passMinutes(30);
    expect(await alarmsTold()).not.toContain(undefined);
    const firings = async () => (await world.incidents()).flatMap(({ origin, counts }) => (origin === 'alarm' ? [counts.firings] : []));
    expect([...world.told.values()]).toEqual([expect.stringContaining('Histories of alarms are not read for now')]);
    const before = await firings();
    world.ports.alarms.changes = changes;
    await world.passMinutes(7);
    expect([before, await firings()]).toEqual([[1], [1, 1]]);
    expect(world.told.size).toBe(0);
  });

  it('wait before each page, for all who ask there share three calls a second', async () => {
    const alarm = world.alarm('ConsoleSigninFailures');
    for (let n = 0; n < 125; n++) for (const to of ['ALARM', 'OK'] as const) world.change(alarm.name, to);
    const pages: number[] = [];
    const now = world.ports.clock.now();
    const beforePage = async () => {
      pages.push(world.ports.clock.now());
      await world.aws.clock.advance(1);
    };
    const place = { account: '444455556666', region: 'us-east-1' };
    const found = await world.ports.alarms.changes(place, { from: now - 60_000, until: now + 60_000, beforePage }, undefined);
    expect(found.items).toHaveLength(250);
    expect(found.cutBefore).toBeUndefined();
    expect(pages).toHaveLength(4);
  });
});

describe('histories of alarms that are longer than is read', () => {
  const place = { account: '444455556666', region: 'us-east-1' };

  it('are read from their newest end, with where they were cut', async () => {
    const history = world.aws.state.accounts[place.account]?.alarmHistory ?? [];
    world.change('ConsoleSigninFailures', 'ALARM');
    const [one] = history.slice(-1);
    if (one === undefined) throw new Error('no change');
    history.push(...Array.from({ length: 5_100 }, (_, n) => ({ ...one, at: one.at + n + 1 })));
    const called = await world.ports.alarms.changes(
      place,
      { from: one.at - 1, until: one.at + 10_000, beforePage: () => world.aws.clock.advance(1) as never },
      undefined,
    );
    expect(called.items).toHaveLength(5_000);
    expect(called.cutBefore).toBe(one.at + 101);
  });

  it('are said to be, for a day, with from when on something is told', async () => {
    const { changes } = world.ports.alarms;
    world.ports.alarms.changes = async (...asked) => ({ ...(await changes(...asked)), cutBefore: Date.parse('2026-11-27T03:00:00Z') });
    world.change('ConsoleSigninFailures', 'ALARM');
    await world.passMinutes(7);
    world.ports.alarms.changes = changes;
    await world.passMinutes(20);
    expect([...world.told.values()]).toEqual([
      expect.stringMatching(/has more changes of alarms than are read at once: those from .* to .*03:00 UTC are not told/),
    ]);
  });
});

describe('CloudTrail that throttles', () => {
  const at = () => world.ports.clock.now() - 6_600_000;

  /** Root signed in during a stop, and before what failed after it in six hundred other records. */
  async function signedInMeanwhile(isThrottled: (call: number) => boolean): Promise<void> {
    await world.aws.clock.advance(7_200);
    const trail = world.aws.state.accounts['444455556666']?.trail;
    trail?.push({ region: 'us-east-1', visibleAt: 0, record: rootSignIn('root-6', at()).detail as never });
    for (let n = 0; n < 600; n++) trail?.push({ region: 'us-east-1', visibleAt: 0, record: failure(`f-${n}`, at() + 60_000 + n) as never });
    const { page } = world.ports.trail;
    let calls = 0;
    world.ports.trail.page = async (...asked) => {
      calls += 1;
      if (isThrottled(calls)) throw new AppError('throttled', 'AWS throttles LookupEvents now.');
      return page(...asked);
    };
    await world.start();
  }

  it('now and then: all is read at the first look', async () => {
    await signedInMeanwhile((call) => call % 4 === 0);
    expect(await detections()).toContain('root-sign-in');
    expect(world.told.size).toBe(0);
  });

  it('for minutes: people are told, and what is missing is read later', async () => {
    let isOver = false;
    await signedInMeanwhile((call) => !isOver && call > 3);
    expect([...world.told.values()].join()).toContain('is not read to its end for now');
    isOver = true;
    await world.passMinutes(10);
    expect(await detections()).toContain('root-sign-in');
    expect(world.told.size).toBe(0);
  });
});
