/** Cases from the field: sign-ins that come one by one, from places that are no addresses, from one IPv6 network. Through the sandbox. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Message, people, prod, Sandbox, textOf, type View } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start();
});
beforeEach(() => sandbox.call('POST', '/api/reset'));
afterAll(() => sandbox.stop());

const hub = '111122223333';

async function now(): Promise<number> {
  return (await sandbox.call<{ now: number }>('GET', '/api/state')).now;
}

interface Login {
  readonly user: string;
  readonly outcome: 'Success' | 'Failure';
  readonly at: number;
  readonly address?: string;
  readonly account?: string;
  readonly mfa?: string;
}

function login({ user, outcome, at, address = '203.0.113.7', account = prod, mfa = 'No' }: Login): Record<string, unknown> {
  return {
    eventSource: 'signin.amazonaws.com',
    eventName: 'ConsoleLogin',
    eventType: 'AwsConsoleSignIn',
    eventID: randomUUID(),
    eventTime: new Date(at).toISOString(),
    awsRegion: 'us-east-1',
    sourceIPAddress: address,
    recipientAccountId: account,
    userIdentity: {
      type: 'IAMUser',
      accountId: account,
      userName: user,
      ...(outcome === 'Success' ? { arn: `arn:aws:iam::${account}:user/${user}` } : {}),
    },
    responseElements: { ConsoleLogin: outcome },
    additionalEventData: { MFAUsed: mfa },
  };
}

async function come(...logins: readonly Login[]): Promise<void> {
  for (const detail of logins.map(login)) {
    const event = {
      'detail-type': 'AWS Console Sign In via CloudTrail',
      source: 'aws.signin',
      account: detail.recipientAccountId,
      region: 'us-east-1',
      detail,
    };
    expect(await sandbox.publish({ message: event })).toMatchObject({ status: 200 });
  }
}

/** Messages that mention the responders: cards as they are now, and loud replies. */
async function rings(): Promise<string[]> {
  return (await sandbox.messages()).filter((message) => textOf(message).includes('@')).map(textOf);
}

async function cardsSaying(text: string, count = 1): Promise<Message[]> {
  return sandbox.until(`${count} cards with “${text}”`, async () => {
    const found = (await sandbox.cards()).filter((card) => textOf(card).includes(text));
    return found.length >= count && found;
  });
}

describe('16: five people fail once each from what is no address', () => {
  it.each(['appstream.amazonaws.com', 'AWS Internal'])('%s: no spray, and nobody rings', async (address) => {
    const at = (await now()) - 600_000;
    const names = ['alice', 'bella', 'carl', 'deploy', 'erik'];
    await come(...names.map((user, index): Login => ({ user, outcome: 'Failure', at: at + index * 60_000, address })), {
      user: 'alice',
      outcome: 'Success',
      at: at + 300_000,
      address,
    });
    await cardsSaying('signed in without MFA');
    await cardsSaying('failed 1×, signed in 1×');
    await sandbox.advance(30);
    const all = (await sandbox.messages()).map(textOf).join('\n');
    expect(all).not.toMatch(/spray|takeover|HIGH|CRITICAL|one attack/i);
    expect(await rings()).toEqual([]);
  });
});

