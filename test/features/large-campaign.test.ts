/** One attack over more incidents than know each other: it rings and pages as one. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { mostInCampaign } from '../../src/domain/incident/campaign.ts';
import type { Page } from '../../src/domain/incident/page.ts';
import { mostPages } from '../../src/domain/incident/reminders.ts';
import type { Ports } from '../../src/domain/ports.ts';
import { fireTimer } from '../../src/features/fire-timer.ts';
import { keepingTimers } from '../../src/features/keep-timers.ts';
import { consoleLogin } from '../support/records.ts';
import { type Replica, replica } from '../support/replica.ts';
import { engines, type FreshDatabase, freshDatabase } from '../support/stores.ts';

const t0 = Date.parse('2026-11-22T18:00:00Z');
const minute = 60_000;
const timers = { escalateAfter: 5 * minute, askOwnerAfter: undefined, askLeftOpenAfter: undefined };
const accounts = mostInCampaign + 4;
const users = Array.from({ length: 5 }, (_, index) => `user${index}`);

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

  const failureOf = (account: string, name: string): object => ({
    'detail-type': 'AWS Console Sign In via CloudTrail',
    source: 'aws.signin',
    account,
    region: 'us-east-1',
    detail: consoleLogin({ type: 'IAMUser', userName: name, accountId: account }, 'Failure', 'No', {
      eventTime: new Date(one.now).toISOString(),
      recipientAccountId: account,
      eventID: `${account}-${name}`,
      sourceIPAddress: '198.51.100.7',
    }),
  });

  it('is one attack: one card rings, and its pager is notified twice at most', async () => {
    for (let index = 0; index < accounts; index++) {
      one.now += 1_000;
      await one.receive(...users.map((name) => failureOf(String(100_000_000_000 + index), name)));
      await one.work(['link', 'ring']);
    }
    for (const end = one.now + 60 * minute; one.now < end; one.now += 30_000) {
      const chore = await one.ports.store.claimChore(one.now, ['timer']);
      if (chore !== undefined) await one.ports.store.endChore(chore, await fireTimer(one.ports, chore.incident));
    }
    const found = await one.incidents();
    expect(found).toHaveLength(accounts);
    expect(found.filter(({ tells }) => tells === 'itself').map(({ id }) => id)).toEqual([1]);
    expect(pages.length).toBeLessThanOrEqual(mostPages);
    expect(pages.map(({ subject }) => subject)).toEqual(Array(mostPages).fill(expect.stringContaining('SIN-1 ')));
    expect(Math.max(...found.map(({ campaign }) => campaign.incidents.length))).toBeLessThanOrEqual(mostInCampaign);
  });
});
