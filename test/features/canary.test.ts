/** The canary over a store: one replica sets it off; that it is missed is told once, and that it is over. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { AppError } from '../../src/domain/error.ts';
import type { Ports } from '../../src/domain/ports.ts';
import { understand } from '../../src/domain/signal/signal.ts';
import { beginCanary, isChainCut, keepCanary } from '../../src/features/keep-canary.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import { quietLog } from '../support/ports.ts';
import { type Replica, replica } from '../support/replica.ts';
import { alarmText, prod, topic } from '../support/sandbox.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

const t0 = Date.parse('2026-11-22T18:00:00Z');
const minute = 60_000;
const name = 'signin-responder-canary';
const arn = `arn:aws:cloudwatch:us-east-1:${prod}:alarm:${name}`;

describe.each(engines)('the canary on %s', (engine) => {
  let database: FreshDatabase;
  let one: Replica;
  let reasons: string[];
  let fault: AppError | undefined;
  let troubles: (string | undefined)[];
  let serial = 0;

  beforeEach(async () => {
    database = await freshDatabase(engine, inject('postgresUrl'));
    one = await replica(database, t0);
    reasons = [];
    fault = undefined;
    troubles = [];
    await beginCanary(portsOf(one));
  });
  afterEach(() => database.close());

  function portsOf({ ports }: Replica): Ports {
    const setOff = async (reason: string): Promise<void> => {
      if (fault) throw fault;
      reasons.push(reason);
    };
    return { ...ports, log: quietLog, canary: { arn, setOff }, report: (_about, trouble) => void troubles.push(trouble) };
  }

  /** Its message, in one batch with another alarm's. */
  async function comesBack(reason: string, beside: object[] = [], to = portsOf(one)): Promise<void> {
    const own = alarmText(name, 'ALARM', one.now, { NewStateReason: reason });
    const arrivals = [own, ...beside].map((message) => {
      const received = { topicArn: topic, messageId: `m${++serial}`, subject: undefined, publishedAt: one.now, message: JSON.stringify(message) };
      return { message: received, signals: understand(received) };
    });
    await receiveSignals(to, arrivals);
  }

  async function work(of = one): Promise<void> {
    for (;;) {
      const chore = await of.store.claimChore(of.now, ['canary']);
      if (chore === undefined) return;
      await of.store.endChore(chore, await keepCanary(portsOf(of)));
    }
  }

  async function pass(ms: number): Promise<void> {
    for (const end = one.now + ms; one.now < end; ) {
      one.now = Math.min(end, one.now + 30_000);
      await work();
    }
  }

  const newest = (): string => reasons.at(-1) ?? '';

  it('is set off after an hour, and again after the next when it came back; nothing is kept of it', async () => {
    await pass(59 * minute);
    expect(reasons).toEqual([]);
    await pass(2 * minute);
    expect(reasons).toHaveLength(1);
    await comesBack(newest());
    await pass(58 * minute);
    expect(reasons).toHaveLength(1);
    await pass(2 * minute);
    expect(reasons).toHaveLength(2);
    expect(await one.incidents()).toEqual([]);
    expect((await one.store.delivery()).lastMessageAt).toBeUndefined();
    // By another way than the topic it proves nothing, and opens nothing either.
    await comesBack(newest(), [], { ...portsOf(one), canary: undefined, settings: { ...one.ports.settings, canaryAlarm: arn } });
    expect(await one.incidents()).toEqual([]);
    expect(await one.store.alarms(9)).toEqual([]);
  });

  it('that is missed is told once, by whichever replica looks, and is over when one comes back', async () => {
    const two = engine === 'postgres' ? await replica(database, t0, true) : one;
    await pass(60 * minute);
    await pass(4.5 * minute);
    expect(await one.incidents()).toEqual([]);
    one.now = two.now = one.now + 30_000;
    await Promise.all([work(one), work(two)]);
    await pass(12 * minute);
    const [cut, ...others] = await one.incidents();
    expect(others).toEqual([]);
    expect(cut).toMatchObject({ status: 'open', severity: 'HIGH', title: 'The chain from CloudWatch to here is cut', counts: { signals: 1 } });
    expect(await isChainCut(portsOf(two))).toBe(true);
    expect(reasons.length).toBeGreaterThanOrEqual(3);
    await comesBack(reasons[0] ?? '', [alarmText('another', 'ALARM', one.now)]);
    await work();
    expect((await one.incidents()).map(({ status, title }) => `${status} ${title}`)).toEqual([`open ${cut?.title}`, 'open another']);
    await comesBack(newest());
    await work();
    expect((await one.incidents())[0]).toMatchObject({ status: 'resolved', resolved: { by: { name: 'Sign-in Responder' } } });
    expect(await isChainCut(portsOf(two))).toBe(false);
    if (two !== one) await two.close();
  });

  it('that cannot be set off is a trouble, and no word on the chain', async () => {
    fault = new AppError('denied', 'AWS does not let the responder call SetAlarmState.');
    await pass(90 * minute);
    expect(await one.incidents()).toEqual([]);
    expect(troubles.at(-1)).toContain('CANARY_ALARM cannot be set off');
    fault = undefined;
    await pass(minute);
    expect(troubles.at(-1)).toBeUndefined();
    expect(reasons).toHaveLength(1);
  });

  it('for which nobody looked, for nobody was there, is set off anew before anything is said', async () => {
    await pass(60 * minute);
    one.now += 40 * minute;
    await work();
    expect([reasons.length, (await one.incidents()).length]).toEqual([2, 0]);
    await comesBack(newest());
    await pass(20 * minute);
    expect(await one.incidents()).toEqual([]);
  });

  it('is back also before whoever set it off could write that down', async () => {
    const ports = portsOf(one);
    const setOff = async (reason: string): Promise<void> => {
      reasons.push(reason);
      await comesBack(reason);
    };
    one.now += 60 * minute;
    expect(await keepCanary({ ...ports, canary: { arn, setOff } })).toBe(one.now);
    expect(await keepCanary(ports)).toBe(one.now + 60 * minute);
  });

  it.runIf(engine === 'postgres').each([4, -4])('that one replica set off and the other got, %i minutes behind, is back', async (behind) => {
    const two = await replica(database, t0 - behind * minute, true);
    for (let passed = 0, seen = 0; passed < 3 * 60; passed++) {
      one.now += minute;
      two.now += minute;
      await work(one);
      // The balancer gives its message to the other one, at once.
      for (; seen < reasons.length; seen++) await comesBack(reasons[seen] ?? '', [], portsOf(two));
      await work(two);
    }
    expect(await one.incidents()).toEqual([]);
    expect(reasons.length).toBeGreaterThanOrEqual(2);
    expect(reasons.length).toBeLessThanOrEqual(6);
    await two.close();
  });
});
