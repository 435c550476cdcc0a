/** What comes signed is not thereby well formed, nor of now, nor to be answered wherever it says. */
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { App, Logger } from '@slack/bolt';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { payloadRefusal } from '../../src/slack/payload.ts';
import { slackReceiver } from '../../src/slack/receiver.ts';
import { quietLog } from '../support/ports.ts';

const signingSecret = 'a-signing-secret';
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined } as unknown as Logger;

let server: Server;
let reasons: string[];
const taken: unknown[] = [];

beforeAll(async () => {
  const receiver = slackReceiver({
    signingSecret,
    log: quietLog,
    logger: silent,
    refusalOf: (payload) => payloadRefusal(payload, { app: 'A0RESPONDER', sandbox: undefined }),
    refused: (reason) => void reasons.push(reason),
    wallClock: Date.now,
  });
  const app = {
    processEvent: async ({ body, ack }: { body: unknown; ack: () => Promise<void> }) => {
      taken.push(body);
      await ack();
    },
  };
  receiver.init(app as unknown as App);
  server = createServer(receiver.requestListener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void server.close());
beforeEach(() => {
  reasons = [];
  taken.length = 0;
});

async function post(body: string, { at = Date.now(), type = 'application/json', sign = true } = {}): Promise<number> {
  const timestamp = String(Math.floor(at / 1_000));
  const signature = `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
  const headers = { 'content-type': type, 'x-slack-request-timestamp': timestamp, 'x-slack-signature': sign ? signature : 'v0=00' };
  const { port } = server.address() as AddressInfo;
  return (await fetch(`http://127.0.0.1:${port}/slack/events`, { method: 'POST', headers, body })).status;
}

const click = {
  type: 'block_actions',
  api_app_id: 'A0RESPONDER',
  user: { id: 'U01BOBEK00' },
  team: { id: 'T01' },
  trigger_id: '1.2',
  response_url: 'https://hooks.slack.com/actions/T01/1/x',
  actions: [{ action_id: 'acknowledge', type: 'button', value: '1' }],
};
const form = (payload: unknown): string => `payload=${encodeURIComponent(JSON.stringify(payload))}`;
const posted = (payload: unknown): Promise<number> => post(form(payload), { type: 'application/x-www-form-urlencoded' });

describe('a signed request from Slack', () => {
  it('is taken where it is well formed', async () => {
    expect(await posted(click)).toBe(200);
    expect(taken).toEqual([click]);
  });

  it.each(['null', '5', '"text"', '[]', '[null]', '{', '', 'true'])('of %j ends nothing', async (body) => {
    expect(await post(body)).toBe(400);
    expect(await post(`payload=${body}`, { type: 'application/x-www-form-urlencoded' })).toBe(400);
    expect(await posted(click)).toBe(200);
  });

  it.each([
    ['without a user', { ...click, user: undefined }],
    ['with a user that is no id', { ...click, user: { id: 'bob' } }],
    ['without an action', { ...click, actions: [] }],
    ['with an action that is none', { ...click, actions: [null] }],
    ['with a menu that is none', { ...click, actions: [{ ...click.actions[0], selected_option: 'x' }] }],
    ['of a kind that is not asked for', { ...click, type: 'constructor' }],
    [
      'of a view without a state',
      { ...click, type: 'view_submission', view: { id: 'V1', callback_id: 'resolve', private_metadata: '{}', blocks: [] } },
    ],
    ...[
      '{"i":1e300}',
      '{"i":-1}',
      '{"i":"1"}',
      '{"i":1,"seq":1.5}',
      '{"i":1,"facts":"x"}',
      '{"i":1,"facts":{"a":{}}}',
      '{"i":1,"target":{"kind":"iam-user","account":{},"name":["alice"]}}',
      '{"i":1,"target":null}',
    ].map((private_metadata): [string, object] => [
      `of a form that remembers ${private_metadata}`,
      { ...click, type: 'view_submission', view: { id: 'V1', callback_id: 'respond', private_metadata, blocks: [], state: { values: {} } } },
    ]),
    ['of a workspace that is the name of what every object has', { ...click, team: { id: 'constructor' } }],
    ['of a person of such a workspace', { ...click, user: { id: 'U01BOBEK00', team_id: '__proto__' } }],
    ['of such an organisation', { ...click, enterprise: { id: 'toString' } }],
    ['of an event for nobody', { type: 'event_callback', event: { type: 'app_home_opened', user: 'U01BOBEK00' }, authorizations: [null] }],
    ['of a command from such a workspace', { command: '/a', text: '', user_id: 'U01BOBEK00', team_id: 'valueOf' }],
    ['of a command twice over', { command: ['/a', '/b'], text: '', user_id: 'U01BOBEK00' }],
  ])('%s is refused', async (_what, payload) => {
    expect(await posted(payload)).toBe(400);
    expect(reasons).toEqual(['slack-payload']);
  });

  it.each([
    'https://hooks.slack.com.evil.example/x',
    'https://evil.example/hooks.slack.com',
    'http://hooks.slack.com/x',
    'https://user:word@hooks.slack.com/x',
    'https://hooks.slack.com:8443/x',
    'http://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    7,
  ])('that wants its answer at %s is refused', async (response_url) => {
    expect(await posted({ ...click, response_url })).toBe(403);
    expect(await posted({ ...click, response_url: undefined, response_urls: [{ response_url }] })).toBe(403);
    expect(reasons).toEqual(['slack-response-url', 'slack-response-url']);
  });

  it('for another app, or about what another app made, is refused', async () => {
    expect(await posted({ ...click, api_app_id: 'A0OTHER' })).toBe(403);
    expect(await posted({ ...click, message: { app_id: 'A0OTHER' } })).toBe(403);
    expect(reasons).toEqual(['slack-app', 'slack-app']);
  });

  it.each([-6, 6])('of %i minutes from now is refused, however well signed', async (minutes) => {
    expect(await post('{}', { at: Date.now() + minutes * 60_000 })).toBe(401);
  });

  it('is answered where Slack only asks whether somebody is there', async () => {
    expect(await post('{"type":"url_verification","challenge":"x"}')).toBe(200);
    expect(await post('ssl_check=1&payload=null', { type: 'application/x-www-form-urlencoded', sign: false })).toBe(200);
    expect(taken).toEqual([]);
  });

  it('is refused where it is not signed, before it is looked at', async () => {
    expect(await post('null', { sign: false })).toBe(401);
    expect(reasons).toEqual(['slack-signature']);
  });
});
