import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Interaction, people, prod, Sandbox, textOf, type View } from '../support/sandbox.ts';
import { changesIn, incidentOf, incidentOfNobody, optionsOf, threadSaying, told, viewOf } from '../support/seen.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start({ APPROVALS: 'hand-over:0,reset-mfa:0' });
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.call('DELETE', '/api/faults');
  await sandbox.call('POST', '/api/reset');
});

describe('Acknowledge', () => {
  it('pressed by two at once is one acknowledgement and one gentle answer', async () => {
    const ts = await incidentOf(sandbox, 'sign-in-failures');
    const both = await Promise.all([sandbox.click(people.bob, ts, 'acknowledge'), sandbox.click(people.dana, ts, 'acknowledge')]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    const ephemerals = await sandbox.call<{ ephemerals: { blocks: View['blocks'] }[] }>('GET', '/api/slack/ephemerals');
    expect(ephemerals.ephemerals.map(textOf)).toEqual([
      expect.stringMatching(/(bob\.ek|dana\.fox) acknowledged SIN-1 \d+ s ago\. Nothing was changed\./),
    ]);
    await threadSaying(sandbox, 'acknowledged this');
    await sandbox.advance(30);
    expect(await sandbox.replies()).toHaveLength(1);
  });

  it('can be taken over, released, resolved and reopened, each told once in the thread', async () => {
    const ts = await incidentOf(sandbox, 'sign-in-failures');
    await sandbox.click(people.dana, ts, 'acknowledge');
    await sandbox.cardSaying('dana.fox is on it');
    await sandbox.click(people.bob, ts, 'more', 'take-over');
    await sandbox.cardSaying('bob.ek is on it');
    await sandbox.click(people.bob, ts, 'more', 'release');
    await sandbox.cardSaying('nobody is on it');
    await sandbox.click(people.bob, ts, 'acknowledge');
    await sandbox.cardSaying('bob.ek is on it');
    const modal = viewOf(await sandbox.click(people.bob, ts, 'resolve'));
    await sandbox.submit(people.bob, modal.id, { verdict: 'test', note: 'drill' });
    expect(await sandbox.cardSaying('RESOLVED · Test')).not.toContain('[Acknowledge]');
    await sandbox.click(people.bob, ts, 'more', 'reopen');
    await sandbox.cardSaying('reopened 1×');
    const said = await threadSaying(sandbox, 'reopened this');
    for (const step of ['took this over', 'released this', 'resolved this as a test', 'reopened this']) expect(said.split(step)).toHaveLength(2);
    expect(said.split('acknowledged this')).toHaveLength(3);
  });
});

describe('Reset alarm', () => {
  it('tells who else is told, sets OK in the person’s name, and knows the OK as ours', async () => {
    const ts = await incidentOf(sandbox, 'sign-in-failures');
    const modal = viewOf(await sandbox.click(people.dana, ts, 'reset-alarm'));
    expect(textOf(modal)).toContain('This also notifies 1 other target; a pager may close its incident');
    expect(textOf(modal)).toContain('returns to its actual state within seconds');
    await sandbox.submit(people.dana, modal.id, { why: 'contained' });
    await sandbox.cardSaying('reset by dana.fox. That fixes nothing.');
    const [call] = (await sandbox.aws()).calls.filter(({ operation }) => operation === 'SetAlarmState');
    expect(call).toMatchObject({ sourceIdentity: people.dana, roleSessionName: `${people.dana}.SIN-1.reset-alarm` });
    expect(call?.input.StateReason).toMatch(/dana\.fox \(U03DANAFOX\) \[SIN-1\/\d+\]/);
    await sandbox.advance(12);
    await sandbox.cardSaying('Fired again after a reset');
    expect(await sandbox.cards()).toHaveLength(1);
  });

  it('is refused with the reason when the alarm is not in ALARM', async () => {
    const ts = await incidentOf(sandbox, 'sign-in-failures');
    const alarm = await sandbox.aws();
    const prodAlarm = alarm.accounts[prod]?.alarms.ConsoleSigninFailures as { state: string };
    prodAlarm.state = 'OK';
    await sandbox.call('PUT', '/api/aws', { accounts: alarm.accounts });
    const modal = viewOf(await sandbox.click(people.dana, ts, 'reset-alarm'));
    expect(textOf(modal)).toContain('ConsoleSigninFailures in us-east-1 is OK, not ALARM');
    expect(await changesIn(sandbox)).toEqual([]);
  });
});

describe('MFA devices', () => {
  it('tells kinds and dates, password age and keys, and sums up in the thread', async () => {
    const ts = await incidentOf(sandbox, 'mfa-failures');
    const modal = viewOf(await sandbox.click(people.dana, ts, 'look-up-mfa'));
    expect(textOf(modal)).toMatch(/Virtual \(authenticator app\) since .*\n.*Security key or passkey since/s);
    expect(textOf(modal)).toContain('Console password set up 412 days ago');
    await threadSaying(sandbox, 'bella has: 2 MFA devices · console password set up 412 days ago · 1 active access key.');
  });

  it('marks a device that was enrolled after the incident began', async () => {
    const ts = await incidentOf(sandbox, 'mfa-failures');
    const { accounts } = await sandbox.aws();
    const bella = accounts[prod]?.users.bella as { mfaDevices: object[] };
    bella.mfaDevices.push({ serialNumber: `arn:aws:iam::${prod}:mfa/attacker`, enableDate: Date.now() + 3_600_000 });
    await sandbox.call('PUT', '/api/aws', { accounts });
    expect(textOf(viewOf(await sandbox.click(people.dana, ts, 'look-up-mfa')))).toContain('enrolled after this incident began');
  });

  it('of a name that does not exist asks for the name again', async () => {
    const ts = await incidentOfNobody(sandbox);
    const choose = viewOf(await sandbox.click(people.dana, ts, 'look-up-mfa'));
    const again = viewOf(await sandbox.submit(people.dana, choose.id, { user: 'alcie', account: prod }));
    expect(again.callback_id).toBe('choose-user');
    expect(textOf(again)).toContain('There is no IAM user “alcie”');
    expect(textOf(viewOf(await sandbox.submit(people.dana, again.id, { user: 'alice', account: prod })))).toContain('No MFA device.');
  });

  it('of a federated user are not pretended to be known', async () => {
    const ts = await incidentOf(sandbox, 'federated-without-mfa');
    expect(textOf(await sandbox.card())).toContain('MFA: not visible to AWS');
    expect(JSON.stringify((await sandbox.card()).blocks)).not.toContain('"action_id":"look-up-mfa"');
    const modal = viewOf(await sandbox.click(people.dana, ts, 'more', 'by-hand'));
    expect(textOf(modal)).toContain('The identity provider holds password and MFA');
  });
});

describe('Record a step', () => {
  it('is a reply and evidence like any other, and settles what it settles', async () => {
    const ts = await incidentOf(sandbox, 'sign-in-without-mfa');
    const reset = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
    await sandbox.submit(people.bob, reset.id, { why: 'takeover' });
    await sandbox.cardSaying('Not stopped:\n• running sessions of alice\n• 1 active access key of alice');
    const modal = viewOf(await sandbox.click(people.dana, ts, 'more', 'record-step'));
    const [, keys] = optionsOf(modal, 'settles');
    await sandbox.submit(people.dana, modal.id, { what: 'key switched off in IAM', on: 'alice', settles: [keys ?? ''] });
    const card = await sandbox.cardSaying('key switched off in IAM (alice)');
    expect(card).toContain('Not stopped: running sessions of alice\n');
    await threadSaying(sandbox, 'By hand, dana.fox: key switched off in IAM (alice)');
    const timeline = viewOf(await sandbox.click(people.dana, ts, 'more', 'timeline'));
    const evidence = await sandbox.call<Interaction>('POST', '/api/slack/click-view', {
      user: people.dana,
      view_id: timeline.id,
      action_id: 'evidence-open',
    });
    expect(textOf(viewOf(evidence))).toContain('alice (IAM user)');
  });
});

describe('/signin-status', () => {
  it('tells open incidents, alarms and deliveries', async () => {
    await incidentOf(sandbox, 'sign-in-failures');
    await sandbox.cardSaying('recognised by');
    const said = told(await sandbox.command(people.dana, ''));
    expect(said).toContain('1 open incident');
    expect(said).toContain('SIN-1 MEDIUM · open · Console sign-in failures · nobody is on it');
    expect(said).toMatch(/4 watched alarms\nConsoleSigninFailures in us-east-1: ALARM since/);
    expect(said).toContain('Last message from SNS:');
    expect(told(await sandbox.command(people.dana, 'SIN-1'))).toContain('SIN-1 MEDIUM · open');
    expect(told(await sandbox.command(people.dana, 'ConsoleSigninFailures'))).toContain('1 watched alarm\n');
    expect(told(await sandbox.command(people.dana, 'help'))).toContain('Slack is not a pager');
    expect(told(await sandbox.command(people.dana, 'SIN-99'))).toContain('SIN-99 does not exist');
  });

  it('answers in time while AWS is slow, and follows up', async () => {
    await incidentOf(sandbox, 'sign-in-failures');
    await sandbox.faults({ aws: [{ operation: 'DescribeAlarms', mode: 'slow', ms: 2_500, times: 2 }] });
    const first = await sandbox.command(people.dana, '');
    expect(first.status).toBe(200);
    expect(JSON.stringify(first.body)).toContain('asking CloudWatch');
    await sandbox.until('the update', async () => {
      const { ephemerals } = await sandbox.call<{ ephemerals: View[] }>('GET', `/api/slack/ephemerals?user=${people.dana}`);
      return ephemerals.map(textOf).join().includes('4 watched alarms');
    });
  });
});
