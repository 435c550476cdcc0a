/** The control API: what it refuses, by field; log groups; direct messages. Without a bot. */
import { get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hubAccount, prodAccount } from '../../src/sandbox/aws/names.ts';
import { controlRoutes } from '../../src/sandbox/control.ts';
import { serve } from '../../src/sandbox/http.ts';
import { Uploads } from '../../src/sandbox/slack/files.ts';
import { newTrigger } from '../../src/sandbox/slack/views.ts';
import { webApi } from '../../src/sandbox/slack/web-api.ts';
import { newWorld, type World } from '../../src/sandbox/world.ts';

let world: World;
let server: Server;
let url: string;
beforeAll(async () => {
  const options = { port: 9, opsPort: 9, dataDir: tmpdir(), databaseUrl: undefined, logLevel: 'info' };
  world = await newWorld({ ...options, url: () => url, changed: () => undefined });
  server = serve({
    ...controlRoutes(world),
    'POST /slack/api/*': webApi({ ...world, uploads: new Uploads(world.workspace, () => url), url: () => url }),
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  world.workspace.reset();
  world.aws.reset();
});

const channel = 'C01INCIDENT';
const dana = 'U03DANAFOX';

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; answer: Record<string, unknown> }> {
  const response = await fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

const slack = (method: string, args: object) =>
  call('POST', `/slack/api/${method}`, args, { 'content-type': 'application/json', authorization: 'Bearer xoxb-sandbox' });

describe('a wrong call', () => {
  const log = { account: prodAccount, group: 'trail', records: [] };
  const account = { users: {}, alarms: {} };
  it.each<[string, string, unknown, string]>([
    ['POST', '/api/aws/log', { ...log, group: '' }, 'group: '],
    ['POST', '/api/aws/log', { ...log, records: undefined }, 'records: '],
    ['POST', '/api/aws/log', { ...log, records: [7] }, 'records.0: '],
    ['POST', '/api/aws/log', { ...log, records: [{ timestamp: 'now' }] }, 'records.0: '],
    ['POST', '/api/aws/log', { ...log, delaySeconds: -1 }, 'delaySeconds: '],
    ['POST', '/api/aws/log', { ...log, account: '000000000000' }, 'account: '],
    ['POST', '/api/aws/log', { ...log, account: '__proto__' }, 'account: '],
    ['POST', '/api/aws/alarm', { name: 'none', state: 'OK' }, 'name: '],
    ['POST', '/api/aws/alarm', { name: 'ConsoleSigninFailures', state: 'BROKEN' }, 'state: '],
    ['PUT', '/api/aws', { accounts: { [prodAccount]: { ...account, logs: [{ group: 'a' }] } } }, `accounts.${prodAccount}.logs.0.region: `],
    [
      'PUT',
      '/api/aws',
      { accounts: { [prodAccount]: { ...account, filters: [{ filterName: 'a' }] } } },
      `accounts.${prodAccount}.filters.0.filterPattern: `,
    ],
    [
      'PUT',
      '/api/aws',
      { accounts: { [prodAccount]: { ...account, muteRules: [{ name: 'a', region: 'r', alarmNames: [], status: 'ON' }] } } },
      `accounts.${prodAccount}.muteRules.0.status: `,
    ],
    [
      'PUT',
      '/api/aws',
      { accounts: { [prodAccount]: { ...account, alarms: { a: { period: 'long' } } } } },
      `accounts.${prodAccount}.alarms.a.period: `,
    ],
    ['GET', '/api/slack/messages?channel=C00NOWHERE', undefined, 'channel: '],
    ['GET', '/api/slack/views?user=U00NOBODY', undefined, 'user: '],
    ['POST', '/api/slack/click', { user: dana, channel, ts: '1.1', action_id: 'more' }, 'ts: '],
    ['POST', '/api/slack/click', { user: 'U00NOBODY', channel, ts: '1.1', action_id: 'more' }, 'user: '],
    ['POST', '/api/slack/click', { user: dana, channel: 'C00NOWHERE', ts: '1.1', action_id: 'more' }, 'channel: '],
    ['POST', '/api/slack/channel', { id: dana }, 'id: '],
    ['POST', '/api/faults', { aws: [{ mode: 'odd', times: 1 }] }, 'aws.0.mode: '],
    ['POST', '/api/clock', { advanceSeconds: -1 }, 'advanceSeconds: '],
    ['POST', '/api/clock', { advanceSeconds: 1e300 }, 'advanceSeconds: '],
  ])('%s %s %j names its field', async (method, path, body, beginning) => {
    const { status, answer } = await call(method, path, body);
    expect([status, answer.error]).toEqual([400, expect.stringMatching(new RegExp(`^${RegExp.escape(beginning)}`))]);
  });

  it('of a page of somebody else in the browser is refused', async () => {
    const { status, answer } = await call('GET', '/api/state', undefined, { origin: 'https://evil.example' });
    expect([status, answer.error]).toEqual([403, expect.stringContaining('Origin')]);
    expect((await call('GET', '/api/state', undefined, { origin: url })).status).toBe(200);
  });

  it('of an image, frame or script of somebody else, which has no Origin, is refused; a link that is followed is not', async () => {
    const asked = (site: string, destination: string) =>
      call('GET', '/api/state', undefined, { 'sec-fetch-site': site, 'sec-fetch-dest': destination });
    for (const destination of ['image', 'iframe', 'script', 'empty']) {
      for (const site of ['cross-site', 'same-site']) expect((await asked(site, destination)).status).toBe(403);
      for (const site of ['same-origin', 'none']) expect((await asked(site, destination)).status).toBe(200);
    }
    expect((await asked('cross-site', 'document')).status).toBe(200);
    expect((await call('POST', '/api/clock', {}, { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' })).status).toBe(403);
    const { headers } = await fetch(`${url}/api/state`);
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it.each(['evil.example', 'evil.example:4000', '127.0.0.1.evil.example', 'localhost.evil.example:4000'])(
    'by a name that leads here but is not here (Host %j) is refused',
    async (host) => {
      const { port } = server.address() as AddressInfo;
      const status = await new Promise((resolve, reject) => {
        const asked = get({ host: '127.0.0.1', port, path: '/api/state', headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        asked.on('error', reject);
      });
      expect(status).toBeGreaterThanOrEqual(400);
    },
  );
});

describe('App Home', () => {
  it('is no modal over which another could be pushed; what is opened there can be pushed over', async () => {
    const { workspace } = world;
    const view = { type: 'modal', title: { type: 'plain_text', text: 't' }, blocks: [] };
    await slack('views.publish', { user_id: dana, view: { type: 'home', blocks: [] } });
    const push = () => slack('views.push', { trigger_id: newTrigger(workspace, dana), view });
    expect((await push()).answer).toMatchObject({ ok: false, error: 'not_found' });
    expect((await slack('views.open', { trigger_id: newTrigger(workspace, dana), view })).answer.ok).toBe(true);
    expect((await push()).answer.ok).toBe(true);
  });
});

describe('log groups', () => {
  it('take records and lines, at their own time or the record’s, and are made where there is none', async () => {
    const records = [{ eventName: 'A', eventTime: '2026-11-20T10:00:00Z' }, { eventName: 'B', timestamp: 5, ingestionTime: 6 }, 'a line'];
    const now = world.clock.now();
    expect(
      (await call('POST', '/api/aws/log', { account: prodAccount, region: 'eu-west-1', group: 'new', records, delaySeconds: 60 })).answer,
    ).toEqual({
      group: 'new',
      events: 3,
    });
    const { accounts } = (await call('GET', '/api/aws')).answer as {
      accounts: Record<string, { logs: { group: string; events: { ingestionTime: number }[] }[]; trail: [] }>;
    };
    const found = accounts[prodAccount]?.logs.find(({ group }) => group === 'new');
    expect(found).toMatchObject({
      region: 'eu-west-1',
      events: [
        { timestamp: Date.parse('2026-11-20T10:00:00Z'), message: '{"eventName":"A","eventTime":"2026-11-20T10:00:00Z"}' },
        { timestamp: 5, ingestionTime: 6, message: '{"eventName":"B"}' },
        { message: 'a line' },
      ],
    });
    expect(found?.events[0]?.ingestionTime).toBeGreaterThanOrEqual(now + 60_000);
    expect(accounts[prodAccount]?.trail).toEqual([]);
  });

  it('are empty where a state is put without them', async () => {
    await call('PUT', '/api/aws', { accounts: { [hubAccount]: { users: {}, alarms: {} } } });
    expect(world.aws.accounts[hubAccount]).toMatchObject({ logs: [], alarmHistory: [], muteRules: [] });
  });
});

describe('direct messages', () => {
  it('are found and clicked by the person’s id', async () => {
    const blocks = [{ type: 'actions', elements: [{ type: 'button', action_id: 'was-me', text: { type: 'plain_text', text: 'That was me' } }] }];
    const posted = await slack('chat.postMessage', { channel: dana, text: 'Was this you?', blocks });
    expect(posted.answer).toMatchObject({ ok: true, channel: 'D03DANAFOX' });
    for (const asked of [dana, 'D03DANAFOX']) {
      const { messages } = (await call('GET', `/api/slack/messages?channel=${asked}`)).answer as { messages: { text: string }[] };
      expect(messages.map(({ text }) => text)).toEqual(['Was this you?']);
    }
    const { answer } = await call('POST', '/api/slack/click', { user: dana, channel: dana, ts: posted.answer.ts, action_id: 'was-me' });
    expect(answer).toMatchObject({ status: 0, warning: 'This app did not respond in time.' });
    expect((await call('GET', `/api/slack/messages?channel=${channel}`)).answer).toEqual({ messages: [] });
  });

  it('of nobody are refused, and are read with a scope of their own', async () => {
    expect((await slack('chat.postMessage', { channel: 'U00NOBODY', text: 'x' })).answer).toMatchObject({ error: 'channel_not_found' });
    expect((await slack('conversations.history', { channel: 'D03DANAFOX' })).answer).toMatchObject({ error: 'missing_scope' });
    await call('POST', '/api/slack/scopes', { scopes: ['im:history'] });
    expect((await slack('conversations.history', { channel: 'D03DANAFOX' })).answer).toMatchObject({ ok: true });
    expect((await slack('conversations.history', { channel })).answer).toMatchObject({ error: 'missing_scope' });
  });
});

it('files are a list', async () => {
  expect((await call('GET', '/api/slack/files')).answer).toEqual({ files: [] });
});
