/** From a request to the window that shows the password, through Slack as people see it: the owner that the user's tag names does not approve. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Account } from '../../src/sandbox/aws/shapes.ts';
import { changeAws } from '../support/deploy.ts';
import { channel, groups, type Interaction, type Message, people, prod, Sandbox, textOf, type View } from '../support/sandbox.ts';
import { viewOf } from '../support/seen.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start();
});
afterAll(() => sandbox.stop());

const requested = (saying: string): Promise<Message> =>
  sandbox.until(`a request saying “${saying}”`, async () =>
    (await sandbox.replies()).find((reply) => reply.broadcast === true && textOf(reply).includes(saying)),
  );

const freeze = (user: string, text: string) =>
  sandbox.call<Interaction>('POST', '/api/slack/command', { user, channel, command: '/signin-freeze', text });

it('is approved by somebody whose account it is not, not run while all is frozen, run once by who asked, and shown to nobody else', async () => {
  await changeAws(sandbox, (accounts) => {
    const { alice } = (accounts[prod] as Account).users;
    if (alice) alice.tags = { Email: 'carmen.diaz@example.com' };
  });
  await sandbox.scenario('sign-in-without-mfa');
  const { ts } = await sandbox.card();
  const form = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
  const waits = viewOf(await sandbox.submit(people.bob, form.id, { mode: 'hand-over', why: 'takeover' }));
  expect(textOf(waits)).toContain('Nothing was changed yet');

  const request = await requested('bob.ek asks for Hand over');
  expect(textOf(request)).toContain('Why, in the words of bob.ek: “takeover”');
  const own = viewOf(await sandbox.click(people.carmen, request.ts, 'approve'));
  expect(textOf(viewOf(await sandbox.submit(people.carmen, own.id, {})))).toContain('It is about your own account');
  const other = viewOf(await sandbox.click(people.frida, request.ts, 'approve'));
  expect(textOf(other)).toContain('alice in prod');
  const checked = await sandbox.call<Interaction>('POST', '/api/slack/click-view', { user: people.frida, view_id: other.id, action_id: 'check' });
  expect(textOf(viewOf(checked))).toMatch(/✓ As you: .*✓ May iam:UpdateLoginProfile.*Nothing was changed/s);
  await sandbox.call('POST', '/api/slack/close-view', { user: people.frida, view_id: viewOf(checked).id });
  await sandbox.submit(people.frida, other.id, {});

  await requested('frida.gold approved');
  await freeze(people.dana, 'something is wrong');
  expect(textOf(viewOf(await sandbox.click(people.bob, request.ts, 'run')))).toContain('froze all changes');
  await freeze(people.carmen, 'end');
  await sandbox.click(people.bob, request.ts, 'run');
  const password = (await sandbox.aws()).accounts[prod]?.users.alice?.loginProfile?.password ?? '';
  expect(password).not.toBe('Old-alice-1');
  const { views } = await sandbox.call<{ views: View[] }>('GET', '/api/slack/views');
  expect(views.filter((view) => JSON.stringify(view).includes(password)).map(({ user }) => user)).toEqual([people.bob]);
  expect(JSON.stringify(await sandbox.messages())).not.toContain(password);
  const { calls } = await sandbox.aws();
  expect(calls.filter(({ operation }) => operation === 'UpdateLoginProfile')).toHaveLength(1);
});

it('who joins the remediators rings, by name', async () => {
  const { usergroups } = await sandbox
    .call<{ usergroups: { id: string; users: string[] }[] }>('GET', '/api/state')
    .then((state) => (state as unknown as { slack: { usergroups: { id: string; users: string[] }[] } }).slack);
  const before = usergroups.find(({ id }) => id === groups.remediators)?.users ?? [];
  await sandbox.call('POST', '/api/slack/usergroup', { id: groups.remediators, users: [...before, people.dana] });
  const rang = await sandbox.until(
    'a ring',
    async () => (await sandbox.replies()).find((reply) => textOf(reply).includes(`Dana Fox (${people.dana}) joined`)),
    300,
  );
  expect(rang.broadcast).toBe(true);
});