describe('17: eight users fail from eight addresses of one IPv6 /64, and one of them gets in', () => {
  const address = (index: number): string => `2001:db8:5:6::${((index + 1) * 4_099).toString(16)}`;
  const names = ['alice', 'bella', 'carl', 'deploy', 'erik', 'frida', 'gus', 'hana'];

  it('as from one IPv4 address: a spray that rings, then a takeover that rings', async () => {
    const at = (await now()) - 300_000;
    await come(...names.map((user, index): Login => ({ user, outcome: 'Failure', at: at + index * 10_000, address: address(index) })));
    await cardsSaying('Password spray');
    await sandbox.until('a ring for the spray', async () =>
      (await sandbox.replies()).some((reply) => textOf(reply).includes('Now HIGH: Password spray')),
    );
    await come({ user: 'frida', outcome: 'Success', at: at + 100_000, address: address(9) });
    const [card] = await cardsSaying('Likely takeover of frida', 2);
    expect(textOf(card as Message)).toContain('frida signed in from 2001:db8:5:6::/64, where 8 users had failed; without MFA');
    const loud = await sandbox.until('a ring for the takeover', async () => {
      const found = (await sandbox.replies()).filter((reply) => reply.broadcast);
      return found.length >= 2 && found;
    });
    expect(loud.map(textOf).filter((text) => text.includes('takeover of frida'))).toHaveLength(1);
    expect(new Set(loud.map(({ thread_ts }) => thread_ts)).size).toBe(1);
  });

  it('in two accounts is one attack over two incidents: it rings once, and one Acknowledge takes both', async () => {
    const at = (await now()) - 300_000;
    const both = names
      .slice(0, 4)
      .flatMap((user, index) =>
        [prod, hub].map(
          (account, half): Login => ({ user, outcome: 'Failure', account, at: at + index * 10_000 + half, address: address(index * 2 + half) }),
        ),
      );
    await come(...both);
    const cards = await cardsSaying('Part of one attack with SIN-', 2);
    await cardsSaying('8 users in 2 accounts failed from 2001:db8:5:6::/64');
    const rung = async () => (await sandbox.replies()).filter((reply) => reply.broadcast);
    await sandbox.until('it rings', async () => (await rung()).length > 0);
    await sandbox.advance(30);
    expect(await rung()).toHaveLength(1);
    const [first] = cards as [Message, Message];
    await sandbox.click(people.dana, first.ts, 'acknowledge');
    await cardsSaying('ACKNOWLEDGED', 2);
    const [modal] = (await sandbox.click(people.dana, first.ts, 'resolve')).views as [View];
    expect(textOf(modal)).toMatch(/Which of this attack\?.*SIN-1 HIGH: Password spray.*SIN-2 HIGH: Password spray/s);
    await sandbox.submit(people.dana, modal.id, { verdict: 'attack', incidents: ['2'] });
    const [resolved, ...others] = await cardsSaying('RESOLVED');
    expect(others).toEqual([]);
    expect(textOf(resolved as Message)).toContain('SIN-2');
    const [again] = (await sandbox.click(people.dana, first.ts, 'resolve')).views as [View];
    expect(textOf(again)).not.toContain('Which of this attack?');
  });
});

describe('34: four failures and a success, one by one by EventBridge', () => {
  it.each(['refused', 'empty'])('are a takeover at once, which rings once; event history is %s', async (history) => {
    if (history === 'refused') await sandbox.faults({ aws: [{ operation: 'LookupEvents', mode: 'denied', times: 100_000 }] });
    const at = (await now()) - 300_000;
    await come(...[0, 1, 2, 3].map((index): Login => ({ user: 'alice', outcome: 'Failure', at: at + index * 20_000 })));
    await come({ user: 'alice', outcome: 'Success', at: at + 100_000 });
    const [first] = await cardsSaying('CRITICAL · OPEN · Likely takeover of alice');
    expect(textOf(first as Message)).toContain('alice signed in after 4 failures from the same address; without MFA');
    await cardsSaying('Part of one attack with SIN-', 2);
    for (let step = 0; step < 10; step++) await sandbox.advance(120);
    await cardsSaying('CRITICAL · OPEN · Likely takeover of alice', 2);
    expect(await rings()).toHaveLength(1);
    expect((await sandbox.messages()).map(textOf).join('\n')).not.toContain('no success');
    await sandbox.call('DELETE', '/api/faults');
  });

  it('that opens nothing by itself, for it was with MFA, is kept where the failures are', async () => {
    const at = (await now()) - 300_000;
    await come(...[0, 1, 2, 3].map((index): Login => ({ user: 'alice', outcome: 'Failure', at: at + index * 20_000 })));
    await come({ user: 'alice', outcome: 'Success', at: at + 100_000, mfa: 'Yes' });
    const [card] = await cardsSaying('HIGH · OPEN · Likely takeover of alice');
    expect(textOf(card as Message)).toContain('failed 4×, signed in 1×');
    expect(await sandbox.cards()).toHaveLength(1);
    const loud = await sandbox.until('a ring', async () => {
      const found = (await sandbox.replies()).filter((reply) => reply.broadcast);
      return found.length > 0 && found;
    });
    expect(loud).toHaveLength(1);
  });
});
