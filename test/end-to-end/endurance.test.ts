/** Crashes, storms and a Slack that fails: one card per incident, nothing lost. */
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { newDatabase } from '../support/postgres.ts';
import { alarmText, channel, type Message, type Published, people, Sandbox, textOf } from '../support/sandbox.ts';
import { engines } from '../support/stores.ts';

/** For all in which the bot's being a process is not what is tested. */
let inside: Sandbox;
let sandbox: Sandbox;
beforeAll(async () => {
  inside = await Sandbox.start();
});
afterAll(() => inside.stop());
afterEach(async () => {
  if (sandbox !== inside) await sandbox.stop();
});

async function fresh(): Promise<void> {
  sandbox = inside;
  await sandbox.call('DELETE', '/api/faults');
  await sandbox.call('POST', '/api/reset');
}

/** Starts a bot that can be killed, and returns the URL of its Postgres database, if it has one. */
async function started(engine: string): Promise<string | undefined> {
  const databaseUrl = engine === 'postgres' ? await newDatabase(inject('postgresUrl')) : undefined;
  sandbox = await Sandbox.startProcesses(databaseUrl ? { DATABASE_URL: databaseUrl } : {});
  return databaseUrl;
}

/** On Postgres the leases of a dead process last for 60 s of the database's clock; this is that time gone by. */
async function lapseLeases(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(
    'update incidents set lease_until = 0 where lease_until is not null; update storms set lease_until = 0 where lease_until is not null',
  );
  await client.end();
}

function alarmOf(card: Message): string | undefined {
  return /Alarm-\d+/.exec(textOf(card))?.[0];
}

/** Not the one that says what SNS did not bring while the bot was away. */
async function alarmCards(): Promise<Message[]> {
  return (await sandbox.cards()).filter((card) => alarmOf(card) !== undefined);
}

describe.each(engines)('on %s', (engine) => {
  it('a bot killed again and again among alarms and clicks loses none and shows none twice', async () => {
    const databaseUrl = await started(engine);
    const at = Date.now();
    const publish = (index: number, messageId?: string): Promise<Published> =>
      sandbox.publish({ message: alarmText(`Alarm-${index}`, 'ALARM', at + index), ...(messageId ? { messageId } : {}) });
    for (const first of [0, 6, 12]) {
      const indexes = Array.from({ length: 6 }, (_, index) => first + index);
      const sent = Promise.all(indexes.map((index) => publish(index)));
      const card = await sandbox.until('a new card', async () => (await alarmCards())[first]);
      void sandbox.click(people.dana, card.ts, 'acknowledge').catch(() => undefined);
      await sandbox.call('POST', '/api/bot/stop', { signal: 'SIGKILL' });
      if (databaseUrl) await lapseLeases(databaseUrl);
      await sandbox.call('POST', '/api/bot/start');
      // What was not answered, SNS sends again with the same id; so it does what was committed but not answered.
      for (const [index, { messageId }] of (await sent).entries()) expect((await publish(first + index, messageId)).status).toBe(200);
      await sandbox.until('all cards', async () => (await alarmCards()).length >= first + 6);
      // Whether or not the click came through, the second one does.
      await sandbox.click(people.dana, card.ts, 'acknowledge');
      await sandbox.until('the reply', async () => (await sandbox.replies()).some(({ thread_ts }) => thread_ts === card.ts));
    }
    await sandbox.advance(60);
    await sandbox.advance(60);
    const alarms = (await alarmCards()).map(alarmOf);
    expect(alarms.toSorted()).toEqual(Array.from({ length: 18 }, (_, index) => `Alarm-${index}`).toSorted());
    expect(await sandbox.replies()).toHaveLength(3);
  }, 120_000);
});

describe('a loud fold', () => {
  it('is one reply that also goes to the channel, mentions the responders, and opens an acknowledged incident again', async () => {
    await fresh();
    const at = Date.now();
    await sandbox.publish({ message: alarmText('Alarm-1', 'ALARM', at) });
    await sandbox.click(people.dana, (await sandbox.card()).ts, 'acknowledge');
    await sandbox.advance(31 * 60);
    await sandbox.publish({ message: alarmText('Alarm-1', 'ALARM', at + 31 * 60_000) });
    await sandbox.cardSaying('acknowledge it again');
    const [, loud] = await sandbox.until('two replies', async () => {
      const replies = await sandbox.replies();
      return replies.length === 2 && replies;
    });
    expect(loud?.broadcast).toBe(true);
    expect(textOf(loud as Message)).toContain('Again after more than 30 quiet minutes: Alarm Alarm-1 in us-east-1 fired.');
    expect(JSON.stringify(loud?.blocks)).toContain('"usergroup_id":"S01ONCALL0"');
  });
});

