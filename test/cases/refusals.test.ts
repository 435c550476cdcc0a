/** Cases from the field in which the other side says no for good, each with what is right. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { alarmText, channel, groups, type Interaction, people, prod, Sandbox, textOf, type View } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start({ APPROVALS: 'hand-over:0,reset-mfa:0' });
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
  it.each(['cant_update_message', 'edit_window_closed', 'message_not_found'])('12: %s: is posted anew, once, and then told', async (error) => {
    const ts = await incidentOf('sign-in-failures');
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
    const ts = await incidentOf('mfa-failures');
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

const signInOfBella = () => ({
  eventVersion: '1.11',
  eventSource: 'signin.amazonaws.com',
  eventName: 'ConsoleLogin',
  eventID: '3f0c0f0e-0000-4000-8000-000000000035',
  eventTime: new Date().toISOString(),
  awsRegion: 'us-east-1',
  sourceIPAddress: '203.0.113.7',
  recipientAccountId: prod,
  userIdentity: { type: 'IAMUser', accountId: prod, userName: 'bella', arn: `arn:aws:iam::${prod}:user/bella` },
  responseElements: { ConsoleLogin: 'Success' },
  additionalEventData: { MFAUsed: 'No' },
});

async function bellaSignsIn(): Promise<string> {
  await sandbox.publish({ message: signInOfBella() });
  await sandbox.cardSaying('bella has: 2 MFA devices');
  return (await sandbox.card()).ts;
}

/** The view that somebody sees once it says something. */
function viewSaying(user: string, text: string | RegExp): Promise<View> {
  return sandbox.until(`a view saying “${text}”`, async () => {
    const { views } = await sandbox.call<{ views: View[] }>('GET', `/api/slack/views?user=${user}`);
    return views.find((view) => (typeof text === 'string' ? textOf(view).includes(text) : text.test(textOf(view))));
  });
}

function optionsOf(view: View, id: string): string[] {
  const elements = view.blocks.map((block) => block.element as { action_id?: string; options?: { value: string }[] } | undefined);
  return elements.find((element) => element?.action_id === id)?.options?.map(({ value }) => value) ?? [];
}

describe('35: what the card says of a user after the bot has changed it', () => {
  it('35: is read again, and is told as old until then', async () => {
    const ts = await bellaSignsIn();
    await sandbox.click(people.bob, ts, 'reset-password');
    await sandbox.submit(people.bob, (await viewSaying(people.bob, 'How?')).id, { mode: 'lock-out', why: 'drill' });
    await sandbox.cardSaying('a change is forced');
    await sandbox.click(people.bob, ts, 'reset-mfa');
    const modal = await viewSaying(people.bob, 'Which devices?');
    await sandbox.submit(people.bob, modal.id, { devices: optionsOf(modal, 'devices'), why: 'drill' });
    await sandbox.until('the outcome', async () => (await sandbox.replies()).some((reply) => textOf(reply).includes('2 of 2 MFA devices of bella')));
    const said = await sandbox.cardSaying('bella has: no MFA device');
    expect(said).toContain('bella enrols MFA (none yet)');
    for (let minute = 0; minute < 40; minute += 5) await sandbox.advance(300);
    const [card] = await sandbox.cards();
    expect(card && textOf(card)).not.toContain('2 MFA devices ·');
  });
});

