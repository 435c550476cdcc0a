/** A case from the field: whom Slack says is of which workspace of an organisation. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { channel, groups, people, Sandbox, textOf } from '../support/sandbox.ts';
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
    const ts = await incidentOf(sandbox, 'sign-in-failures');
    expect((await slackSends(acknowledging(ts, place))).status).toBe(200);
    await sandbox.cardSaying('dana.fox is on it');
  });

  it('11: takes clicks, modals, commands and the Home tab of a person whose own workspace is a sister', async () => {
    const ts = await incidentOf(sandbox, 'sign-in-failures');
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
    const ts = await incidentOf(sandbox, 'sign-in-failures');
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