describe('a Slack that fails', () => {
  it('gets one card and one reply per response in the end', async () => {
    await fresh();
    const modes = ['429', '500', 'reset-before', 'reset-after'];
    await sandbox.faults({ slack: modes.map((mode) => ({ method: 'chat.postMessage', mode, times: 1, retryAfter: 3 })) });
    await sandbox.publish({ message: alarmText('Alarm-1', 'ALARM', Date.now()) });
    const card = await sandbox.until('the card', async () => (await sandbox.cards())[0], 600);
    await sandbox.click(people.dana, card.ts, 'acknowledge');
    await sandbox.cardSaying('dana.fox is on it');
    await sandbox.faults({
      slack: ['500', 'reset-after', 'reset-before'].flatMap((mode) =>
        ['chat.postMessage', 'chat.update'].map((method) => ({ method, mode, times: 1 })),
      ),
    });
    await sandbox.click(people.bob, card.ts, 'more', 'release');
    await sandbox.cardSaying('nobody is on it');
    await sandbox.until('both replies', async () => (await sandbox.replies()).length >= 2, 600);
    await sandbox.advance(120);
    await sandbox.advance(120);
    expect(await sandbox.cards()).toHaveLength(1);
    // One that is looked for after a call without an answer does not keep the next one waiting.
    const keys = (await sandbox.replies()).map((reply) => String(reply.metadata?.event_payload.key));
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(2);
  }, 180_000);

  it('that archived the channel is told, and gets everything once it is back', async () => {
    await fresh();
    await sandbox.call('POST', '/api/slack/channel', { id: channel, archived: true });
    await sandbox.publish({ message: alarmText('Alarm-1', 'ALARM', Date.now()) });
    const { bot } = await sandbox.state();
    await sandbox.until('degraded', async () => (await (await fetch(`${bot.opsUrl}/readyz`)).text()).includes('INCIDENT_CHANNEL is archived'));
    const status = await sandbox.command(people.dana, '');
    expect(status.ephemerals.map(textOf).join()).toContain('Broken: INCIDENT_CHANNEL is archived');
    await sandbox.call('POST', '/api/slack/channel', { id: channel, archived: false });
    await sandbox.card();
    await sandbox.until('ready', async () => (await (await fetch(`${bot.opsUrl}/readyz`)).text()).includes('"ready"'));
  });

  it('that lost a card gets a new one', async () => {
    await fresh();
    await sandbox.publish({ message: alarmText('Alarm-1', 'ALARM', Date.now()) });
    const { ts } = await sandbox.card();
    await sandbox.call('POST', '/api/slack/delete', { channel, ts });
    await sandbox.publish({ message: alarmText('Alarm-1', 'OK', Date.now() + 1_000) });
    const again = await sandbox.until('a new card', async () => (await sandbox.cards())[0]);
    expect(again.ts).not.toBe(ts);
  });
});

describe('a Slack that is down when the bot starts', () => {
  it('does not keep it from taking notifications, and gets the cards later', async () => {
    await fresh();
    await sandbox.call('POST', '/api/bot/stop', { signal: 'SIGTERM' });
    await sandbox.faults({ slack: [{ mode: '500', times: 999 }] });
    await sandbox.call('POST', '/api/bot/start');
    expect((await sandbox.publish({ message: alarmText('Alarm-1', 'ALARM', Date.now()) })).status).toBe(200);
    expect((await sandbox.publish({ message: `${'['.repeat(6_000)}${']'.repeat(6_000)}` })).status).toBe(200);
    await sandbox.call('DELETE', '/api/faults');
    await sandbox.until('both cards', async () => (await sandbox.cards()).length === 2);
    const { ts } = (await sandbox.cards())[0] as Message;
    await sandbox.until('roles', async () => (await sandbox.click(people.dana, ts, 'acknowledge')).ephemerals.length === 0);
  });
});

describe('a response under way', () => {
  it('whose process is killed becomes “outcome unknown” and is not repeated', async () => {
    await started('sqlite');
    await sandbox.scenario('sign-in-without-mfa');
    const { ts } = await sandbox.card();
    const opened = await sandbox.click(people.bob, ts, 'reset-password');
    await sandbox.faults({ aws: [{ operation: 'UpdateLoginProfile', mode: 'timeout-after', times: 1 }] });
    const submitted = sandbox.submit(people.bob, opened.views[0]?.id ?? '', { why: 'takeover' }).catch(() => undefined);
    await sandbox.until('the call', async () => (await sandbox.aws()).calls.some(({ operation }) => operation === 'UpdateLoginProfile'));
    await sandbox.call('POST', '/api/bot/stop', { signal: 'SIGKILL' });
    await submitted;
    await sandbox.call('POST', '/api/bot/start');
    await sandbox.until('the outcome', async () =>
      (await sandbox.replies())
        .map(textOf)
        .join()
        .includes('Outcome unknown: none was written down, for the responder or its database stopped meanwhile.'),
    );
    await sandbox.advance(120);
    expect((await sandbox.aws()).calls.filter(({ operation }) => operation === 'UpdateLoginProfile')).toHaveLength(1);
    expect(await sandbox.replies()).toHaveLength(1);
  });

  it('is finished before SIGTERM ends the process', async () => {
    await started('sqlite');
    await sandbox.scenario('sign-in-without-mfa');
    const { ts } = await sandbox.card();
    const opened = await sandbox.click(people.bob, ts, 'reset-password');
    await sandbox.faults({ aws: [{ operation: 'UpdateLoginProfile', mode: 'slow', ms: 1_500, times: 1 }] });
    const submitted = sandbox.submit(people.bob, opened.views[0]?.id ?? '', { why: 'takeover' });
    await sandbox.until('the intent', async () => (await sandbox.replies()).length > 0);
    await sandbox.call('POST', '/api/bot/stop', { signal: 'SIGTERM' });
    await submitted;
    await sandbox.call('POST', '/api/bot/start');
    await sandbox.until('the outcome', async () => (await sandbox.replies()).map(textOf).join().includes('Password of alice replaced'));
  });
});
