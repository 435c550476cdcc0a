/** The list behind “More responses”, and “Was this you?”, from the card to the direct message and back. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Interaction, type Message, people, Sandbox, textOf, type View } from '../support/sandbox.ts';
import { viewOf } from '../support/seen.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start({ AWS_SESSIONS_ROLE: 'arn:aws:iam::{account}:role/signin-responder-sessions' });
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.call('POST', '/api/reset');
});

/** @param nth of the buttons of that id: for whom */
async function press(user: string, view: View, action_id: string, nth = 1): Promise<Interaction> {
  const id = nth === 1 ? action_id : `${action_id}/${nth}`;
  const value = JSON.stringify(view.blocks).match(new RegExp(`"action_id":"${id}","value":"([^"]*)"`))?.[1] ?? '';
  return sandbox.call('POST', '/api/slack/click-view', { user, view_id: view.id, action_id: id, value });
}

async function directMessages(user: string): Promise<Message[]> {
  return (await sandbox.call<{ messages: Message[] }>('GET', `/api/slack/messages?channel=${user}`)).messages;
}

async function answer(user: string, { ts }: Message, action_id: string): Promise<string> {
  const { ephemerals } = await sandbox.call<Interaction>('POST', '/api/slack/click', { user, channel: people.erik, ts, action_id });
  return ephemerals.map(textOf).join('\n');
}

it('a response is given from the list as from the card, for the person whose button it is', async () => {
  await sandbox.scenario('sign-in-without-mfa');
  const { ts } = await sandbox.card();
  const list = viewOf(await sandbox.click(people.bob, ts, 'more-responses'));
  expect(textOf(list)).toMatch(/alice \(IAM user\) in .*\n(.*\n)*Lock out: .*\(remediators, no approval\.\)/);
  const form = viewOf(await press(people.bob, list, 'reset-password'));
  expect(form.title.text).toContain('alice');
  const outcome = viewOf(await sandbox.submit(people.bob, form.id, { mode: 'lock-out', why: 'takeover' }));
  expect(textOf(outcome)).toContain('Password of alice replaced, shown to nobody.');
  // A step is done at once, and the list is drawn anew.
  const again = viewOf(await sandbox.click(people.dana, ts, 'more-responses'));
  const after = viewOf(await press(people.dana, again, 'acknowledge'));
  expect(textOf(after)).not.toContain('Acknowledge: ');
  await sandbox.cardSaying('dana.fox is on it');
  // Without the role there is no button; whoever presses one that is left over is told why not, in a window.
  expect(JSON.stringify(again.blocks)).not.toContain('"action_id":"reset-password"');
});

it('one that is for several kinds is confirmed and given like the others', async () => {
  await sandbox.scenario('sign-in-without-mfa');
  const { ts } = await sandbox.card();
  const list = viewOf(await sandbox.click(people.bob, ts, 'more-responses'));
  const form = viewOf(await press(people.bob, list, 'quarantine'));
  expect(textOf(viewOf(await sandbox.submit(people.bob, form.id, { why: 'takeover' })))).toContain('alice');
  expect((await sandbox.aws()).calls.filter(({ operation, error }) => operation === 'AttachUserPolicy' && !error)).toHaveLength(1);
});

it('whoever presses a button in a thread is answered in the thread, and on the card in the channel', async () => {
  await sandbox.scenario('sign-in-without-mfa');
  const { ts } = await sandbox.card();
  const form = viewOf(await press(people.bob, viewOf(await sandbox.click(people.bob, ts, 'more-responses')), 'quarantine'));
  await sandbox.submit(people.bob, form.id, { why: 'takeover' });
  const hasUndo = ({ blocks }: Message): boolean => JSON.stringify(blocks).includes('"action_id":"undo"');
  const reply = await sandbox.until('the reply with Undo', async () => (await sandbox.replies()).find(hasUndo));
  const [inThread] = (await sandbox.click(people.dana, reply.ts, 'undo')).ephemerals;
  expect(inThread).toMatchObject({ thread_ts: ts, text: expect.stringContaining('remediators') });
  const [inChannel] = (await sandbox.click(people.erik, ts, 'acknowledge')).ephemerals;
  expect(inChannel && [inChannel.text !== '', inChannel.thread_ts]).toEqual([true, undefined]);
  // What Slack does not take into the thread is said in the channel after all.
  await sandbox.faults({ slack: [{ method: 'chat.postEphemeral', mode: 'error', error: 'restricted_action', times: 1 }] });
  expect((await sandbox.click(people.dana, reply.ts, 'undo')).ephemerals.map((one) => one.thread_ts)).toEqual([undefined]);
});

