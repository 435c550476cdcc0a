/** Cases from the field in which Slack says no, each with what is right. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { alarmText, channel, groups, people, Sandbox, textOf } from '../support/sandbox.ts';
import { incidentOf, told } from '../support/seen.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start({ APPROVALS: 'hand-over:0,reset-mfa:0' });
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.call('DELETE', '/api/faults');
  await sandbox.call('POST', '/api/reset');
});

async function readyz(): Promise<{ status: number; body: { status: string; reason?: string } }> {
  const { bot } = await sandbox.state();
  const response = await fetch(`${bot.opsUrl}/readyz`);
  return { status: response.status, body: (await response.json()) as { status: string } };
}

/** What the bot asks for once a minute: the clock is wound forward in larger steps. */
async function inAMinute<T>(what: string, read: () => Promise<T | undefined | false>): Promise<T> {
  for (let past = 0; past < 120; past += 10) {
    const found = await read();
    if (found) return found;
    await sandbox.advance(10);
  }
  return sandbox.until(what, read);
}

function degradedBy(reason: string): Promise<unknown> {
  return inAMinute(`degraded by “${reason}”`, async () => {
    const { status, body } = await readyz();
    return status === 200 && body.status === 'degraded' && body.reason?.includes(reason);
  });
}

function ready(): Promise<unknown> {
  return inAMinute('ready', async () => (await readyz()).body.status === 'ready');
}

/** Posts to the bot what Slack would, signed. */
async function slackSends(body: object | URLSearchParams): Promise<{ status: number; body: string }> {
  const text = body instanceof URLSearchParams ? body.toString() : `payload=${encodeURIComponent(JSON.stringify(body))}`;
  const stamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', 'sandbox-signing-secret').update(`v0:${stamp}:${text}`).digest('hex');
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': stamp,
    'x-slack-signature': `v0=${signature}`,
  };
  const response = await fetch(`${(await sandbox.state()).bot.url}/slack/events`, { method: 'POST', body: text, headers });
  return { status: response.status, body: await response.text() };
}

function typed(who: object): URLSearchParams {
  const common = { token: 'sandbox', channel_id: channel, user_name: 'dana.fox', command: '/signin-status', text: '', api_app_id: 'A01SANDBOX' };
  return new URLSearchParams({ ...common, response_url: `${sandbox.url}/slack/response/none`, trigger_id: '1.2.y', ...who });
}

describe('12: an edit that Slack refuses for good', () => {
  it.each(['cant_update_message', 'edit_window_closed', 'message_not_found'])('12: %s: is posted anew, once, and then told', async (error) => {
    const ts = await incidentOf(sandbox, 'sign-in-failures');
    await sandbox.cardSaying('IAM at');
    const editsOf = async () => (await sandbox.requests()).filter(({ method }) => method === 'chat.update').length;
    const before = await editsOf();
    await sandbox.faults({ slack: [{ method: 'chat.update', mode: 'error', error, times: 1_000 }] });
    await sandbox.click(people.dana, ts, 'acknowledge');
    const [old, fresh] = await sandbox.until('a second card', async () => {
      const cards = await sandbox.cards();
      return cards.length === 2 && cards;
    });
    expect(old?.ts).toBe(ts);
    expect(fresh && textOf(fresh)).toMatch(/dana\.fox is on it since[\s\S]*Posted again: Slack does not let the bot edit its earlier message/);
    await sandbox.click(people.bob, fresh?.ts ?? '', 'more', 'take-over');
    await degradedBy('SIN-1 is out of date in Slack');
    for (let minute = 0; minute < 20; minute++) await sandbox.advance(60);
    expect(await sandbox.cards()).toHaveLength(2);
    await sandbox.until('what is told', async () =>
      told(await sandbox.command(people.dana, '')).includes('Broken: SIN-1 is out of date in Slack; /signin-status SIN-1 shows how it is'),
    );
    expect(told(await sandbox.command(people.dana, 'SIN-1'))).toContain('bob.ek is on it');
    // Each time that there is something new to show it is tried once.
    expect((await editsOf()) - before).toBeLessThan(40);
    await sandbox.call('DELETE', '/api/faults');
    await sandbox.advance(601);
    await sandbox.until('the second card up to date', async () => {
      const [, latest] = await sandbox.cards();
      return latest && textOf(latest).includes('bob.ek is on it');
    });
    await ready();
  });

  it('12: holds for a reply too: it is posted anew in the thread, once', async () => {
    const ts = await incidentOf(sandbox, 'mfa-failures');
    const [modal] = (await sandbox.click(people.dana, ts, 'look-up-mfa')).views;
    expect(modal).toBeDefined();
    await sandbox.until('the reply', async () => (await sandbox.replies()).some((reply) => textOf(reply).includes('Done: ')));
    const before = await sandbox.replies();
    await sandbox.faults({ aws: [{ operation: 'GetUser', mode: 'slow', ms: 1_500, times: 1 }] });
    await sandbox.faults({ slack: [{ method: 'chat.update', mode: 'error', error: 'cant_update_message', times: 1_000 }] });
    await sandbox.click(people.dana, ts, 'look-up-mfa');
    const after = await sandbox.until('the outcome', async () => {
      const replies = (await sandbox.replies()).slice(before.length);
      return replies.some((reply) => textOf(reply).includes('Done: ')) && replies;
    });
    expect(after.length).toBeLessThanOrEqual(2);
    expect(after.filter((reply) => textOf(reply).includes('Done: '))).toHaveLength(1);
  });

  it('12: a card that people delete is posted anew as often as they do', async () => {
    await incidentOf(sandbox, 'sign-in-failures');
    for (let times = 1; times <= 3; times++) {
      const [card] = await sandbox.cards();
      await sandbox.call('POST', '/api/slack/delete', { channel, ts: card?.ts ?? '' });
      const [known] = await sandbox.until('another card', async () => {
        await sandbox.publish({ message: alarmText('ConsoleSigninFailures', times % 2 === 0 ? 'ALARM' : 'OK', Date.now() + times * 1_000) });
        const cards = await sandbox.cards();
        return cards.length > 0 && cards;
      });
      expect(known && textOf(known)).not.toContain('Posted again');
    }
    expect((await readyz()).body.status).toBe('ready');
  });
});

