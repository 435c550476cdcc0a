/** Words claim what the record gives, and sign-ins from the command line, from the message to the card. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Message, people, prod, Sandbox, textOf } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start();
});
beforeEach(async () => {
  await sandbox.call('POST', '/api/reset');
});
afterAll(() => sandbox.stop());

type Json = Record<string, unknown>;
let count = 0;

/** A record of now, as EventBridge brings it. */
function event(more: Json): object {
  const detail = {
    eventVersion: '1.11',
    eventSource: 'signin.amazonaws.com',
    eventID: `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`,
    eventTime: new Date().toISOString(),
    awsRegion: 'us-east-1',
    sourceIPAddress: '203.0.113.7',
    recipientAccountId: prod,
    ...more,
  };
  const source = String(detail.eventSource).replace(/^([^.]+)\..*/, 'aws.$1');
  return { version: '0', 'detail-type': 'AWS API Call via CloudTrail', source, account: prod, region: 'us-east-1', detail };
}

const root = { type: 'Root', arn: `arn:aws:iam::${prod}:root`, accountId: prod };
const user = (userName: string): Json => ({ type: 'IAMUser', userName, accountId: prod });
const client = (eventName: string, userIdentity: Json, more: Json = {}): object =>
  event({
    eventName,
    eventType: 'AwsApiCall',
    readOnly: true,
    userIdentity,
    requestParameters: { client_id: 'arn:aws:signin:::devtools/same-device' },
    additionalEventData: { success: 'true', ...more },
  });
const iam = (eventName: string, requestParameters: Json, more: Json = {}): object =>
  event({ eventSource: 'iam.amazonaws.com', eventName, userIdentity: user('mallory'), requestParameters, ...more });

async function cardWith(text: string): Promise<Message> {
  return sandbox.until(`a card with “${text}”`, async () => (await sandbox.cards()).find((card) => textOf(card).includes(text)));
}

describe('a deed that failed', () => {
  it('is told as failed: a recovery of the root password that failed is no recovery', async () => {
    const failed = { userIdentity: root, responseElements: { PasswordUpdated: 'Failure' } };
    await sandbox.publish({ message: event({ eventName: 'PasswordUpdated', ...failed }) });
    const said = await sandbox.cardSaying('root failed to change their own password from 203.0.113.7.');
    expect(said).toContain('MEDIUM · OPEN · root failed to change: own password');
    expect(said).toContain('root user: failed to change: own password');
  });

  it('changed no credentials, as little as a cancelled MFA enrolment did', async () => {
    await sandbox.publish({ message: iam('UpdateLoginProfile', { userName: 'alice' }, { errorCode: 'AccessDenied' }) });
    await sandbox.publish({ message: iam('DeleteVirtualMFADevice', { serialNumber: `arn:aws:iam::${prod}:mfa/x` }) });
    await cardWith('mallory failed to change the login profile of alice from 203.0.113.7: refused by policy.');
    await cardWith('mallory deleted a virtual MFA device that was not in use from 203.0.113.7.');
    for (const card of await sandbox.cards()) expect(textOf(card)).not.toMatch(/Sign-in credentials changed|Call alice/);
  });

  it('is told with the reason, and says nothing of MFA where a policy refused', async () => {
    const errorMessage = 'Authorization denied because of a resource-based policy';
    const login = { userIdentity: user('carl'), responseElements: { ConsoleLogin: 'Failure' }, additionalEventData: { MFAUsed: 'No' } };
    await sandbox.publish({ message: event({ eventName: 'ConsoleLogin', ...login, errorMessage }) });
    const said = await sandbox.cardSaying('carl was refused at sign-in by policy');
    expect(said).toContain('was refused by a resource-based policy 1× from 203.0.113.7, last');
    expect(said).not.toMatch(/MFA not|any MFA|without MFA/);
  });
});

