/** Two responders on one Postgres: what one leaves unfinished the other takes up, and nothing comes twice or is lost. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { botEnvironment } from '../../src/sandbox/bot.ts';
import { signingSecret } from '../../src/sandbox/slack/interact.ts';
import { team, teamOf } from '../../src/sandbox/slack/workspace.ts';
import { newFolder } from '../support/folders.ts';
import { newDatabase } from '../support/postgres.ts';
import { alarmText, channel, type Interaction, type Published, people, Sandbox, textOf } from '../support/sandbox.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
let sandbox: Sandbox;
let databaseUrl: string;
let home: string;
let second: ChildProcess | undefined;

beforeEach(async () => {
  home = newFolder();
  databaseUrl = await newDatabase(inject('postgresUrl'));
  sandbox = await Sandbox.startProcesses({ DATABASE_URL: databaseUrl });
});
afterEach(async () => {
  second?.kill('SIGKILL');
  second = undefined;
  await sandbox.stop();
});

/** Resolves with its address once it takes part. */
async function startSecond(): Promise<string> {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env;
  const own = { sandboxUrl: sandbox.url, port: 0, opsPort: 0, dataDir: home, databaseUrl, logLevel: 'info', onLine: () => undefined };
  const child = spawn(process.execPath, [main], {
    cwd: home,
    env: { PATH, HOME, NODE_COMPILE_CACHE, ...botEnvironment(own) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  second = child;
  return new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (part: Buffer) => {
      const ready = part
        .toString('utf8')
        .split('\n')
        .find((line) => line.includes('"msg":"ready"'));
      if (ready) resolve((JSON.parse(ready) as { url: string }).url);
    });
    child.once('exit', (code) => reject(new Error(`The second replica ended with ${code}.`)));
  });
}

async function query<Row extends object>(text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<Row>(text);
  await client.end();
  return rows;
}

/** How often each card and reply is in Slack. */
async function keys(): Promise<string[]> {
  return (await sandbox.messages()).flatMap(({ metadata }) => metadata?.event_payload.key ?? []).toSorted();
}

/** Not the one that says what SNS did not bring meanwhile. */
async function alarmCards(): Promise<number> {
  return (await sandbox.cards()).filter((card) => /Alarm-\d/.test(textOf(card))).length;
}

describe('two responders on one Postgres', () => {
  it('post a card once, though the one that was posting it is stopped for longer than its lease and then goes on', async () => {
    await sandbox.faults({ slack: [{ method: 'chat.postMessage', mode: 'slow', ms: 1_500, times: 1 }] });
    await sandbox.publish({ message: alarmText('Alarm-1', 'ALARM', Date.now()) });
    await sandbox.until('the attempt', async () => (await query("select 1 from pictures where name = 'card' and attempt_at is not null")).length > 0);
    const { pid } = (await sandbox.state()).bot;
    process.kill(pid, 'SIGSTOP');
    try {
      // The lease is 60 s of the database's clock; this is that time gone by.
      await query('update incidents set lease_until = 0 where lease_until is not null');
      await startSecond();
      await sandbox.until('the other one to find the card', async () => {
        const [shown] = await query<{ ts: string | null }>("select ts from pictures where name = 'card'");
        return shown?.ts;
      });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await sandbox.publish({ message: alarmText('Alarm-1', 'OK', Date.now() + 1_000) });
    await sandbox.cardSaying('Alarm OK by itself');
    for (let half = 0; half < 4; half++) await sandbox.advance(30);
    expect(await keys()).toEqual(['SIN-1/card']);
  }, 180_000);

  it('lose nothing and show nothing twice while the one that takes the signals is restarted again and again', async () => {
    await startSecond();
    const at = Date.now();
    const publish = (index: number, messageId?: string): Promise<Published> =>
      sandbox.publish({ message: alarmText(`Alarm-${index % 6}`, index % 12 < 6 ? 'ALARM' : 'OK', at + index), ...(messageId ? { messageId } : {}) });
    const results: Published[] = [];
    for (let round = 0; round < 2; round++) {
      const restarted = (async () => {
        await sandbox.call('POST', '/api/bot/stop', { signal: 'SIGTERM' });
        await sandbox.call('POST', '/api/bot/start');
      })();
      for (let index = round * 24; index < round * 24 + 24; index++) results.push(await publish(index));
      await restarted;
    }
    // What was not answered, SNS sends again with the same id.
    for (const [index, { status, messageId }] of results.entries()) if (status !== 200) expect((await publish(index, messageId)).status).toBe(200);
    const [taken] = await query<{ n: number }>('select count(*)::int as n from inbox');
    expect(taken?.n).toBe(results.length);
    await sandbox.until('six cards', async () => (await alarmCards()) >= 6, 300, 100_000);
    for (let half = 0; half < 4; half++) await sandbox.advance(30);
    const shown = await keys();
    expect(shown.filter((key, index) => shown.indexOf(key) !== index)).toEqual([]);
    expect(await alarmCards()).toBe(6);
  }, 180_000);
});

/** A slash command as Slack signs and sends it, to the replica at that address. @returns what only the sender sees */
async function commandTo(url: string, user: { id: string; name: string }, command: string, text: string): Promise<string> {
  const { organisation } = teamOf(team);
  const form = new URLSearchParams({
    ...{ command, text, user_id: user.id, user_name: user.name, team_id: team, api_app_id: 'A01SANDBOX' },
    ...(organisation ? { enterprise_id: organisation.id, enterprise_name: organisation.name } : {}),
    ...{ channel_id: channel, channel_name: 'incidents', response_url: `${sandbox.url}/slack/response/none`, trigger_id: '1.1.a' },
  }).toString();
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:${form}`).digest('hex')}`;
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': signature,
  };
  const answer = await fetch(`${url}/slack/events`, { method: 'POST', headers, body: form });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { text: string }).text;
}

