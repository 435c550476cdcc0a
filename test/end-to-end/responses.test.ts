import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeAws } from '../support/deploy.ts';
import { alarmText, channel, groups, type Interaction, people, prod, Sandbox, textOf, type View } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start({ LOG_LEVEL: 'trace', APPROVALS: 'hand-over:0,reset-mfa:0' });
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

/** An alarm whose log has nothing: nobody is named. */
async function incidentOfNobody(): Promise<string> {
  await sandbox.publish({ message: alarmText('ConsoleSigninFailures', 'ALARM', Date.now()) });
  return (await sandbox.card()).ts;
}

function viewOf(interaction: Interaction): View {
  const view = interaction.views.at(0);
  if (view === undefined) throw new Error(`No view: ${JSON.stringify(interaction)}`);
  return view;
}

function told({ ephemerals }: Interaction): string {
  return ephemerals.map(textOf).join('\n');
}

async function threadSaying(text: string): Promise<string> {
  return sandbox.until(`a thread saying “${text}”`, async () => {
    const said = (await sandbox.replies()).map(textOf).join('\n');
    return said.includes(text) && said;
  });
}

async function changes(): Promise<string[]> {
  const changing = new Set(['UpdateLoginProfile', 'DeactivateMFADevice', 'DeleteVirtualMFADevice', 'SetAlarmState']);
  return (await sandbox.aws()).calls.filter(({ operation }) => changing.has(operation)).map(({ operation }) => operation);
}

function optionsOf(view: View, id: string): string[] {
  for (const block of view.blocks) {
    const element = block.element as { action_id?: string; options?: { value: string }[] } | undefined;
    if (element?.action_id === id) return element.options?.map(({ value }) => value) ?? [];
  }
  return [];
}

