/** Cases from the field in which the other side says no for good, each with what is right. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { alarmText, channel, groups, type Interaction, people, Sandbox, textOf } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start();
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.call('DELETE', '/api/faults');
  await sandbox.call('POST', '/api/reset');
});

async function incidentOf(scenario: string): Promise<string> {
  await sandbox.scenario(scenario);
  return (await sandbox.card()).ts;
}

function told({ ephemerals }: Pick<Interaction, 'ephemerals'>): string {
  return ephemerals.map(textOf).join('\n');
}

async function readyz(): Promise<{ status: number; body: { status: string; reason?: string } }> {
  const { bot } = await sandbox.state();
  const response = await fetch(`${bot.opsUrl}/readyz`);
  return { status: response.status, body: (await response.json()) as { status: string } };
}

function degradedBy(reason: string): Promise<unknown> {
  return sandbox.until(`degraded by “${reason}”`, async () => {
    const { status, body } = await readyz();
    return status === 200 && body.status === 'degraded' && body.reason?.includes(reason);
  });
}

function ready(): Promise<unknown> {
  return sandbox.until('ready', async () => (await readyz()).body.status === 'ready');
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

const organisation = { id: 'E01ORG', name: 'Sandbox Group' };

function acknowledging(ts: string, place: object): object {
  return {
    type: 'block_actions',
    api_app_id: 'A01SANDBOX',
    token: 'sandbox',
    is_enterprise_install: false,
    trigger_id: '1.2.x',
    container: { type: 'message', message_ts: ts, channel_id: channel, is_ephemeral: false },
    channel: { id: channel, name: 'signin-incidents' },
    state: { values: {} },
    response_url: `${sandbox.url}/slack/response/none`,
    actions: [{ type: 'button', action_id: 'acknowledge', block_id: 'incident', value: '1', action_ts: '1.2' }],
    ...place,
  };
}

function typed(who: object): URLSearchParams {
  const common = { token: 'sandbox', channel_id: channel, user_name: 'dana.fox', command: '/signin-status', text: '', api_app_id: 'A01SANDBOX' };
  return new URLSearchParams({ ...common, response_url: `${sandbox.url}/slack/response/none`, trigger_id: '1.2.y', ...who });
}

describe('11: an organisation with several workspaces', () => {
  const dana = { id: people.dana, username: 'dana.fox', name: 'dana.fox' };
  const places: [string, object][] = [
    [
      'a sister workspace',
      {
        user: { ...dana, team_id: 'T09SISTER' },
        team: { id: 'T09SISTER', domain: 'sister', enterprise_id: 'E01ORG' },
        enterprise: organisation,
      },
    ],
    ['a payload without a team', { user: { ...dana, team_id: 'T01SANDBOX' }, team: null, enterprise: organisation }],
    ['a payload without a team, of a sister', { user: { ...dana, team_id: 'T09SISTER' }, team: null, enterprise: organisation }],
  ];
  it.each(places)('11: takes a responder’s click from %s', async (_what, place) => {
    const ts = await incidentOf('sign-in-failures');
    expect((await slackSends(acknowledging(ts, place))).status).toBe(200);
    await sandbox.cardSaying('dana.fox is on it');
  });

  it('11: takes clicks, modals, commands and the Home tab of a person whose own workspace is a sister', async () => {
    const ts = await incidentOf('sign-in-failures');
    await sandbox.click(people.hana, ts, 'acknowledge');
    await sandbox.cardSaying('hana.sato is on it');
    const [modal] = (await sandbox.click(people.hana, ts, 'resolve')).views;
    await sandbox.submit(people.hana, modal?.id ?? '', { verdict: 'test', note: 'drill' });
    await sandbox.cardSaying('hana.sato: resolved');
    expect(told(await sandbox.command(people.hana, ''))).toContain('No open incident');
    const there = await slackSends(typed({ user_id: people.hana, team_id: 'T09SISTER', enterprise_id: 'E01ORG' }));
    expect(there.body).toContain('No open incident');
    await sandbox.call('POST', '/api/slack/open-home', { user: people.hana });
    expect(JSON.stringify(await sandbox.call('GET', `/api/slack/home?user=${people.hana}`))).toContain('No open incident');
  });

  it('11: refuses strangers by Slack Connect, in a user group or not', async () => {
    const ts = await incidentOf('sign-in-failures');
    await sandbox.call('POST', '/api/slack/usergroup', { id: groups.responders, users: [people.gina, people.dana] });
    await sandbox.advance(61);
    expect(told(await sandbox.click(people.gina, ts, 'acknowledge'))).toContain('You belong to another workspace');
    expect(told(await sandbox.command(people.gina, ''))).toContain('You belong to another workspace');
    const partner = { team: { id: 'T02PARTNER', domain: 'partner', enterprise_id: 'E02ORG' }, enterprise: { id: 'E02ORG', name: 'Partner' } };
    await slackSends(acknowledging(ts, { user: { ...dana, team_id: 'T02PARTNER' }, ...partner }));
    const [card] = await sandbox.cards();
    expect(card && textOf(card)).toContain('nobody is on it');
  });
});

describe('12: an edit that Slack refuses for good', () => {
  it.each(['cant_update_message', 'edit_window_closed', 'message_not_found', 'block_mismatch'])(
    '12: %s: is posted anew, once, and then told',
    async (error) => {
      const ts = await incidentOf('sign-in-failures');
      await sandbox.cardSaying('Looking in CloudTrail again');
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
      expect(told(await sandbox.command(people.dana, ''))).toMatch(/Broken: SIN-1 is out of date in Slack; \/signin-status SIN-1 shows how it is/);
      expect(told(await sandbox.command(people.dana, 'SIN-1'))).toContain('bob.ek is on it');
      const edits = (await sandbox.requests()).filter(({ method }) => method === 'chat.update');
      expect(edits.length).toBeLessThan(20);
      await sandbox.call('DELETE', '/api/faults');
      await sandbox.advance(601);
      await ready();
      const [, latest] = await sandbox.cards();
      expect(latest && textOf(latest)).toContain('bob.ek is on it');
    },
  );

  it('12: holds for a reply too: it is posted anew in the thread, once', async () => {
    const ts = await incidentOf('mfa-failures');
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
    await incidentOf('sign-in-failures');
    for (let times = 1; times <= 3; times++) {
      const [card] = await sandbox.cards();
      await sandbox.call('POST', '/api/slack/delete', { channel, ts: card?.ts ?? '' });
      const [known] = await sandbox.until('another card', async () => {
        await sandbox.scenario('sign-in-failures');
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
  it.each(faults)('13: $mode $error: is asked for again, and no error', async (fault) => {
    const ts = await incidentOf('mfa-failures');
    const before = (await sandbox.log()).length;
    for (const button of ['reset-password', 'resolve']) {
      if (button === 'resolve') await sandbox.click(people.bob, ts, 'acknowledge');
      await sandbox.faults({ slack: [{ method: 'views.open', times: 1, ...fault }] });
      const card = await sandbox.until('the button', async () =>
        (await sandbox.cards()).find((one) => JSON.stringify(one.blocks).includes(`"${button}"`)),
      );
      const answer = await sandbox.click(people.bob, card.ts, button);
      expect(told(answer)).toBe('Slack took too long. Press the button again.');
      expect(answer.views).toEqual([]);
    }
    const errors = (await sandbox.log()).slice(before).filter((line) => JSON.parse(line).level >= 50);
    expect(errors).toEqual([]);
  });
});

describe('15: what Slack refuses until somebody fixes it', () => {
  it('15: user groups that are disabled are told with the fix, everywhere, and work again without a restart', async () => {
    const ts = await incidentOf('sign-in-failures');
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

  it.each(['token_revoked', 'invalid_auth', 'account_inactive', 'token_expired', 'missing_scope'])(
    '15: %s: the bot starts, takes signals, and delivers when the app is fixed',
    async (error) => {
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
    },
  );

  it('15: a token that is revoked while nothing is to be told is noticed', async () => {
    await sandbox.faults({ slack: [{ method: 'auth.test', mode: 'error', error: 'token_revoked', times: 1_000 }] });
    await degradedBy('token_revoked');
    await sandbox.call('DELETE', '/api/faults');
    await ready();
  });
});

describe('39: an account that AWS_ACCOUNTS does not name', () => {
  const other = '999988887777';
  const signIn = {
    eventVersion: '1.11',
    eventSource: 'signin.amazonaws.com',
    eventName: 'ConsoleLogin',
    eventID: '3f0c0f0e-0000-4000-8000-000000000039',
    awsRegion: 'us-east-1',
    sourceIPAddress: '203.0.113.7',
    recipientAccountId: other,
    userIdentity: { type: 'IAMUser', accountId: other, userName: 'zoe', arn: `arn:aws:iam::${other}:user/zoe` },
    responseElements: { ConsoleLogin: 'Success' },
    additionalEventData: { MFAUsed: 'No' },
  };

  it('39: is said once with what to set; nothing is promised, nothing dead is offered, and AWS is not asked', async () => {
    const arn = `arn:aws:cloudwatch:us-east-1:${other}:alarm:ConsoleFailuresThere`;
    await sandbox.publish({ message: alarmText('ConsoleFailuresThere', 'ALARM', Date.now(), { AWSAccountId: other, AlarmArn: arn }) });
    await sandbox.publish({ message: { ...signIn, eventTime: new Date().toISOString() } });
    await sandbox.until('two cards', async () => (await sandbox.cards()).length === 2);
    for (let minute = 0; minute < 20; minute++) await sandbox.advance(60);
    for (const card of await sandbox.cards()) {
      const said = textOf(card);
      expect(said.split('Not configured: account 9999-8888-7777 is not in AWS_ACCOUNTS')).toHaveLength(2);
      expect(said).not.toMatch(/Looking|Reading the log|not known yet|given up|Not looked through|Reset (alarm|password|MFA)|MFA devices/);
      expect(said).toContain('[Acknowledge] [⋯ Record a step · What to do by hand · Evidence · Timeline]');
    }
    expect((await sandbox.aws()).calls.filter((call) => JSON.stringify(call.input).includes(other))).toEqual([]);
  });
});

describe('42: what a tired person types', () => {
  const answers: [string, RegExp][] = [
    ...['SIN-1', 'sin-1', '1', '#1', 'SIN 1', 'SIN-1 please', '"SIN-1"'].map((text): [string, RegExp] => [text, /^SIN-1 MEDIUM · open/]),
    ...['HELP', 'help me'].map((text): [string, RegExp] => [text, /^What \/signin-status can do/]),
    ...['Coverage', 'COVERAGE'].map((text): [string, RegExp] => [text, /detections are watched/]),
    ...['"ConsoleSigninFailures"', 'consolesigninfailures'].map((text): [string, RegExp] => [text, /^1 open incident\n/]),
    ['SIN-99', /^SIN-99 does not exist/],
    ['Hilfe', /^Not understood: “Hilfe”.*\nWhat \/signin-status can do/s],
    ['<!channel> <@U01BOBEK00>', /^Not understood: “<!channel> <@U01BOBEK00>”/],
  ];
  it('42: is understood in any case and spelling, and answered with help where it is not', async () => {
    await incidentOf('sign-in-failures');
    for (const [text, answer] of answers)
      expect([text, told(await sandbox.command(people.dana, text))]).toEqual([text, expect.stringMatching(answer)]);
    const { ephemerals } = await sandbox.command(people.dana, '<!channel>');
    expect(ephemerals[0]?.text).toContain('&lt;!channel&gt;');
    expect(JSON.stringify(ephemerals[0]?.blocks)).not.toMatch(/"type":"(broadcast|user|usergroup|mrkdwn)"/);
  });
});