describe('names that AWS hides', () => {
  it('are a spray in Identity Center too, twelve of them from one address, and not one person', async () => {
    for (let times = 0; times < 12; times++)
      await sandbox.publish({
        message: event({
          eventName: 'CredentialVerification',
          eventType: 'AwsServiceEvent',
          userIdentity: { type: 'Unknown', accountId: prod, userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
          additionalEventData: { AuthWorkflowID: `w-${times}`, CredentialType: 'PASSWORD' },
          serviceEventDetails: { CredentialVerification: 'Failure' },
        }),
      });
    const said = textOf(await cardWith('12 attempts at names that AWS does not show failed from 203.0.113.7'));
    expect(said).toContain('HIGH · OPEN · Password spray');
    expect(said).toContain('Who: users whose names AWS hides (how many is not known): failed 12×');
    expect(said).not.toContain('HIDDEN_DUE');
  });
});

describe('a change of a login profile', () => {
  it('is no change of the password where the record does not say so', async () => {
    await sandbox.publish({ message: iam('UpdateLoginProfile', { userName: 'bella', maxSigninSessionDuration: 7_776_000 }) });
    const card = await cardWith('mallory let console sessions of bella last up to 90 days');
    expect(textOf(card)).toContain('whether the password is not in the record');
    expect(textOf(card)).not.toMatch(/password (was )?changed|changed the (console )?password/i);
  });

  it('lets the sessions of a role last longer, and makes no user of that name a victim', async () => {
    await sandbox.publish({ message: iam('UpdateRole', { roleName: 'alice', maxSigninSessionDuration: 7_776_000 }) });
    const said = textOf(await cardWith('mallory let console sessions of role alice last up to 90 days from 203.0.113.7.'));
    expect(said).not.toContain('alice has:');
    expect(said).not.toContain('Call alice');
  });
});

describe('a sign-in from the command line', () => {
  it('of root is HIGH, told as what it is, once', async () => {
    await sandbox.publish({ message: client('AuthorizeOAuth2Access', root) });
    await sandbox.publish({ message: client('CreateOAuth2Token', root, { grant_type: 'authorization_code' }) });
    const said = await sandbox.cardSaying('Seen 2×');
    expect(said).toContain('HIGH · OPEN · root signed in from the command line (aws login)');
    expect(said).toContain('allowed a sign-in from the command line (aws login), signed in from the command line (aws login)');
    expect(await sandbox.cards()).toHaveLength(1);
  });

  it('that renews a session, and one of a user without failures, open nothing', async () => {
    await sandbox.publish({ message: client('CreateOAuth2Token', root, { grant_type: 'refresh_token' }) });
    await sandbox.publish({ message: client('CreateOAuth2Token', user('alice'), { grant_type: 'authorization_code' }) });
    await sandbox.publish({ message: client('AuthorizeOAuth2Access', root) });
    await cardWith('root allowed a sign-in from the command line');
    expect(await sandbox.cards()).toHaveLength(1);
    expect(textOf(await sandbox.card())).not.toContain('alice');
  });

  it('of a user after failures is a takeover, by EventBridge alone', async () => {
    await sandbox.faults({ aws: [{ operation: 'LookupEvents', mode: 'denied', times: 1_000 }] });
    const failed = { eventName: 'ConsoleLogin', userIdentity: user('carl'), responseElements: { ConsoleLogin: 'Failure' } };
    for (let times = 0; times < 4; times++) await sandbox.publish({ message: event({ ...failed, additionalEventData: { MFAUsed: 'No' } }) });
    await sandbox.publish({ message: client('CreateOAuth2Token', user('carl'), { grant_type: 'authorization_code' }) });
    const said = textOf(await cardWith('Likely takeover of carl'));
    expect(said).toContain('CRITICAL · OPEN');
    await sandbox.call('DELETE', '/api/faults');
  });

  it('leads from the events to the name of the event', async () => {
    await sandbox.publish({ message: client('AuthorizeOAuth2Access', root) });
    const { ts } = await sandbox.card();
    const { views } = await sandbox.click(people.dana, ts, 'more', 'evidence');
    expect(views.map(textOf).join()).toContain('allowed a sign-in from the command line (aws login)');
  });
});