describe('Acknowledge', () => {
  it('pressed by two at once is one acknowledgement and one gentle answer', async () => {
    const ts = await incidentOf('sign-in-failures');
    const both = await Promise.all([sandbox.click(people.bob, ts, 'acknowledge'), sandbox.click(people.dana, ts, 'acknowledge')]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    const ephemerals = await sandbox.call<{ ephemerals: { blocks: View['blocks'] }[] }>('GET', '/api/slack/ephemerals');
    expect(ephemerals.ephemerals.map(textOf)).toEqual([
      expect.stringMatching(/(bob\.ek|dana\.fox) acknowledged SIN-1 \d+ s ago\. Nothing was changed\./),
    ]);
    await threadSaying('acknowledged this');
    await sandbox.advance(30);
    expect(await sandbox.replies()).toHaveLength(1);
  });

  it('can be taken over, released, resolved and reopened, each told once in the thread', async () => {
    const ts = await incidentOf('sign-in-failures');
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
    const said = await threadSaying('reopened this');
    for (const step of ['took this over', 'released this', 'resolved this as a test', 'reopened this']) expect(said.split(step)).toHaveLength(2);
    expect(said.split('acknowledged this')).toHaveLength(3);
  });
});

describe('Reset alarm', () => {
  it('tells who else is told, sets OK in the person’s name, and knows the OK as ours', async () => {
    const ts = await incidentOf('sign-in-failures');
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
    const ts = await incidentOf('sign-in-failures');
    const alarm = await sandbox.aws();
    const prodAlarm = alarm.accounts[prod]?.alarms.ConsoleSigninFailures as { state: string };
    prodAlarm.state = 'OK';
    await sandbox.call('PUT', '/api/aws', { accounts: alarm.accounts });
    const modal = viewOf(await sandbox.click(people.dana, ts, 'reset-alarm'));
    expect(textOf(modal)).toContain('ConsoleSigninFailures in us-east-1 is OK, not ALARM');
    expect(await changes()).toEqual([]);
  });
});

describe('MFA devices', () => {
  it('tells kinds and dates, password age and keys, and sums up in the thread', async () => {
    const ts = await incidentOf('mfa-failures');
    const modal = viewOf(await sandbox.click(people.dana, ts, 'look-up-mfa'));
    expect(textOf(modal)).toMatch(/Virtual \(authenticator app\) since .*\n.*Security key or passkey since/s);
    expect(textOf(modal)).toContain('Console password set up 412 days ago');
    await threadSaying('bella has: 2 MFA devices · console password set up 412 days ago · 1 active access key.');
  });

  it('marks a device that was enrolled after the incident began', async () => {
    const ts = await incidentOf('mfa-failures');
    const { accounts } = await sandbox.aws();
    const bella = accounts[prod]?.users.bella as { mfaDevices: object[] };
    bella.mfaDevices.push({ serialNumber: `arn:aws:iam::${prod}:mfa/attacker`, enableDate: Date.now() + 3_600_000 });
    await sandbox.call('PUT', '/api/aws', { accounts });
    expect(textOf(viewOf(await sandbox.click(people.dana, ts, 'look-up-mfa')))).toContain('enrolled after this incident began');
  });

  it('of a name that does not exist asks for the name again', async () => {
    const ts = await incidentOfNobody();
    const choose = viewOf(await sandbox.click(people.dana, ts, 'look-up-mfa'));
    const again = viewOf(await sandbox.submit(people.dana, choose.id, { user: 'alcie', account: prod }));
    expect(again.callback_id).toBe('choose-user');
    expect(textOf(again)).toContain('There is no IAM user “alcie”');
    expect(textOf(viewOf(await sandbox.submit(people.dana, again.id, { user: 'alice', account: prod })))).toContain('No MFA device.');
  });

  it('of a federated user are not pretended to be known', async () => {
    const ts = await incidentOf('federated-without-mfa');
    expect(textOf(await sandbox.card())).toContain('MFA: not visible to AWS');
    expect(JSON.stringify((await sandbox.card()).blocks)).not.toContain('"action_id":"look-up-mfa"');
    const modal = viewOf(await sandbox.click(people.dana, ts, 'more', 'by-hand'));
    expect(textOf(modal)).toContain('The identity provider holds password and MFA');
  });
});

describe('Reset password', () => {
  async function confirmed(ts: string, mode: string): Promise<Interaction> {
    const modal = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
    expect(modal.title.text).toContain('alice');
    expect(textOf(modal)).toContain("satisfies the account's policy: 14 characters or more");
    return sandbox.submit(people.bob, modal.id, { mode, why: 'takeover' });
  }

  async function everythingElse(): Promise<string> {
    const files = ['responder.db', 'responder.db-wal'].map((file) => readFileSync(join(sandbox.dataDir, 'bot', file)).toString('latin1'));
    const messages = JSON.stringify(await sandbox.messages());
    const ephemerals = JSON.stringify(await sandbox.call('GET', '/api/slack/ephemerals'));
    const requests = JSON.stringify((await sandbox.requests()).filter(({ method }) => method !== 'views.update'));
    return [...files, messages, ephemerals, requests, ...(await sandbox.log())].join('\n');
  }

  it('as a lock out replaces it once, forces a change, is shown to nobody, and says what is not stopped', async () => {
    const ts = await incidentOf('sign-in-without-mfa');
    const outcome = viewOf(await confirmed(ts, 'lock-out'));
    expect(textOf(outcome)).toContain('Password of alice replaced, shown to nobody.');
    const { accounts } = await sandbox.aws();
    const profile = accounts[prod]?.users.alice?.loginProfile;
    expect(profile?.passwordResetRequired).toBe(true);
    expect(profile?.password).not.toBe('Old-alice-1');
    expect(await changes()).toEqual(['UpdateLoginProfile']);
    await sandbox.cardSaying('Not stopped:\n• running sessions of alice\n• 1 active access key of alice');
    await threadSaying('aws iam list-access-keys --user-name alice');
    expect(`${await everythingElse()}${JSON.stringify(await sandbox.requests())}`).not.toContain(profile?.password);
  });

  it('as a hand-over shows it in one modal of one person and nowhere else', async () => {
    const ts = await incidentOf('sign-in-without-mfa');
    await confirmed(ts, 'hand-over');
    const profile = (await sandbox.aws()).accounts[prod]?.users.alice?.loginProfile;
    const password = profile?.password as string;
    const { views } = await sandbox.call<{ views: View[] }>('GET', '/api/slack/views');
    expect(views.filter((view) => JSON.stringify(view).includes(password)).map(({ user }) => user)).toEqual([people.bob]);
    expect((await sandbox.requests()).filter(({ args }) => JSON.stringify(args).includes(password))).toHaveLength(1);
    await threadSaying('shown once to bob.ek');
    expect(await everythingElse()).not.toContain(password);
    expect(await sandbox.call('POST', '/api/aws/sign-in', { account: prod, user: 'alice', password })).toMatchObject({
      ok: true,
      passwordResetRequired: true,
    });
  });

  it('says that it was shown to nobody when the modal was closed before AWS answered', async () => {
    const ts = await incidentOf('sign-in-without-mfa');
    const modal = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
    await sandbox.faults({ aws: [{ operation: 'UpdateLoginProfile', mode: 'slow', ms: 1_500, times: 1 }] });
    const submitted = sandbox.submit(people.bob, modal.id, { mode: 'hand-over', why: 'takeover' });
    await sandbox.until('the call to AWS', async () => (await sandbox.messages()).some((message) => textOf(message).includes('Under way')));
    await sandbox.call('POST', '/api/slack/close-view', { user: people.bob, view_id: modal.id });
    await submitted;
    await threadSaying('set, shown to nobody: the modal was closed before AWS answered');
  });

  it('tells what is so when AWS resets the connection after processing', async () => {
    const ts = await incidentOf('sign-in-without-mfa');
    await sandbox.faults({ aws: [{ operation: 'UpdateLoginProfile', mode: 'reset-after', times: 1 }] });
    await confirmed(ts, 'lock-out');
    await threadSaying('AWS gave no answer; IAM reads so.');
    expect(await changes()).toEqual(['UpdateLoginProfile']);
  });

  it('tells what is so when AWS never answers, and says that it is not known when the reading fails too', async () => {
    const ts = await incidentOf('sign-in-without-mfa');
    await sandbox.faults({ aws: [{ operation: 'UpdateLoginProfile', mode: 'timeout-after', times: 1 }] });
    await confirmed(ts, 'lock-out');
    await threadSaying('AWS gave no answer; IAM reads so.');
    await sandbox.faults({
      aws: [{ operation: 'UpdateLoginProfile', mode: 'reset-after', times: 1 }],
    });
    const asked = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
    await sandbox.submit(people.bob, asked.id, { why: 'again' });
    await threadSaying('Outcome unknown: check CloudTrail.');
  });

  it('that may have been shown is not said to be shown to nobody', async () => {
    const ts = await incidentOf('sign-in-without-mfa');
    const modal = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
    await sandbox.faults({ slack: [{ method: 'views.update', mode: 'reset-after', times: 1 }] });
    await sandbox.submit(people.bob, modal.id, { mode: 'hand-over', why: 'takeover' });
    await threadSaying('set, perhaps shown to bob.ek: Slack gave no answer.');
    await sandbox.cardSaying('password of alice replaced, perhaps shown to bob.ek');
  });

  it('is in no log line, row or message either when an adapter fails with it in hand', async () => {
    const ts = await incidentOf('sign-in-without-mfa');
    const aws = ['500', 'throttle', 'denied', 'reset-after'].map((mode) => ({ aws: [{ operation: 'UpdateLoginProfile', mode, times: 1 }] }));
    const slack = ['429', '500', 'error', 'reset-after'].map((mode) => ({ slack: [{ method: 'views.update', mode, times: 1 }] }));
    // Eight resets within an hour are more than one person makes alone.
    await sandbox.call('POST', '/api/slack/command', { user: people.carmen, channel, command: '/signin-freeze', text: 'lift' });
    for (const fault of [...aws, ...slack]) {
      const modal = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
      await sandbox.faults(fault);
      await sandbox.submit(people.bob, modal.id, { mode: 'hand-over', why: 'takeover' });
      await sandbox.call('DELETE', '/api/faults');
    }
    expect((await changes()).length).toBeGreaterThanOrEqual(8);
    const password = /(?<![\w-])[A-HJ-NP-Za-km-z2-9]{4}(-[A-HJ-NP-Za-km-z2-9]{4}){5}(?![\w-])/;
    const current = (await sandbox.aws()).accounts[prod]?.users.alice?.loginProfile?.password;
    expect(current).toMatch(password);
    expect(await everythingElse()).not.toMatch(password);
  });

  it('wants a reason, and does nothing on an incident that was resolved meanwhile', async () => {
    const ts = await incidentOf('sign-in-without-mfa');
    const modal = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
    expect((await sandbox.submit(people.bob, modal.id, { why: '   ' })).errors).toEqual({ why: 'Say why: it is part of the record.' });
    await sandbox.click(people.dana, ts, 'acknowledge');
    await sandbox.cardSaying('dana.fox is on it');
    const resolving = viewOf(await sandbox.click(people.dana, ts, 'resolve'));
    await sandbox.submit(people.dana, resolving.id, { verdict: 'mistake' });
    const said = textOf(viewOf(await sandbox.submit(people.bob, modal.id, { why: 'takeover' })));
    expect(said).toContain('dana.fox resolved SIN-1');
    expect(await changes()).toEqual([]);
  });

  it('asks about a like reset in another incident', async () => {
    await sandbox.scenario('sign-in-without-mfa');
    await sandbox.publish({ message: 'User signed in without MFA: alice' });
    const [first, second] = await sandbox.until('two cards', async () => {
      const cards = await sandbox.cards();
      return cards.length === 2 && cards;
    });
    await confirmed(first?.ts ?? '', 'lock-out');
    const choose = viewOf(await sandbox.click(people.carmen, second?.ts ?? '', 'reset-password'));
    const confirm = viewOf(await sandbox.submit(people.carmen, choose.id, { user: 'alice', account: prod }));
    expect(textOf(confirm)).toMatch(/bob\.ek did this \d+ s ago\./);
  });

  it('offers nothing to a user without a console password, nor to a protected one', async () => {
    await changeAws(sandbox, (accounts) => Object.assign(accounts[prod]?.users.carl ?? {}, { tags: { 'signin-responder': 'protected' } }));
    const ts = await incidentOfNobody();
    const answers: Record<string, string> = {
      deploy: 'has no console password',
      'break-glass': 'is protected by PROTECTED_USERS (/break-glass/*)',
      carl: 'is protected by its tag signin-responder=protected',
      nobody: 'There is no IAM user “nobody”',
    };
    for (const [user, said] of Object.entries(answers)) {
      const choose = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
      expect(textOf(viewOf(await sandbox.submit(people.bob, choose.id, { user, account: prod })))).toContain(said);
    }
    expect(await changes()).toEqual([]);
  });

  it('of a user outside the incident wants the name typed twice', async () => {
    const ts = await incidentOfNobody();
    const choose = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
    const confirm = viewOf(await sandbox.submit(people.bob, choose.id, { user: ' alice ', account: prod }));
    const wrong = await sandbox.submit(people.bob, confirm.id, { why: 'x', 'user-again': 'alicia' });
    expect(wrong.errors).toEqual({ 'user-again': 'This is not the name above. Type it exactly.' });
    expect(await changes()).toEqual([]);
    await sandbox.submit(people.bob, confirm.id, { why: 'x', 'user-again': 'alice' });
    await threadSaying('It is carried out in 2 min unless somebody cancels it.');
    expect(await changes()).toEqual([]);
    await sandbox.advance(121);
    await threadSaying('Password of alice replaced, shown to nobody.');
    expect(await changes()).toEqual(['UpdateLoginProfile']);
  });

  it('asks again when somebody did the same a moment ago', async () => {
    const ts = await incidentOf('sign-in-without-mfa');
    const bobs = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
    const carmens = viewOf(await sandbox.click(people.carmen, ts, 'reset-password'));
    await sandbox.submit(people.carmen, carmens.id, { why: 'takeover' });
    const asked = viewOf(await sandbox.submit(people.bob, bobs.id, { why: 'takeover' }));
    expect(textOf(asked)).toMatch(/carmen\.diaz did this \d+ s ago\./);
    expect(await changes()).toHaveLength(1);
    await sandbox.submit(people.bob, asked.id, { why: 'hers was wrong' });
    expect(await changes()).toHaveLength(2);
  });
});

describe('Reset MFA', () => {
  async function confirm(ts: string, values: Record<string, string | string[]>): Promise<Interaction> {
    const modal = viewOf(await sandbox.click(people.bob, ts, 'reset-mfa'));
    // bella only failed sign-ins: for what gives access she is none of the incident's.
    const asked = { devices: optionsOf(modal, 'devices'), 'user-again': 'bella', why: 'stolen phone' };
    return sandbox.submit(people.bob, modal.id, { ...asked, ...values });
  }

  it('of the last device is refused without a password reset or an identification', async () => {
    const ts = await incidentOf('mfa-failures');
    expect((await confirm(ts, {})).errors?.identified).toContain('This would remove the last MFA device of bella');
    expect(await changes()).toEqual([]);
  });

  it('deactivates both kinds, deletes the virtual one, and keeps what is left to do on the card', async () => {
    const ts = await incidentOf('mfa-failures');
    await confirm(ts, { identified: 'video' });
    const { accounts } = await sandbox.aws();
    expect(accounts[prod]?.users.bella?.mfaDevices).toEqual([]);
    expect(await changes()).toEqual(['DeactivateMFADevice', 'DeleteVirtualMFADevice', 'DeactivateMFADevice']);
    const thread = await threadSaying('2 of 2 MFA devices of bella deactivated');
    expect(thread).toContain('Virtual (authenticator app) bell…hone: deactivated and deleted.');
    expect(thread).toMatch(/Security key or passkey yubi…MNOP: deactivated\./);
    expect(thread).toContain('seen on video');
    await sandbox.cardSaying('Left to do: bella enrols MFA (none yet)');
  });

  it('is allowed after a password reset in the same incident', async () => {
    const ts = await incidentOf('mfa-failures');
    const modal = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
    await sandbox.submit(people.bob, modal.id, { why: 'takeover' });
    await confirm(ts, {});
    await threadSaying('2 of 2 MFA devices of bella deactivated');
  });

  it('reads the outcome, and tells it right, when AWS resets the connection after processing', async () => {
    const ts = await incidentOf('mfa-failures');
    await sandbox.faults({
      aws: [
        { operation: 'DeactivateMFADevice', mode: 'reset-after', times: 1 },
        { operation: 'DeleteVirtualMFADevice', mode: 'reset-after', times: 1 },
      ],
    });
    await confirm(ts, { identified: 'video' });
    await threadSaying('2 of 2 MFA devices of bella deactivated');
    expect((await changes()).filter((operation) => operation === 'DeactivateMFADevice')).toHaveLength(2);
  });

  it('tells each device’s outcome when one of them fails', async () => {
    const ts = await incidentOf('mfa-failures');
    await sandbox.faults({ aws: [{ operation: 'DeleteVirtualMFADevice', mode: 'denied', times: 1 }] });
    await confirm(ts, { identified: 'video' });
    const thread = await threadSaying('2 of 2 MFA devices of bella deactivated');
    expect(thread).toContain('bell…hone: deactivated, but not deleted. AWS does not let the responder call DeleteVirtualMFADevice');
  });

  it('is of the user who was chosen, also when the list changed meanwhile', async () => {
    const ts = await incidentOf('mfa-failures');
    const failure = (userName: string): object => ({
      eventSource: 'signin.amazonaws.com',
      eventName: 'ConsoleLogin',
      eventTime: new Date().toISOString(),
      eventID: userName,
      recipientAccountId: prod,
      userIdentity: { type: 'IAMUser', accountId: prod, userName },
      responseElements: { ConsoleLogin: 'Failure' },
      additionalEventData: { MFAUsed: 'Yes' },
    });
    await sandbox.publish({ message: failure('carl') });
    await sandbox.cardSaying('carl (IAM user)');
    const choose = viewOf(await sandbox.click(people.bob, ts, 'look-up-mfa'));
    const shown = choose.blocks.map((block) => block.element as { options?: { value: string; text: { text: string } }[] } | undefined);
    const bella = shown.flatMap((element) => element?.options ?? []).find(({ text }) => text.text.startsWith('bella'))?.value;
    await sandbox.publish({ message: failure('alice') });
    expect(viewOf(await sandbox.submit(people.bob, choose.id, { subject: bella ?? '' })).title.text).toBe('MFA · bella');
  });

  it('does nothing when the devices changed since they were shown', async () => {
    const ts = await incidentOf('mfa-failures');
    const modal = viewOf(await sandbox.click(people.bob, ts, 'reset-mfa'));
    const { accounts } = await sandbox.aws();
    const bella = accounts[prod]?.users.bella as { mfaDevices: object[] };
    bella.mfaDevices.push({ serialNumber: 'GAHT12345678', enableDate: Date.now() });
    await sandbox.call('PUT', '/api/aws', { accounts });
    const asked = { devices: optionsOf(modal, 'devices'), 'user-again': 'bella', why: 'x', identified: 'video' };
    const said = textOf(viewOf(await sandbox.submit(people.bob, modal.id, asked)));
    expect(said).toContain('The MFA devices of bella changed since you were shown them. Nothing was done');
    expect(await changes()).toEqual([]);
  });
});

describe('Record a step', () => {
  it('is a reply and evidence like any other, and settles what it settles', async () => {
    const ts = await incidentOf('sign-in-without-mfa');
    const reset = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
    await sandbox.submit(people.bob, reset.id, { why: 'takeover' });
    await sandbox.cardSaying('Not stopped:\n• running sessions of alice\n• 1 active access key of alice');
    const modal = viewOf(await sandbox.click(people.dana, ts, 'more', 'record-step'));
    const [, keys] = optionsOf(modal, 'settles');
    await sandbox.submit(people.dana, modal.id, { what: 'key switched off in IAM', on: 'alice', settles: [keys ?? ''] });
    const card = await sandbox.cardSaying('key switched off in IAM (alice)');
    expect(card).toContain('Not stopped: running sessions of alice\n');
    await threadSaying('By hand, dana.fox: key switched off in IAM (alice)');
    const timeline = viewOf(await sandbox.click(people.dana, ts, 'more', 'timeline'));
    const evidence = await sandbox.call<Interaction>('POST', '/api/slack/click-view', {
      user: people.dana,
      view_id: timeline.id,
      action_id: 'evidence-open',
    });
    expect(textOf(viewOf(evidence))).toContain('alice (IAM user)');
  });
});

describe('who may respond', () => {
  const buttons = ['acknowledge', 'reset-alarm', 'look-up-mfa', 'reset-password', 'reset-mfa'];
  const more = ['record-step', 'by-hand', 'evidence', 'timeline'];

  it.each([
    ['a bystander', people.erik],
    ['a guest of another workspace', people.gina],
    ['somebody who was a remediator', people.bob],
  ])('%s is refused in words on every button, in the command too, and nothing is called in AWS', async (_who, user) => {
    const ts = await incidentOf('sign-in-failures');
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
    const ts = await incidentOf('sign-in-failures');
    expect(told(await sandbox.click(people.dana, ts, 'reset-password'))).toContain('“Reset password” is for remediators');
  });

  it('somebody who lost the role between click and submit is refused at the submit', async () => {
    const ts = await incidentOf('sign-in-without-mfa');
    const modal = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
    await sandbox.call('POST', '/api/slack/usergroup', { id: groups.remediators, users: [people.carmen] });
    await sandbox.advance(61);
    await sandbox.until('the roles', async () => (await sandbox.requests()).filter(({ method }) => method === 'usergroups.users.list').length >= 4);
    expect(textOf(viewOf(await sandbox.submit(people.bob, modal.id, { why: 'takeover' })))).toContain('“Reset password” is for remediators');
    expect(await changes()).toEqual([]);
  });

  it('nobody may when the roles could not be read for five minutes', async () => {
    const ts = await incidentOf('sign-in-failures');
    await sandbox.faults({ slack: [{ method: 'usergroups.users.list', mode: '500', times: 99 }] });
    await sandbox.advance(301);
    expect(told(await sandbox.click(people.bob, ts, 'acknowledge'))).toMatch(/could not be read for 5 min|was last read 5 min ago/);
  });
});

describe('/signin-status', () => {
  it('tells open incidents, alarms and deliveries', async () => {
    await incidentOf('sign-in-failures');
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
    await incidentOf('sign-in-failures');
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
