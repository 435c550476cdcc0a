/** Timers over a store: each fires once, whichever replica claims it and whatever dies in between. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openStore } from '../../src/db/store.ts';
import { AppError } from '../../src/domain/error.ts';
import { asCampaign } from '../../src/domain/incident/campaign.ts';
import type { Incident } from '../../src/domain/incident/incident.ts';
import type { Page } from '../../src/domain/incident/page.ts';
import type { Entry } from '../../src/domain/incident/timeline.ts';
import type { Ports } from '../../src/domain/ports.ts';
import type { Answers } from '../../src/domain/response/question.ts';
import type { StepResponse } from '../../src/domain/response/response.ts';
import { unsubscribed } from '../../src/domain/signal/notice.ts';
import type { Chore } from '../../src/domain/work.ts';
import { fireTimer } from '../../src/features/fire-timer.ts';
import { keepingTimers } from '../../src/features/keep-timers.ts';
import { receiveSignals } from '../../src/features/receive-signals.ts';
import { acknowledge } from '../../src/features/responses/acknowledge.ts';
import { recordStep } from '../../src/features/responses/record-step.ts';
import { release } from '../../src/features/responses/release.ts';
import { transition } from '../../src/features/transition.ts';
import { type Replica, replica } from '../support/replica.ts';
import { topic } from '../support/sandbox.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

const t0 = Date.parse('2026-11-22T18:00:00Z');
const minute = 60_000;
const hour = 60 * minute;
const timers = { escalateAfter: 5 * minute, askOwnerAfter: 2 * hour, askLeftOpenAfter: 24 * hour };
const pager = 'arn:aws:sns:us-east-1:444455556666:pager';
const bob = { id: 'U1', name: 'Bob', home: { team: 'T1', organisation: undefined } };
type Publish = (page: Page) => Promise<string>;

describe.each(engines)('timers on %s', (engine) => {
  let database: FreshDatabase;
  let one: Replica;
  let pages: Page[];
  let publish: Publish;
  let counted: string[];

  beforeEach(async () => {
    database = await freshDatabase(engine, inject('postgresUrl'));
    one = await replica(database, t0);
    pages = [];
    counted = [];
    publish = async (page) => `message-${pages.push(page)}`;
  });
  afterEach(() => database.close());

  function portsOf({ ports }: Replica): Ports {
    const store = keepingTimers(ports.store, timers);
    const settings = { ...ports.settings, timers };
    const metrics = { ...ports.metrics, count: (name: string, outcome: string) => void counted.push(`${name} ${outcome}`) };
    return { ...ports, metrics, store, settings, permalink: (ts) => ts, pager: { topicArn: pager, publish: (page) => publish(page) } };
  }

  async function opens(topicArn = topic): Promise<void> {
    const message = { topicArn, messageId: 'm', subject: undefined, publishedAt: one.now, message: '' };
    await receiveSignals(portsOf(one), [{ message, signals: [unsubscribed(message)] }]);
  }

  async function takes(response: StepResponse, answers: Answers = {}): Promise<void> {
    expect(await transition(portsOf(one), bob, { response, incident: 1, answers })).toMatchObject({ ok: true });
  }

  /** What the runner does with a timer that is due. */
  async function work(of = one): Promise<number> {
    for (let fired = 0; ; fired++) {
      const chore = await of.store.claimChore(of.now, ['timer']);
      if (chore === undefined) return fired;
      await of.store.endChore(chore, await fireTimer(portsOf(of), chore.incident));
    }
  }

  async function pass(ms: number): Promise<void> {
    for (const end = one.now + ms; one.now < end; ) {
      one.now = Math.min(end, one.now + 30_000);
      await work();
    }
  }

  async function told(): Promise<Entry[]> {
    const { entries } = await one.store.entries(1, { from: 0, count: 50 });
    return entries.toReversed().filter(({ body }) => body.reason === 'not-acknowledged' || body.what === 'page' || body.asks !== undefined);
  }

  const texts = async (): Promise<string[]> => (await told()).map(({ reply, body }) => `${reply}: ${body.text}`);

  it('publishes twice, reminds once, and writes each down before and after', async () => {
    await opens();
    await pass(4 * minute);
    expect(pages).toEqual([]);
    await pass(2 * hour);
    expect(pages.map(({ subject }) => subject)).toEqual(Array(2).fill(expect.stringMatching(/^SIN-1 HIGH: Unsubscribed from signin-alarms/)));
    const entries = await told();
    expect(entries.map(({ at, body: { phase, intent, result } }) => [at - t0, phase, intent, result])).toEqual([
      [5 * minute, 'intent', undefined, undefined],
      [5 * minute, 'outcome', 2, 'done'],
      [10 * minute, 'intent', undefined, undefined],
      [10 * minute, 'outcome', 4, 'done'],
    ]);
    expect(await texts()).toEqual([
      'loud: Nobody is on this. Paging (1 of 2 at most).',
      'none: SNS took it as message message-1. Whether anybody read it is not known here.',
      'quiet: Paging (2 of 2 at most).',
      'none: SNS took it as message message-2. Whether anybody read it is not known here.',
    ]);
    expect(await one.store.nextChoreAt(['timer'])).toBeUndefined();
  });

  it('ends with Acknowledge; the owner is asked after two hours without a step; a release counts anew', async () => {
    await opens();
    await takes(acknowledge);
    await pass(hour);
    await takes(recordStep, { what: ['called'] });
    await pass(1.5 * hour);
    expect(await texts()).toEqual([]);
    await pass(10 * hour);
    expect(await texts()).toEqual([
      'quiet: Bob is on this, and no step of it was recorded for 2 h. Still on it? Record a step, Release or Resolve it.',
    ]);
    await takes(release);
    await pass(4 * minute);
    expect(pages).toEqual([]);
    await pass(2 * minute);
    expect(pages).toHaveLength(1);
  });

  it('says what SNS refused, and what it does not know; neither is followed by a third', async () => {
    await opens();
    const faults = [
      new AppError('denied', 'AWS does not let the responder call Publish.'),
      new AppError('ambiguous', 'AWS gave no answer to Publish.'),
    ];
    publish = async (page) => {
      pages.push(page);
      throw faults[pages.length - 1] ?? new Error('a third');
    };
    await pass(hour);
    expect((await told()).flatMap(({ body }) => (body.result === undefined ? [] : [`${body.result}: ${body.text}`]))).toEqual([
      'failed: AWS does not let the responder call Publish. The pager was not notified.',
      'unknown: AWS gave no answer to Publish. The pager may have been notified or not.',
    ]);
  });

  it('does not repeat a publish whose process died before its outcome, and says so', async () => {
    await opens();
    one.now += 5 * minute;
    const died = (await one.store.claimChore(one.now, ['timer'])) as Chore;
    publish = (page) => {
      pages.push(page);
      return Promise.reject(Object.assign(new Error('killed'), { code: 'killed' }));
    };
    const dying = portsOf(one);
    const store = {
      ...dying.store,
      transact: ((work) => (pages.length > 0 ? Promise.reject(new Error('killed')) : dying.store.transact(work))) as Ports['store']['transact'],
    };
    await expect(fireTimer({ ...dying, store }, died.incident)).rejects.toThrow('killed');
    await database.db.updateTable('chores').set({ lease_until: 1 }).where('kind', '=', 'timer').execute();
    publish = async (page) => `message-${pages.push(page)}`;
    // What it counted died with it.
    counted = [];
    await pass(minute);
    expect(pages).toHaveLength(1);
    expect(counted).toEqual(['pages unknown']);
    expect((await texts()).at(-1)).toContain('may have been notified or not; it is not repeated');
    await pass(hour);
    expect(pages).toHaveLength(2);
  });

  it('counts what was published for an incident that came into its campaign at that moment', async () => {
    await opens();
    await opens(`${topic}-2`);
    const ports = portsOf(one);
    const alone = [await ports.store.incident(1), await ports.store.incident(2)] as Incident[];
    const [first, second] = asCampaign(alone) as [Incident, Incident];
    const paged = { ...first, status: 'acknowledged' as const, timers: { pages: 2, pagedAt: t0 } };
    await ports.store.transact((tx) =>
      tx.save(
        [paged, second].map((incident) => ({ incident, due: 'paced' })),
        t0,
      ),
    );
    one.now += hour;
    const before = { ...ports.store, incident: async (id: number) => alone[id - 1] };
    for (let again = 0; again < 3; again++) await fireTimer(again === 0 ? { ...ports, store: before } : ports, 2);
    expect(pages).toEqual([]);
  });

  it('fires once among replicas that look at the same time, and after a restart', async () => {
    const two = engine === 'postgres' ? await replica(database, t0, true) : one;
    await opens();
    one.now = two.now = t0 + 5 * minute;
    const fired = await Promise.all([work(one), work(two), work(one), work(two)]);
    expect(fired.reduce((sum, count) => sum + count)).toBeGreaterThan(0);
    expect(pages).toHaveLength(1);
    const restarted = await openStore(database, 'restarted');
    expect(await restarted.nextChoreAt(['timer'])).toBe(t0 + 10 * minute);
    if (two !== one) await two.close();
  });
});