it('older sessions are denied by the role for that alone, where it is configured', async () => {
  await sandbox.scenario('sign-in-without-mfa');
  const { ts } = await sandbox.card();
  const list = viewOf(await sandbox.click(people.bob, ts, 'more-responses'));
  const form = viewOf(await press(people.bob, list, 'deny-older-sessions'));
  expect(textOf(form)).toContain('The responder cannot take it back: the role that writes the policy may not delete it.');
  const check = { user: people.bob, view_id: form.id, action_id: 'check', values: {} };
  const checked = viewOf(await sandbox.call<Interaction>('POST', '/api/slack/click-view', check));
  expect(textOf(checked)).toMatch(
    /✓ As you: signin-responder-sessions in prod .* acts in your name\.\n✓ May iam:PutUserPolicy on arn:aws:iam::\d+:user\/alice/,
  );
  await sandbox.call('POST', '/api/slack/close-view', { user: people.bob, view_id: checked.id });
  const outcome = viewOf(await sandbox.submit(people.bob, form.id, { why: 'takeover' }));
  expect(textOf(outcome)).toMatch(/Denied: sessions of alice that began before this.*(.|\n)*aws iam delete-user-policy --user-name alice/);
  await sandbox.cardSaying('sessions of alice that began before this denied');
  const puts = (await sandbox.aws()).calls.filter(({ operation }) => operation === 'PutUserPolicy');
  expect(puts).toMatchObject([{ roleSessionName: `${people.bob}.SIN-1.deny-older-sessions` }]);
});

it('the owner is asked, and answers No once; nobody else can', async () => {
  await sandbox.scenario('sign-in-without-mfa');
  const { ts } = await sandbox.card();
  const list = viewOf(await sandbox.click(people.dana, ts, 'more-responses'));
  const form = viewOf(await press(people.dana, list, 'was-this-you'));
  expect(textOf(form)).toContain('It tips off whoever holds that person’s Slack.');
  expect(textOf(viewOf(await sandbox.submit(people.dana, form.id, {})))).toContain('The direct message is sent.');
  const [question] = await directMessages(people.erik);
  if (question === undefined) throw new Error('No direct message.');
  expect(textOf(question)).toMatch(
    /Was this you\? dana\.fox asks, because of SIN-1\.(.|\n)*From: (.|\n)*Device of the newest: (.|\n)*\[Yes, it was me\] \[No, it was not me\]/,
  );
  expect(await answer(people.bob, question, 'was-me')).toContain('Somebody else was asked. Nothing was recorded as an answer.');
  await sandbox.call('POST', '/api/bot/stop', { signal: 'SIGKILL' });
  await sandbox.call('POST', '/api/bot/start');
  await answer(people.erik, question, 'was-not-me');
  await sandbox.cardSaying('It was not them: ');
  const [answered] = await directMessages(people.erik);
  expect(textOf(answered as Message)).toBe('Was this you? You answered “No, it was not me”. The responders are notified.');
  const loud = await sandbox.until('a loud reply', async () => (await sandbox.messages()).find(({ broadcast }) => broadcast));
  expect(textOf(loud)).toContain('erik.lund says that it was not them: alice in');
});

it('Check says what AWS would answer, over the form that stays as it was filled in; nothing is changed', async () => {
  await sandbox.scenario('mfa-failures');
  const { ts } = await sandbox.card();
  const form = viewOf(await sandbox.click(people.bob, ts, 'reset-mfa'));
  const check = (view: View, values = {}): Promise<Interaction> =>
    sandbox.call('POST', '/api/slack/click-view', { user: people.bob, view_id: view.id, action_id: 'check', values });
  expect(textOf(viewOf(await check(form)))).toContain('What is called depends on the answers');
  await sandbox.call('POST', '/api/slack/close-view', { user: people.bob, view_id: viewOf(await check(form)).id });
  const devices = JSON.stringify(form.blocks).match(/"value":"([0-9a-f]{16})"/)?.[1] ?? '';
  const said = textOf(viewOf(await check(form, { devices: [devices] })));
  expect(said).toMatch(
    /✓ As you: signin-responder-respond in prod .* acts in your name\.\n✓ May iam:DeactivateMFADevice on arn:aws:iam::\d+:user\/bella/,
  );
  const { calls } = await sandbox.aws();
  const assumed = calls.filter(({ operation, roleSessionName }) => operation === 'AssumeRole' && roleSessionName === undefined);
  expect(assumed.map(({ input }) => input.RoleSessionName)).toContain(`${people.bob}.SIN-1.reset-mfa`);
  expect(calls.filter(({ operation }) => operation === 'SimulatePrincipalPolicy').length).toBeGreaterThan(0);
  expect(calls.filter(({ operation }) => operation === 'DeactivateMFADevice')).toEqual([]);
});