describe('44: an IAM read that is refused, throttled or slow', () => {
  const optional: [string, object, RegExp][] = [
    [
      'GetAccessKeyLastUsed',
      { mode: 'denied' },
      /2 MFA devices[\s\S]*last use: could not be read: AWS does not let the responder call GetAccessKeyLastUsed/,
    ],
    ['ListAccessKeys', { mode: 'denied' }, /2 MFA devices\nAccess keys: could not be read: AWS does not let the responder call ListAccessKeys/],
    ['GetLoginProfile', { mode: 'denied' }, /Console password: could not be read: [^\n]*\n2 MFA devices\n1 active access key/],
    ['ListMFADevices', { mode: 'denied' }, /MFA devices: could not be read: [^\n]*\n1 active access key/],
    ['GetUser', { mode: 'denied' }, /IAM did not confirm who this is: [^\n]*\nConsole password set up 412 days ago[^\n]*\n2 MFA devices/],
    [
      'ListAccessKeys',
      { mode: 'slow', ms: 20_000 },
      /2 MFA devices\nAccess keys: could not be read: AWS gave no answer to ListAccessKeys within 5 s/,
    ],
  ];
  it('44: hides nothing else in a look-up, and is named', async () => {
    const ts = await bellaSignsIn();
    for (const [operation, fault, said] of optional) {
      await sandbox.faults({ aws: [{ operation, times: 99, ...fault }] });
      await sandbox.click(people.dana, ts, 'look-up-mfa');
      const view = await viewSaying(people.dana, said);
      await sandbox.call('POST', '/api/slack/close-view', { user: people.dana, view_id: view.id });
      await sandbox.call('DELETE', '/api/faults');
    }
  });

  it('44: keeps nobody from Reset password', async () => {
    const ts = await bellaSignsIn();
    for (const operation of ['GetAccessKeyLastUsed', 'ListAccessKeys', 'GetLoginProfile', 'ListMFADevices', 'GetAccountPasswordPolicy']) {
      const count = (await sandbox.replies()).length;
      await sandbox.faults({ aws: [{ operation, mode: 'denied', times: 99 }] });
      await sandbox.click(people.bob, ts, 'reset-password');
      const modal = await viewSaying(people.bob, 'How?');
      await sandbox.submit(people.bob, modal.id, { mode: 'lock-out', why: 'drill' });
      const said = await sandbox.until(`the outcome while ${operation} is denied`, async () => {
        const replies = (await sandbox.replies()).slice(count).map(textOf).join('\n');
        return replies.includes('Password of bella replaced') && replies;
      });
      if (operation === 'ListAccessKeys') expect(said).toContain('access keys of bella, if there are any (they could not be read)');
      const shown = await viewSaying(people.bob, 'Password of bella replaced');
      await sandbox.call('POST', '/api/slack/close-view', { user: people.bob, view_id: shown.id });
      await sandbox.call('DELETE', '/api/faults');
    }
  });

  it('44: GetUser throttled once is asked again; for long, nobody is changed whose protection goes by the path', async () => {
    const ts = await bellaSignsIn();
    await sandbox.faults({ aws: [{ operation: 'GetUser', mode: 'throttle', times: 4 }] });
    await sandbox.click(people.bob, ts, 'reset-password');
    const modal = await viewSaying(people.bob, 'How?');
    expect(textOf(modal)).toContain('path /');
    await sandbox.call('POST', '/api/slack/close-view', { user: people.bob, view_id: modal.id });
    await sandbox.faults({ aws: [{ operation: 'GetUser', mode: 'throttle', times: 99 }] });
    await sandbox.click(people.bob, ts, 'reset-password');
    await viewSaying(people.bob, /PROTECTED_USERS goes by the path in IAM, and that could not be read: AWS throttles GetUser now.*Nothing was done/);
    expect((await sandbox.aws()).calls.filter((call) => call.operation === 'UpdateLoginProfile')).toEqual([]);
  });

  it('44: devices that cannot be read are said so where one is to be chosen', async () => {
    const ts = await bellaSignsIn();
    await sandbox.faults({ aws: [{ operation: 'ListMFADevices', mode: 'denied', times: 99 }] });
    await sandbox.click(people.bob, ts, 'reset-mfa');
    await viewSaying(people.bob, 'The MFA devices of bella could not be read, so none can be chosen');
  });

  it('44: holds for the card too', async () => {
    await sandbox.faults({ aws: [{ operation: 'ListAccessKeys', mode: 'denied', times: 99 }] });
    await sandbox.publish({ message: signInOfBella() });
    await sandbox.cardSaying('bella has: 2 MFA devices · console password set up 412 days ago · access keys: could not be read: AWS does not let');
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
    ...['HELP', 'help me'].map((text): [string, RegExp] => [text, /^What can be asked\n/]),
    ...['Coverage', 'COVERAGE'].map((text): [string, RegExp] => [text, /detections are watched/]),
    ...['"ConsoleSigninFailures"', 'consolesigninfailures'].map((text): [string, RegExp] => [text, /^1 open incident\n/]),
    ['SIN-99', /^SIN-99 does not exist/],
    ['Hilfe', /^Not understood: “Hilfe”.*\nWhat can be asked\n/s],
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
