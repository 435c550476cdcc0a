import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Interaction, people, prod, Sandbox, textOf } from '../support/sandbox.ts';
import { changesIn, incidentOf, optionsOf, threadSaying, viewOf } from '../support/seen.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start({ APPROVALS: 'reset-mfa:0' });
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.call('DELETE', '/api/faults');
  await sandbox.call('POST', '/api/reset');
});

describe('Reset MFA', () => {
  async function confirm(ts: string, values: Record<string, string | string[]>): Promise<Interaction> {
    const modal = viewOf(await sandbox.click(people.bob, ts, 'reset-mfa'));
    // bella only failed sign-ins: for what gives access she is none of the incident's.
    const asked = { devices: optionsOf(modal, 'devices'), 'user-again': 'bella', why: 'stolen phone' };
    return sandbox.submit(people.bob, modal.id, { ...asked, ...values });
  }

  it('of the last device is refused without a password reset or an identification', async () => {
    const ts = await incidentOf(sandbox, 'mfa-failures');
    expect((await confirm(ts, {})).errors?.identified).toContain('This would remove the last MFA device of bella');
    expect(await changesIn(sandbox)).toEqual([]);
  });

  it('deactivates both kinds, deletes the virtual one, and keeps what is left to do on the card', async () => {
    const ts = await incidentOf(sandbox, 'mfa-failures');
    await confirm(ts, { identified: 'video' });
    const { accounts } = await sandbox.aws();
    expect(accounts[prod]?.users.bella?.mfaDevices).toEqual([]);
    expect(await changesIn(sandbox)).toEqual(['DeactivateMFADevice', 'DeleteVirtualMFADevice', 'DeactivateMFADevice']);
    const thread = await threadSaying(sandbox, '2 of 2 MFA devices of bella deactivated');
    expect(thread).toContain('Virtual (authenticator app) bell…hone: deactivated and deleted.');
    expect(thread).toMatch(/Security key or passkey yubi…MNOP: deactivated\./);
    expect(thread).toContain('seen on video');
    await sandbox.cardSaying('Left to do: bella enrols MFA (none yet)');
  });

  it('is allowed after a password reset in the same incident', async () => {
    const ts = await incidentOf(sandbox, 'mfa-failures');
    const modal = viewOf(await sandbox.click(people.bob, ts, 'reset-password'));
    await sandbox.submit(people.bob, modal.id, { why: 'takeover' });
    await confirm(ts, {});
    await threadSaying(sandbox, '2 of 2 MFA devices of bella deactivated');
  });

  it('reads the outcome, and tells it right, when AWS resets the connection after processing', async () => {
    const ts = await incidentOf(sandbox, 'mfa-failures');
    await sandbox.faults({
      aws: [
        { operation: 'DeactivateMFADevice', mode: 'reset-after', times: 1 },
        { operation: 'DeleteVirtualMFADevice', mode: 'reset-after', times: 1 },
      ],
    });
    await confirm(ts, { identified: 'video' });
    await threadSaying(sandbox, '2 of 2 MFA devices of bella deactivated');
    expect((await changesIn(sandbox)).filter((operation) => operation === 'DeactivateMFADevice')).toHaveLength(2);
  });

  it('tells each device’s outcome when one of them fails', async () => {
    const ts = await incidentOf(sandbox, 'mfa-failures');
    await sandbox.faults({ aws: [{ operation: 'DeleteVirtualMFADevice', mode: 'denied', times: 1 }] });
    await confirm(ts, { identified: 'video' });
    const thread = await threadSaying(sandbox, '2 of 2 MFA devices of bella deactivated');
    expect(thread).toContain('bell…hone: deactivated, but not deleted. AWS does not let the responder call DeleteVirtualMFADevice');
  });

  it('is of the user who was chosen, also when the list changed meanwhile', async () => {
    const ts = await incidentOf(sandbox, 'mfa-failures');
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
    const ts = await incidentOf(sandbox, 'mfa-failures');
    const modal = viewOf(await sandbox.click(people.bob, ts, 'reset-mfa'));
    const { accounts } = await sandbox.aws();
    const bella = accounts[prod]?.users.bella as { mfaDevices: object[] };
    bella.mfaDevices.push({ serialNumber: 'GAHT12345678', enableDate: Date.now() });
    await sandbox.call('PUT', '/api/aws', { accounts });
    const asked = { devices: optionsOf(modal, 'devices'), 'user-again': 'bella', why: 'x', identified: 'video' };
    const said = textOf(viewOf(await sandbox.submit(people.bob, modal.id, asked)));
    expect(said).toContain('The MFA devices of bella changed since you were shown them. Nothing was done');
    expect(await changesIn(sandbox)).toEqual([]);
  });
});
