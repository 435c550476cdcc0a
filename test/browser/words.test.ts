/** Sentences of the table in test/domain/sign-in/sentence.test.ts, on cards, on a phone. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type OpenedBrowser, openBrowser } from '../support/browser.ts';
import { Sandbox } from '../support/sandbox.ts';

const phone = { width: 390, height: 844 };

let sandbox: Sandbox;
let opened: OpenedBrowser;
let page: Page;

beforeAll(async () => {
  sandbox = await Sandbox.start();
  opened = await openBrowser();
  page = await opened.browser.newPage({ viewport: phone });
  await page.goto(sandbox.url);
}, 120_000);
afterAll(async () => {
  await opened?.close();
  await sandbox?.stop();
});

type Json = Record<string, unknown>;

const iamUser = (userName: string): Json => ({ type: 'IAMUser', userName });
const hidden = iamUser('HIDDEN_DUE_TO_SECURITY_REASONS');
const root: Json = { type: 'Root' };
const instance: Json = { type: 'AssumedRole', principalId: 'AROA:i-0123456789abcdef0', arn: 'arn:aws:sts::1:assumed-role/web/i-0123456789abcdef0' };
const federated: Json = { type: 'FederatedUser', arn: 'arn:aws:sts::1:federated-user/frank' };
const directoryUser: Json = { type: 'IdentityCenterUser', onBehalfOf: { userId: 'u-1' } };

const login = (userIdentity: Json, outcome: string, MFAUsed: string, more: Json = {}): Json => ({
  eventName: 'ConsoleLogin',
  userIdentity,
  responseElements: { ConsoleLogin: outcome },
  additionalEventData: { MFAUsed },
  ...more,
});
const wrong = (CredentialType: string): Json => ({
  eventName: 'CredentialVerification',
  userIdentity: directoryUser,
  additionalEventData: { CredentialType },
  serviceEventDetails: { CredentialVerification: 'Failure' },
});
const iam = (eventName: string, requestParameters: Json): Json => ({
  eventName,
  eventSource: 'iam.amazonaws.com',
  userIdentity: iamUser('mallory'),
  requestParameters,
});

const told: readonly (readonly [string, Json])[] = [
  ['alice signed in to the console from ADDRESS, without MFA.', login(iamUser('alice'), 'Success', 'No')],
  ['carl failed to sign in to the console from ADDRESS, MFA not reached or not used.', login(iamUser('carl'), 'Failure', 'No')],
  ['bella failed to sign in to the console from ADDRESS, at or after the MFA step.', login(iamUser('bella'), 'Failure', 'Yes')],
  [
    'A user whose name AWS hides failed to sign in to the console from ADDRESS: no such user name.',
    login(hidden, 'Failure', 'No', { errorMessage: 'No username found in supplied account' }),
  ],
  [
    'erin failed to sign in to the console from ADDRESS: refused by a resource-based policy.',
    login(iamUser('erin'), 'Failure', 'No', { errorMessage: 'Authorization denied because of a resource-based policy' }),
  ],
  [
    'dora failed to sign in to the console through appstream.amazonaws.com, MFA not reached or not used.',
    login(iamUser('dora'), 'Failure', 'No', { sourceIPAddress: 'appstream.amazonaws.com' }),
  ],
  ['root signed in to the console from ADDRESS, with MFA.', login(root, 'Success', 'Yes')],
  ['Role session web/i-0123456789abcdef0 signed in to the console from ADDRESS, MFA: not visible here.', login(instance, 'Success', 'No')],
  [
    'Federated user frank signed in to the console from ADDRESS, MFA: not visible to AWS, ask the identity provider.',
    login(federated, 'Success', 'No'),
  ],
  ['Identity Center user u-1 (name not known) gave a wrong password from ADDRESS.', wrong('PASSWORD')],
  ['Identity Center user u-1 (name not known) failed at the MFA step (one-time code) from ADDRESS.', wrong('TOTP')],
  [
    'root changed their own password from ADDRESS.',
    { eventName: 'PasswordUpdated', userIdentity: root, responseElements: { PasswordUpdated: 'Success' } },
  ],
  [
    'root signed in from the command line (aws login) from ADDRESS.',
    {
      eventName: 'CreateOAuth2Token',
      userIdentity: root,
      requestParameters: { client_id: 'arn:aws:signin:::devtools/same-device' },
      additionalEventData: { success: 'true', grant_type: 'authorization_code' },
    },
  ],
  ['mallory took an MFA device away from bella from ADDRESS.', iam('DeactivateMFADevice', { userName: 'bella' })],
  [
    'mallory changed the login profile of bella from ADDRESS, whether the password is not in the record.',
    iam('UpdateLoginProfile', { userName: 'bella', passwordResetRequired: true }),
  ],
];

const addressOf = (index: number): string => `203.0.113.${index + 1}`;

/** Each in an account of its own and from an address of its own: an incident of its own. */
function record(index: number, more: Json): Json {
  return {
    eventVersion: '1.08',
    eventSource: 'signin.amazonaws.com',
    eventID: `00000000-0000-0000-0000-${String(index).padStart(12, '0')}`,
    eventTime: new Date().toISOString(),
    awsRegion: 'us-east-1',
    sourceIPAddress: addressOf(index),
    recipientAccountId: String(111_100_000_000 + index),
    ...more,
  };
}

describe('what is said of an event', () => {
  it.each(told.map(([sentence, more], index) => [sentence.replace('ADDRESS', addressOf(index)), more, index] as const))(
    '%s',
    async (sentence, more, index) => {
      await sandbox.publish({ message: record(index, more) });
      const said = page.getByTestId('card').getByText(sentence).first();
      await said.waitFor();
      // The page draws a card anew with each change: between two drawings there is no box.
      const box = await vi.waitFor(async () => (await said.boundingBox()) ?? Promise.reject(new Error('not drawn')));
      expect(box?.x ?? -1).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? phone.width + 1)).toBeLessThanOrEqual(phone.width);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
    },
  );
});
