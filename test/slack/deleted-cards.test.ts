/** Cards that somebody deletes: a deleted message that has replies stays in Slack as one that says so, and one without is gone with its thread. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { alarmText, channel, people, Sandbox, textOf } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start();
});
afterAll(() => sandbox.stop());
beforeEach(() => sandbox.call('POST', '/api/reset'));

async function deleteCard(): Promise<string> {
  const { ts } = await sandbox.card();
  await sandbox.call('POST', '/api/slack/delete', { channel, ts });
  return ts;
}

describe('a card that is deleted', () => {
  it('with its replies left is posted anew as often as it is deleted', async () => {
    await sandbox.scenario('sign-in-failures');
    await sandbox.click(people.dana, (await sandbox.card()).ts, 'acknowledge');
    await sandbox.until('the reply', async () => (await sandbox.replies()).length > 0);
    for (let times = 1; times <= 3; times++) {
      const gone = await deleteCard();
      const [by, action] = times % 2 === 1 ? [people.bob, 'take-over'] : [people.dana, 'take-over'];
      await sandbox.publish({ message: alarmText('ConsoleSigninFailures', times % 2 === 0 ? 'ALARM' : 'OK', Date.now() + times * 1_000) });
      const fresh = await sandbox.card();
      expect(fresh.ts).not.toBe(gone);
      expect(textOf(fresh)).not.toContain('Posted again');
      await sandbox.click(by, fresh.ts, 'more', action);
      await sandbox.until('a reply to it', async () => (await sandbox.replies()).some((reply) => reply.thread_ts === fresh.ts));
    }
    expect(JSON.stringify(await sandbox.command(people.dana, ''))).not.toContain('out of date');
  });

  it('with its replies left is posted anew where the next that is told of it is a reply, which changes no card', async () => {
    await sandbox.scenario('sign-in-without-mfa');
    await sandbox.cardSaying('IAM at');
    const [list] = (await sandbox.click(people.bob, (await sandbox.card()).ts, 'more-responses')).views;
    await sandbox.click(people.dana, (await sandbox.card()).ts, 'acknowledge');
    await sandbox.until('the reply', async () => (await sandbox.replies()).length > 0);
    await sandbox.cardSaying('dana.fox is on it');
    const gone = await deleteCard();
    const value = JSON.stringify(list?.blocks).match(/"action_id":"look-up-mfa","value":"([^"]*)"/)?.[1];
    await sandbox.call('POST', '/api/slack/click-view', { user: people.bob, view_id: list?.id, action_id: 'look-up-mfa', value });
    const told = await sandbox.until('what was looked up', async () => (await sandbox.replies()).find((one) => textOf(one).includes('MFA')));
    const card = await sandbox.card();
    expect(card.ts).not.toBe(gone);
    expect(told.thread_ts).toBe(card.ts);
  });

  it('with its thread takes what is replied to it into the thread of the new one, and leaves nothing of that in the channel', async () => {
    await sandbox.scenario('sign-in-failures');
    await sandbox.cardSaying('IAM at');
    const faults = [
      { method: 'chat.update', mode: '429', retryAfter: 30, times: 1 },
      { method: 'chat.postMessage', mode: '429', retryAfter: 5, times: 1 },
    ];
    await sandbox.faults({ slack: faults });
    await sandbox.click(people.dana, (await sandbox.card()).ts, 'acknowledge');
    await deleteCard();
    const reply = await sandbox.until('the reply', async () => (await sandbox.replies()).find((one) => textOf(one).includes('acknowledged')));
    const [card, ...others] = await sandbox.cards();
    expect(card && textOf(card)).toContain('dana.fox is on it');
    expect(reply.thread_ts).toBe(card?.ts);
    expect(others.map(textOf)).toEqual([]);
  });
});
