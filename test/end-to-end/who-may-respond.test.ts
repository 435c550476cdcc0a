import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { groups, people, Sandbox, textOf } from '../support/sandbox.ts';
import { changesIn, incidentOf, told, viewOf } from '../support/seen.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start();
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.call('DELETE', '/api/faults');
  await sandbox.call('POST', '/api/reset');
});

describe('who may respond', () => {
  const buttons = ['acknowledge', 'reset-alarm', 'look-up-mfa', 'reset-password', 'reset-mfa'];
  const more = ['record-step', 'by-hand', 'evidence', 'timeline'];

  it.each([
    ['a bystander', people.erik],
    ['a guest of another workspace', people.gina],
    ['somebody who was a remediator', people.bob],
  ])('%s is refused in words on every button, in the command too, and nothing is called in AWS', async (_who, user) => {
    const ts = await incidentOf(sandbox, 'sign-in-failures');
    if (user === people.bob) await leaveGroups();
    await sandbox.cardSaying('recognised by');
    await sandbox.cardSaying('IAM at');
    // The bot goes on reading alarms, queues and CloudTrail by itself.
    const calls = async () => (await sandbox.aws()).calls.filter(({ service, operation }) => service === 'iam' || operation === 'SetAlarmState');
    const before = (await calls()).length;
    for (const button of buttons) expect(told(await sandbox.click(user, ts, button))).toMatch(/is for (responders|remediators)|another workspace/);
    for (const option of more) expect(told(await sandbox.click(user, ts, 'more', option))).toMatch(/is for responders|another workspace/);
    expect(told(await sandbox.command(user, ''))).toMatch(/is for responders|another workspace/);
    expect(await calls()).toHaveLength(before);
    expect(await sandbox.replies()).toEqual([]);
    const timeline = viewOf(await sandbox.click(people.dana, ts, 'more', 'timeline'));
    expect(textOf(timeline)).toContain('· Refused');
  });

  /** Bob leaves both groups, and the next reading of them is awaited. */
  async function leaveGroups(): Promise<void> {
    const read = async (): Promise<number> => (await sandbox.requests()).filter(({ method }) => method === 'usergroups.users.list').length;
    const before = await read();
    await sandbox.call('POST', '/api/slack/usergroup', { id: groups.remediators, users: [people.carmen] });
    await sandbox.call('POST', '/api/slack/usergroup', { id: groups.responders, users: [people.carmen, people.dana] });
    await sandbox.advance(61);
    await sandbox.until('the roles', async () => (await read()) >= before + 2);
  }

  it('a responder may not change IAM', async () => {
    const ts = await incidentOf(sandbox, 'sign-in-failures');
    expect(told(await sandbox.click(people.dana, ts, 'reset-password'))).toContain('“Reset password” is for remediators');
  });

  it('somebody who lost the role between click and submit is refused at the submit', async () => {
    const ts = await incidentOf(sandbox, 'sign-in-without-mfa');
    const modal = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
    await sandbox.call('POST', '/api/slack/usergroup', { id: groups.remediators, users: [people.carmen] });
    await sandbox.advance(61);
    await sandbox.until('the roles', async () => (await sandbox.requests()).filter(({ method }) => method === 'usergroups.users.list').length >= 4);
    expect(textOf(viewOf(await sandbox.submit(people.bob, modal.id, { why: 'takeover' })))).toContain('“Reset password” is for remediators');
    expect(await changesIn(sandbox)).toEqual([]);
  });

  it('nobody may when the roles could not be read for five minutes', async () => {
    const ts = await incidentOf(sandbox, 'sign-in-failures');
    await sandbox.faults({ slack: [{ method: 'usergroups.users.list', mode: '500', times: 99 }] });
    await sandbox.advance(301);
    expect(told(await sandbox.click(people.bob, ts, 'acknowledge'))).toMatch(/could not be read for 5 min|was last read 5 min ago/);
  });
});