describe('/signin-freeze on one of two responders', () => {
  const dana = { id: people.dana, name: 'dana.fox' };
  const viewOf = ({ views }: Interaction) => views.at(-1) as Interaction['views'][number];
  const viewsOf = async (user: string) => (await sandbox.call<{ views: Interaction['views'] }>('GET', `/api/slack/views?user=${user}`)).views;
  const lastView = async (user: string): Promise<string> => (await viewsOf(user)).map(textOf).join('\n');
  /** What is opened by a button, once AWS has answered. */
  const opened = async (user: string, message: string, button: string) => {
    const { id } = viewOf(await sandbox.click(user, message, button));
    return sandbox.until(`what ${button} opens`, async () =>
      (await viewsOf(user)).find((one) => one.id === id && !textOf(one).includes('Asking AWS')),
    );
  };
  const changesMade = async (): Promise<string[]> =>
    (await sandbox.aws()).calls.map(({ operation }) => operation).filter((operation) => /^(Update|Deactivate|Delete)/.test(operation));

  it('a change on the other, started one second later, is refused; so is a Run approved before, and a form that was open', async () => {
    const other = await startSecond();
    await sandbox.scenario('sign-in-without-mfa');
    const { ts } = await sandbox.card();
    // Handed over by bob, once carmen approves; and a form that carmen has filled in.
    const asked = await opened(people.bob, ts, 'reset-password');
    await sandbox.submit(people.bob, asked.id, { mode: 'hand-over', why: 'takeover' });
    const request = await sandbox.until('the request', async () => (await sandbox.replies()).find((reply) => textOf(reply).includes('Approve')));
    const facts = await opened(people.carmen, request.ts, 'approve');
    await sandbox.submit(people.carmen, facts.id, {});
    await sandbox.until('Run', async () => (await sandbox.replies()).some((reply) => reply.ts === request.ts && textOf(reply).includes('Run')));
    const open = await opened(people.carmen, ts, 'reset-password');

    expect(await commandTo(other, dana, '/signin-freeze', 'tokens are out')).toContain('dana.fox froze all changes');
    await sandbox.advance(1);

    const started = await opened(people.bob, ts, 'reset-password');
    expect(textOf(started)).toContain('dana.fox froze all changes');
    expect(textOf(viewOf(await sandbox.submit(people.carmen, open.id, { mode: 'lock-out', why: 'takeover' })))).toContain(
      'dana.fox froze all changes',
    );
    await sandbox.click(people.bob, request.ts, 'run');
    expect(await lastView(people.bob)).toContain('dana.fox froze all changes');
    expect(await changesMade()).toEqual([]);

    const told = (await sandbox.messages()).filter(({ text }) => text.includes('froze all changes'));
    expect(told).toHaveLength(1);
    expect(told[0]).not.toHaveProperty('thread_ts');
    await sandbox.click(people.dana, ts, 'acknowledge');
    await sandbox.cardSaying('Frozen: dana.fox stopped all changes to AWS from Slack');
    expect(await commandTo(other, dana, '/signin-freeze', 'confirm')).toContain('not one of them');

    // Nobody confirmed it.
    await sandbox.advance(60 * 60);
    // Who has which role is read anew after so long a time.
    await sandbox.until('the roles, read anew', async () => (await sandbox.click(people.bob, ts, 'reset-password')).views.length > 0);
    const after = await opened(people.bob, ts, 'reset-password');
    await sandbox.submit(people.bob, after.id, { mode: 'lock-out', why: 'takeover' });
    await sandbox.until('the change', async () => (await changesMade()).length === 1);
    await sandbox.until('the card', async () => !textOf(await sandbox.card()).includes('Frozen'));
  }, 180_000);
});
