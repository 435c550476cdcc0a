/** Cases from the field in which AWS says no, or nothing yet, each with what is right. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { alarmText, people, prod, Sandbox, textOf, type View } from '../support/sandbox.ts';
import { optionsOf } from '../support/seen.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start({ APPROVALS: 'hand-over:0,reset-mfa:0' });
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.call('DELETE', '/api/faults');
  await sandbox.call('POST', '/api/reset');
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
