import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { alarmText, Sandbox, textOf } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start();
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.call('POST', '/api/reset');
});

describe('a notification from SNS', () => {
  it('becomes one card that says what, where and what to do', async () => {
    const published = await sandbox.publish({ message: alarmText('ConsoleSigninFailures', 'ALARM', Date.now()) });
    expect(published.status).toBe(200);
    const card = textOf(await sandbox.card());
    // By its name, or already by what it was recognised as.
    expect(card).toMatch(/MEDIUM · OPEN · Console ?sign-?in ?failures/i);
    expect(card).toContain('prod 4444-5555-6666 · us-east-1');
    expect(card).toContain('[Acknowledge] [Reset alarm]');
  });

  it('is answered 200 and changes nothing when its id was seen before, whatever time it has', async () => {
    const message = alarmText('A', 'ALARM', Date.now());
    const first = await sandbox.publish({ message });
    const again = await sandbox.publish({ message, messageId: first.messageId });
    expect(again.status).toBe(200);
    await sandbox.cardSaying('Alarm fired 1×');
    expect(textOf(await sandbox.card())).not.toContain('notifications');
  });

  it.each(['message', 'signature', 'topic', 'certificate-host', 'certificate-path', 'stale'])(
    'with its %s tampered with is refused and leaves nothing',
    async (tamper) => {
      const published = await sandbox.publish({ message: alarmText('A', 'ALARM', Date.now()), tamper });
      expect(published.status).toBe(403);
      await sandbox.advance(30);
      expect(await sandbox.messages()).toEqual([]);
      const { bot } = await sandbox.state();
      expect(await (await fetch(`${bot.opsUrl}/metrics`)).text()).toMatch(/signin_responder_refusals_total\{outcome="[a-z-]+"\} 1/);
    },
  );

  it('is not sent by a control call that is wrong', async () => {
    await expect(sandbox.publish({ message: 'x', tamper: 'certificat-host' })).rejects.toThrow('tamper: Invalid option');
    await expect(sandbox.faults({ slack: [{ mode: '500' }] })).rejects.toThrow('slack.0.times: ');
    await expect(sandbox.call('PUT', '/api/aws', { accounts: { '123456789012': null } })).rejects.toThrow('is no account as GET /api/aws gives it');
    await expect(sandbox.call('POST', '/api/clock', { advanceSeconds: '5' })).rejects.toThrow('advanceSeconds: ');
  });

  it('delivered raw, or being no envelope, or too large, is refused', async () => {
    expect((await sandbox.publish({ message: 'hello', raw: true })).status).toBe(400);
    const { bot } = await sandbox.state();
    expect((await fetch(`${bot.url}/sns`, { method: 'POST', body: '{"Type":"Notification"}' })).status).toBe(400);
    const large = await fetch(`${bot.url}/sns`, { method: 'POST', body: 'x'.repeat(2 * 1024 * 1024) }).then(
      ({ status }) => status,
      () => 'closed',
    );
    expect([413, 'closed']).toContain(large);
    expect(await sandbox.messages()).toEqual([]);
  });

  it('that asks to confirm a subscription is confirmed by the API, so that only the owner can end it', async () => {
    const published = await sandbox.publish({ message: 'You have chosen to subscribe', type: 'SubscriptionConfirmation' });
    expect(published.status).toBe(200);
    const [call] = (await sandbox.aws()).calls.filter(({ operation }) => operation === 'ConfirmSubscription');
    expect(call?.input.AuthenticateOnUnsubscribe).toBe('true');
  });

  it('that ends the subscription opens an incident', async () => {
    await sandbox.publish({ message: 'You have chosen to deactivate', type: 'UnsubscribeConfirmation' });
    expect(textOf(await sandbox.card())).toContain('HIGH · OPEN · Unsubscribed from signin-alarms');
  });

  it('that nothing understands becomes a card with its text', async () => {
    await sandbox.publish({ message: 'Somebody signed in without MFA' });
    expect(textOf(await sandbox.card())).toContain('It says: Somebody signed in without MFA');
  });

  it('holding hostile text shows it literally and mentions nobody', async () => {
    const hostile = '<!channel> <@U1> <https://x|y> *b* ` \u0007\u202Eevil';
    await sandbox.publish({
      message: alarmText(`Al ${hostile}`, 'ALARM', Date.now(), { AlarmDescription: hostile, NewStateReason: hostile }),
      subject: hostile,
    });
    const card = await sandbox.card();
    expect(textOf(card)).toContain('<!channel> <@U1> <https://x|y> *b* ` evil');
    expect(card.text).not.toMatch(/<[!@h]/);
    expect(JSON.stringify(card.blocks)).not.toMatch(/"type":"(mrkdwn|user|usergroup|broadcast)"/);
    const links = [...JSON.stringify(card.blocks).matchAll(/"url":"([^"]+)"/g)].map((match) => match[1]);
    expect(links.every((url) => url?.startsWith('https://console.aws.amazon.com/'))).toBe(true);
    expect(JSON.stringify(card)).not.toMatch(/[\u0007\u202E]/);
  });
});
