/** Files by the real client against the emulated Slack: three steps, and what Slack refuses at each. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import type { WebClient } from '@slack/web-api';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { emulatedRoutes } from '../../src/sandbox/emulated.ts';
import { serve } from '../../src/sandbox/http.ts';
import { newWorld, type World } from '../../src/sandbox/world.ts';
import { webClientOf } from '../../src/slack/app.ts';
import { filesOf } from '../../src/slack/files.ts';
import { quietLog, silentMetrics } from '../support/ports.ts';

const dana = 'U03DANAFOX';
let world: World;
let server: Server;
let url = '';
let client: WebClient;
beforeAll(async () => {
  const options = { port: 9, opsPort: 9, dataDir: tmpdir(), databaseUrl: undefined, logLevel: 'info' };
  world = await newWorld({ ...options, url: () => url, changed: () => undefined });
  server = serve(emulatedRoutes(world, () => url));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const secret = new Secret('xoxb-sandbox');
  client = webClientOf({
    botToken: secret,
    signingSecret: secret,
    appToken: undefined,
    apiUrl: `${url}/slack/api/`,
    log: quietLog,
    metrics: silentMetrics,
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => world.workspace.reset());

const file = { name: 'log.csv', content: 'incident,seq\r\n1,“1”\r\n', says: 'The log.' };
const errorOf = (thrown: { data?: { error?: string } }): string | undefined => thrown.data?.error;

it('a file goes to one person, in direct messages', async () => {
  await filesOf(client, url).send(dana, file);
  expect(world.workspace.files).toEqual([
    { id: expect.stringMatching(/^F[A-Z0-9]{8,}$/), name: 'log.csv', channel: 'D03DANAFOX', user: dana, content: file.content },
  ]);
  expect(world.workspace.messages.map(({ channel, text }) => [channel, text])).toEqual([['D03DANAFOX', 'The log. [log.csv]']]);
});

it('is refused where the app lacks a scope, with the fix', async () => {
  for (const missing of ['files:write', 'im:write']) {
    world.workspace.scopes = world.workspace.scopes.filter((scope) => scope !== missing);
    await expect(filesOf(client, url).send(dana, file)).rejects.toThrow('Install the Slack app again from manifest.yml');
    world.workspace.reset();
  }
  expect(world.workspace.files).toEqual([]);
});

it('is uploaded once, whole, to an address of Slack’s', async () => {
  const { upload_url = '', file_id = '' } = await client.files.getUploadURLExternal({ filename: 'x', length: 2 });
  const complete = (id: string) => client.files.completeUploadExternal({ files: [{ id }], channel_id: 'D03DANAFOX' }).then(() => 'ok', errorOf);
  expect(await complete(file_id)).toBe('file_update_failed');
  const upload = async (body: string): Promise<number> => (await fetch(upload_url, { method: 'POST', body })).status;
  expect([await upload('abc'), await upload('ab'), await upload('ab')]).toEqual([400, 200, 400]);
  expect((await fetch(`${url}/slack/upload/none`, { method: 'POST', body: 'ab' })).status).toBe(404);
  expect([await complete('F000000000'), await complete(file_id), await complete(file_id)]).toEqual(['file_not_found', 'ok', 'file_not_found']);
  await expect(filesOf(client, undefined).send(dana, file)).rejects.toThrow('none of Slack’s');
});

it('may have come through only where the last call was not answered', async () => {
  const unanswered = async (method: string) => {
    const without = { ...client, conversations: { ...client.conversations }, files: { ...client.files } };
    const fails = () =>
      Promise.reject(Object.assign(new Error('no answer'), { code: 'slack_webapi_request_error', original: { code: 'ECONNRESET' } }));
    if (method === 'open') Object.assign(without.conversations, { open: fails });
    else Object.assign(without.files, { [method]: fails });
    return filesOf(without as never, url)
      .send(dana, file)
      .catch(({ code }: { code: string }) => code);
  };
  expect([await unanswered('open'), await unanswered('getUploadURLExternal')]).toEqual(['unavailable', 'unavailable']);
  expect(await unanswered('completeUploadExternal')).toBe('ambiguous');
});

it('direct messages are opened with people of the organisation', async () => {
  const open = (users: string) => client.conversations.open({ users }).then(({ channel }) => channel?.id, errorOf);
  expect([await open(dana), await open('U00NOBODY0'), await open('U05GINAGUE')]).toEqual(['D03DANAFOX', 'user_not_found', 'user_not_found']);
});
