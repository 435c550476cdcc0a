/** What is said to whoever types a command, as Slack shows it. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { channel, type Interaction, people, Sandbox, textOf } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start();
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.call('DELETE', '/api/faults');
  await sandbox.call('POST', '/api/reset');
});

const typed = (command: string, text: string): Promise<Interaction> =>
  sandbox.call('POST', '/api/slack/command', { user: people.dana, channel, command, text });
const told = async (): Promise<string[]> =>
  (await sandbox.call<{ ephemerals: Interaction['ephemerals'] }>('GET', `/api/slack/ephemerals?user=${people.dana}`)).ephemerals.map(textOf);

it('a freeze whose message may be in the channel is not said to be told to nobody', async () => {
  await sandbox.faults({ slack: [{ method: 'chat.postMessage', mode: 'reset-after', times: 1 }] });
  await typed('/signin-freeze', 'keys are out');
  const [, said] = await sandbox.until('what is told of it', async () => (await told()).length > 1 && told());
  expect(said).toContain('It is done. Whether the incident channel was notified is not known');
  expect((await sandbox.messages()).map(textOf).join()).toContain('froze all changes');
});

it('a freeze that Slack refused to tell says that', async () => {
  await sandbox.faults({ slack: [{ method: 'chat.postMessage', mode: 'error', error: 'restricted_action', times: 1 }] });
  await typed('/signin-freeze', 'keys are out');
  const [, said] = await sandbox.until('what is told of it', async () => (await told()).length > 1 && told());
  expect(said).toContain('It is done, but the incident channel was not notified');
});

it('what AWS has not said in time comes in a message of its own, and the first one promises nothing else', async () => {
  await sandbox.faults({ aws: [{ operation: 'DescribeAlarms', mode: 'slow', ms: 2_000, times: 20 }] });
  await typed('/signin-status', '');
  const [first, second] = await sandbox.until('the second', async () => (await told()).length > 1 && told());
  expect(first).toContain('asking CloudWatch');
  expect(first).not.toContain('updated');
  expect(second).toMatch(/watched alarm|No alarm/);
});

it('a command without a user name, which Slack phases out, is of the person by id', async () => {
  const form = {
    token: 'sandbox',
    channel_id: channel,
    command: '/signin-audit',
    text: 'since 7d',
    api_app_id: 'A01SANDBOX',
    user_id: people.bob,
    team_id: 'T01SANDBOX',
    enterprise_id: 'E01ORG',
    response_url: `${sandbox.url}/slack/response/none`,
    trigger_id: '1.2.y',
  };
  const text = new URLSearchParams(form).toString();
  const stamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', 'sandbox-signing-secret').update(`v0:${stamp}:${text}`).digest('hex');
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': stamp,
    'x-slack-signature': `v0=${signature}`,
  };
  await fetch(`${(await sandbox.state()).bot.url}/slack/events`, { method: 'POST', body: text, headers });
  const { files } = await sandbox.until('the file', async () => {
    const found = await sandbox.call<{ files: { content: string }[] }>('GET', '/api/slack/files');
    return found.files.length > 0 && found;
  });
  expect(files.map(({ content }) => content).join()).not.toContain('undefined');
});

it.each([
  { mode: '500', times: 1 },
  { mode: '429', retryAfter: 1, times: 1 },
  { mode: 'reset-after', times: 1 },
])('a window waits for no answer that Slack did not take at once: $mode', async (fault) => {
  await sandbox.scenario('sign-in-failures');
  const said = await sandbox.cardSaying('IAM at');
  expect(said).toContain('bella');
  const [list] = (await sandbox.click(people.bob, (await sandbox.card()).ts, 'more-responses')).views;
  const elements = (list?.blocks ?? []).flatMap((block) => (block.elements ?? []) as { action_id?: string; value?: string }[]);
  const button = elements.find(({ action_id }) => action_id?.startsWith('look-up-mfa'));
  await sandbox.faults({ slack: [{ method: 'views.update', ...fault }] });
  await sandbox.call('POST', '/api/slack/click-view', { user: people.bob, view_id: list?.id, action_id: button?.action_id });
  const shown = await sandbox.until('the answer', async () => {
    const { views } = await sandbox.call<{ views: { blocks: never[] }[] }>('GET', `/api/slack/views?user=${people.bob}`);
    return views.map(textOf).find((text) => text.includes('bella') && text.includes('MFA device') && !text.includes('Asking'));
  });
  expect(shown).toContain('2 MFA devices');
});