describe('13: a modal that Slack does not open in time', () => {
  const faults = [
    { mode: 'error', error: 'expired_trigger_id' },
    { mode: 'error', error: 'exchanged_trigger_id' },
    { mode: '429', retryAfter: 30 },
    { mode: '500' },
    { mode: 'reset-before' },
    { mode: 'slow', ms: 4_000 },
  ];
  it('13: is asked for again, and no error', async () => {
    const ts = await incidentOf(sandbox, 'mfa-failures');
    const before = (await sandbox.log()).length;
    for (const fault of faults) {
      for (const button of ['reset-password', 'look-up-mfa']) {
        await sandbox.faults({ slack: [{ method: 'views.open', times: 1, ...fault }] });
        const answer = await sandbox.click(people.bob, ts, button);
        expect([fault, told(answer), answer.views]).toEqual([fault, 'Slack took too long. Press the button again.', []]);
      }
    }
    const errors = (await sandbox.log()).slice(before).filter((line) => JSON.parse(line).level >= 50);
    expect(errors).toEqual([]);
  });
});

describe('15: what Slack refuses until somebody fixes it', () => {
  it('15: user groups that are disabled are told with the fix, everywhere, and work again without a restart', async () => {
    const ts = await incidentOf(sandbox, 'sign-in-failures');
    for (const id of Object.values(groups)) await sandbox.call('POST', '/api/slack/usergroup', { id, disabled: true });
    const says = 'User group S01ONCALL0 (RESPONDERS) does not exist in Slack or is disabled. Enable it, or set another one.';
    await degradedBy(says);
    await sandbox.until('the log', async () => (await sandbox.log()).some((line) => line.includes(says) && JSON.parse(line).level === 50));
    // What was read before is trusted for five minutes.
    expect(told(await sandbox.command(people.dana, ''))).toContain(`Broken: ${says}`);
    for (let minute = 0; minute < 6; minute++) await sandbox.advance(60);
    const refused = told(await sandbox.click(people.dana, ts, 'acknowledge'));
    expect(refused).toContain(says);
    expect(refused).not.toContain('Try again in a minute');
    for (const id of Object.values(groups)) await sandbox.call('POST', '/api/slack/usergroup', { id, disabled: false });
    await ready();
    await sandbox.click(people.dana, ts, 'acknowledge');
    await sandbox.cardSaying('dana.fox is on it');
  });

  it('15: an empty user group is told too', async () => {
    await sandbox.call('POST', '/api/slack/usergroup', { id: groups.remediators, users: [] });
    await degradedBy('Nobody is in user group S02IAMADMN (REMEDIATORS)');
  });

  it.each(['token_revoked', 'missing_scope'])('15: %s: the bot starts, takes signals, and delivers when the app is fixed', async (error) => {
    await sandbox.call('POST', '/api/bot/stop', {});
    await sandbox.faults({ slack: [{ mode: 'error', error, times: 1_000_000 }] });
    await sandbox.call('POST', '/api/bot/start', {});
    const { status } = await sandbox.publish({ message: alarmText('ConsoleSigninFailures', 'ALARM', Date.now()) });
    expect(status).toBe(200);
    await degradedBy(error);
    const refused = await slackSends(typed({ user_id: people.dana, team_id: 'T01SANDBOX', enterprise_id: 'E01ORG' }));
    expect(refused.body).toContain(error);
    expect(refused.body).not.toContain('Try again in a minute');
    await sandbox.call('DELETE', '/api/faults');
    const card = await sandbox.card();
    await ready();
    await sandbox.click(people.dana, card.ts, 'acknowledge');
    await sandbox.cardSaying('dana.fox is on it');
  });

  it('15: a token that is revoked while nothing is to be told is noticed', async () => {
    await sandbox.faults({ slack: [{ method: 'auth.test', mode: 'error', error: 'token_revoked', times: 1_000 }] });
    await degradedBy('token_revoked');
    await sandbox.call('DELETE', '/api/faults');
    await ready();
  });
});
