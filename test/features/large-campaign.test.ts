/** One attack over more incidents than know each other: it rings and pages as one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { mayBeLeft, mostInCampaign } from '../../src/domain/incident/campaign.ts';
import type { Incident } from '../../src/domain/incident/incident.ts';
import type { Page } from '../../src/domain/incident/page.ts';
import { mostPages } from '../../src/domain/incident/reminders.ts';
import type { Ports } from '../../src/domain/ports.ts';
import { fireTimer } from '../../src/features/fire-timer.ts';
import { keepingTimers } from '../../src/features/keep-timers.ts';
import { acknowledge } from '../../src/features/responses/acknowledge.ts';
import { resolve } from '../../src/features/responses/resolve.ts';
import { transition } from '../../src/features/transition.ts';
import { consoleLogin } from '../support/records.ts';
import { type Replica, replica } from '../support/replica.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

const t0 = Date.parse('2026-11-22T18:00:00Z');
const minute = 60_000;
const timers = { escalateAfter: 5 * minute, askOwnerAfter: undefined, askLeftOpenAfter: undefined };
const users = Array.from({ length: 5 }, (_, index) => `user${index}`);
const dana = { id: 'U1', name: 'dana.fox', home: { team: 'T1', organisation: undefined } };

describe.each(engines)('a spray over many accounts from one address, on %s', (engine) => {
  let database: FreshDatabase;
  let one: Replica;
  const pages: Page[] = [];

  beforeEach(async () => {
    pages.length = 0;
    database = await freshDatabase(engine, inject('postgresUrl'));
    one = await replica(database, t0);
    const { ports } = one;
    const pager = { topicArn: 'arn:aws:sns:us-east-1:444455556666:pager', publish: async (page: Page) => `message-${pages.push(page)}` };
    const more = { store: keepingTimers(ports.store, timers), settings: { ...ports.settings, timers }, permalink: (ts: string) => ts, pager };
    Object.assign(ports, more satisfies Partial<Ports>);
  });
  afterEach(() => database.close());

  function failureOf(index: number, name: string): object {
    const account = String(100_000_000_000 + index);
    const more = {
      eventTime: new Date(one.now).toISOString(),
      recipientAccountId: account,
      eventID: `${account}-${name}`,
      sourceIPAddress: '198.51.100.7',
    };
    return {
      'detail-type': 'AWS Console Sign In via CloudTrail',
      source: 'aws.signin',
      account,
      region: 'us-east-1',
      detail: consoleLogin({ type: 'IAMUser', userName: name, accountId: account }, 'Failure', 'No', more),
    };
  }

  const sprayOn = (index: number): object[] => users.map((name) => failureOf(index, name));

  async function sprays(from: number, to: number): Promise<void> {
    for (let index = from; index < to; index++) {
      one.now += 1_000;
      await one.receive(...sprayOn(index));
      await one.work(['link', 'ring']);
    }
  }

  async function timersFire(): Promise<void> {
    for (const end = one.now + 45 * minute; one.now < end; one.now += 30_000) {
      const chore = await one.ports.store.claimChore(one.now, ['timer']);
      if (chore !== undefined) await one.ports.store.endChore(chore, await fireTimer(one.ports, chore.incident));
    }
  }

  const pagedFor = (): string[] => pages.map(({ subject }) => subject.split(' ')[0] as string);
  const thatRang = async (): Promise<number[]> => {
    const found = await one.incidents();
    return found.filter(({ tells, severity }) => tells === 'itself' && severity === 'HIGH').map(({ id }) => id);
  };

  it('is one attack: one card rings, and its pager is notified twice at most', async () => {
    const accounts = mostInCampaign + 2;
    await sprays(0, accounts);
    await timersFire();
    expect(await one.incidents()).toHaveLength(accounts);
    expect(await thatRang()).toEqual([1]);
    expect(pagedFor()).toEqual(Array(mostPages).fill('SIN-1'));
  });

  it('is one also where several link its incidents at the same time', async () => {
    await one.receive(...Array.from({ length: 25 }, (_, index) => sprayOn(index)).flat());
    const worker = async (): Promise<void> => {
      await one.work(['assess', 'link', 'ring']);
      await sleep(50);
      await one.work(['assess', 'link', 'ring']);
    };
    await Promise.all([worker(), worker(), worker()]);
    const found = await one.incidents();
    expect(found.filter(({ id, campaign }) => id !== 1 && !campaign.incidents.includes(1))).toEqual([]);
    expect(await one.rings()).toEqual(['SIN-1 opens HIGH']);
  });

  it('rings once also while none of them is linked yet, and links all to the first', async () => {
    const accounts = mostInCampaign + 2;
    for (let index = 0; index < accounts; index++) for (const name of users) await one.receive(failureOf(index, name));
    expect((await one.rings()).filter((text) => !text.startsWith('SIN-1 '))).toHaveLength(1);
    expect(await thatRang()).toEqual([1]);
    await one.work(['link', 'ring']);
    expect((await one.incidents()).filter(({ id, campaign }) => id !== 1 && !campaign.incidents.includes(1))).toEqual([]);
  });

  // What follows is decided from what was read, whichever engine read it.
  if (engine !== 'sqlite') return;

  it('says of a step who may be left: what opened after the oldest thirty is not known to them', async () => {
    await sprays(0, mostInCampaign + 2);
    const acknowledged = await transition(one.ports, dana, { response: acknowledge, incident: 1, answers: {} });
    expect(acknowledged).toMatchObject({ ok: true, text: expect.stringContaining(mayBeLeft) });
    const [here, ...others] = (await one.incidents()).slice(0, mostInCampaign);
    const which = resolve.form?.(here as Incident, { campaign: others, accounts: new Map() })?.questions.find(({ id }) => id === 'incidents');
    expect(which).toMatchObject({ options: { length: mostInCampaign }, hint: mayBeLeft });
    expect(which).toMatchObject({ options: { 29: { label: 'SIN-30 HIGH: Password spray', description: 'account 1000-0000-0029' } } });
    const answers = { verdict: 'attack', incidents: [here, ...others].map((one) => String(one?.id)), note: 'seen' };
    expect(await transition(one.ports, dana, { response: resolve, incident: 1, answers })).toMatchObject({
      ok: true,
      text: expect.stringContaining(mayBeLeft),
    });
    const left = (await one.incidents()).filter(({ status }) => status !== 'resolved').map(({ id }) => id);
    expect(left).toEqual([mostInCampaign + 1, mostInCampaign + 2]);
  });

  it('whose first incidents are resolved while others are open pages twice at most for all of these together, once nobody is on any', async () => {
    await sprays(0, mostInCampaign + 2);
    await transition(one.ports, dana, { response: acknowledge, incident: 1, answers: {} });
    const resolved = (incidents: number[]) => {
      const answers = { verdict: 'attack', incidents: incidents.map(String), note: 'seen' };
      return transition(one.ports, dana, { response: resolve, incident: incidents[0] ?? 0, answers });
    };
    expect(await resolved([1])).toMatchObject({ ok: true });
    await timersFire();
    expect(pages).toEqual([]);
    expect(await resolved(Array.from({ length: mostInCampaign - 1 }, (_, index) => index + 2))).toMatchObject({ ok: true });
    await timersFire();
    expect(pages).toHaveLength(mostPages);
    expect((await one.rings()).filter((text) => text.includes('Nobody is on this'))).toHaveLength(1);
  });

  it('after as many single failures, so that what rings is none of the oldest, rings once', async () => {
    for (let index = 0; index < mostInCampaign + 1; index++) {
      one.now += 40 * minute;
      await one.receive(failureOf(index, 'slow'));
      await one.work(['link', 'ring']);
    }
    await sprays(100, 104);
    const first = mostInCampaign + 2;
    expect(await thatRang()).toEqual([first]);
    expect(await one.rings()).toEqual([`SIN-${first} opens HIGH`]);
    await timersFire();
    expect(new Set(pagedFor())).toEqual(new Set([`SIN-${first}`]));
  });
});
