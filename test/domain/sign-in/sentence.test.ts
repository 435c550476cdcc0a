/** What is said of an event: kind of principal × outcome × MFA × error text × event → the sentence. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/domain/json.ts';
import { mfaWords, sentence } from '../../../src/domain/sign-in/sentence.ts';
import { signInFromRecord } from '../../../src/domain/sign-in/sign-in.ts';
import { consoleLogin, iamUser, identityCenter } from '../../support/records.ts';

const account = '123456789012';
const at = Date.parse('2026-11-22T03:00:00Z');
const hidden = { type: 'IAMUser', userName: 'HIDDEN_DUE_TO_SECURITY_REASONS', accessKeyId: '' };
const root = { type: 'Root', arn: `arn:aws:iam::${account}:root` };
const session = (path: string) => ({ type: 'AssumedRole', arn: `arn:aws:sts::${account}:assumed-role/${path}` });
const federated = { type: 'FederatedUser', arn: `arn:aws:sts::${account}:federated-user/frank` };
const portal = session('AWSReservedSSO_Admin_0123/dora@example.com');

function said(record: Json): string {
  return sentence(signInFromRecord(record, { account, region: 'us-east-1', at, id: 'e' }));
}

function login(identity: Json, outcome: 'Success' | 'Failure', mfa: string | undefined, errorMessage?: string): Json {
  return consoleLogin(identity, outcome, mfa, errorMessage === undefined ? {} : { errorMessage });
}

function event(eventName: string, more: Json): Json {
  return {
    eventName,
    eventSource: 'signin.amazonaws.com',
    eventID: `id-${eventName}`,
    sourceIPAddress: '203.0.113.7',
    userIdentity: iamUser('alice'),
    ...more,
  };
}

function iam(eventName: string, requestParameters: Json | null, more: Json = {}): Json {
  return event(eventName, {
    eventSource: 'iam.amazonaws.com',
    eventType: 'AwsApiCall',
    userIdentity: iamUser('mallory'),
    requestParameters,
    ...more,
  });
}

const refused = { errorCode: 'AccessDenied', errorMessage: 'User: arn:aws:iam::123456789012:user/mallory is not authorized to perform: x' };
const unallowed = (action: string, resource: string) => ({
  errorCode: 'AccessDenied',
  errorMessage: `User: arn:aws:iam::${account}:user/mallory is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
});
const words = (eventName: string, outcome: string) => ({ responseElements: { [eventName]: outcome } });
const oauth = (client: string, more: Json = {}) => ({
  eventType: 'AwsApiCall',
  requestParameters: { client_id: `arn:aws:signin:::${client}` },
  additionalEventData: { success: 'true', ...more },
});

describe('who is behind a session', () => {
  const chained = (name: string, sourceIdentity: string) => ({ ...session(`admin/${name}`), sessionContext: { sourceIdentity } });
  const issued = (sessionIssuer: Json) => ({ ...federated, sessionContext: { sessionIssuer } });
  const broker = { type: 'IAMUser', userName: 'broker', arn: `arn:aws:iam::${account}:user/broker` };
  it.each<[string, Json]>([
    ['role session admin/s-1 (source identity eve) signed in', chained('s-1', 'eve')],
    ['role session admin/eve signed in', chained('eve', 'eve')],
    ['federated user frank (made with the keys of IAM user broker) signed in', issued(broker)],
    ['federated user frank (made with the keys of root) signed in', issued({ type: 'Root' })],
    ['federated user frank signed in', federated],
  ])('%s', (expected, identity) => {
    expect(said(login(identity, 'Success', 'No'))).toContain(`${expected} to the console`);
  });
});

describe('a console sign-in', () => {
  it.each<[string, Json]>([
    ['alice signed in to the console from 203.0.113.7, with MFA', login(iamUser('alice'), 'Success', 'Yes')],
    ['alice signed in to the console from 203.0.113.7, without MFA', login(iamUser('alice'), 'Success', 'No')],
    ['alice signed in to the console from 203.0.113.7, MFA: not in the record', login(iamUser('alice'), 'Success', undefined)],
    [
      'alice signed in to the console from 203.0.113.7, MFA: not in the record',
      login({ ...iamUser('alice'), sessionContext: { attributes: { mfaAuthenticated: 'true' } } }, 'Success', 'No'),
    ],
    ['root signed in to the console from 203.0.113.7, with MFA', login(root, 'Success', 'YES')],
    ['role session web/i-0123 signed in to the console from 203.0.113.7, MFA: not visible here', login(session('web/i-0123'), 'Success', 'No')],
    ['dora@example.com (Identity Center) signed in to the console from 203.0.113.7, MFA: not visible here', login(portal, 'Success', 'No')],
    [
      'federated user frank signed in to the console from 203.0.113.7, MFA: not visible to AWS, ask the identity provider',
      login(federated, 'Success', 'No'),
    ],
    [
      'carl failed to sign in to the console from 203.0.113.7, MFA not reached or not used',
      login({ type: 'IAMUser', userName: 'carl' }, 'Failure', 'No', 'Failed authentication'),
    ],
    [
      'carl failed to sign in to the console from 203.0.113.7, at or after the MFA step',
      login({ type: 'IAMUser', userName: 'carl' }, 'Failure', 'Yes'),
    ],
    [
      'carl failed to sign in to the console from 203.0.113.7, MFA: not in the record',
      login({ type: 'IAMUser', userName: 'carl' }, 'Failure', undefined),
    ],
    ['root failed to sign in to the console from 203.0.113.7, MFA not reached or not used', login(root, 'Failure', 'No', 'Failed authentication')],
    [
      'a user whose name AWS hides failed to sign in to the console from 203.0.113.7: no such user name',
      login(hidden, 'Failure', 'No', 'No username found in supplied account'),
    ],
    [
      'carl failed to sign in to the console from 203.0.113.7: refused by a resource-based policy',
      login(iamUser('carl'), 'Failure', 'No', 'Authorization denied because of a resource-based policy'),
    ],
    [
      'carl failed to sign in to the console from 203.0.113.7: refused by a resource control policy',
      login(iamUser('carl'), 'Failure', 'Yes', 'Authorization denied because of a resource control policy'),
    ],
    [
      'role session web/x failed to sign in to the console from 203.0.113.7: refused by policy',
      login(session('web/x'), 'Failure', 'No', 'User is not authorized'),
    ],
    [
      'carl failed to sign in to the console from 203.0.113.7: “Account is suspended”, MFA not reached or not used',
      login(iamUser('carl'), 'Failure', 'No', 'Account is suspended'),
    ],
    [
      'alice signed in to the console or tried to from 203.0.113.7, outcome not in the record, without MFA',
      consoleLogin(iamUser('alice'), 'Success', 'No', { responseElements: null }),
    ],
    [
      'alice signed in to the console through appstream.amazonaws.com, with MFA',
      consoleLogin(iamUser('alice'), 'Success', 'Yes', { sourceIPAddress: 'appstream.amazonaws.com' }),
    ],
    [
      'alice signed in to the console through AWS itself, with MFA',
      consoleLogin(iamUser('alice'), 'Success', 'Yes', { sourceIPAddress: 'AWS Internal' }),
    ],
  ])('%s', (expected, record) => {
    expect(said(record)).toBe(expected);
  });

  it('failed before any MFA only where the user is known to have a device', () => {
    const failed = { mfa: 'no', outcome: 'failure', kind: 'iam-user', errorMessage: 'Failed authentication' } as const;
    expect(mfaWords({ ...failed, hasDevice: true })).toBe('before any MFA');
    expect(mfaWords({ ...failed, hasDevice: false })).toBe('MFA not reached or not used');
    expect(mfaWords({ ...failed, hasDevice: undefined })).toBe('MFA not reached or not used');
    expect(mfaWords({ ...failed, hasDevice: true, errorMessage: 'Authorization denied because of a resource-based policy' })).toBe('');
  });
});

const idcUser = { type: 'IdentityCenterUser', accountId: account, onBehalfOf: { userId: 'u-1' } };
const nobody = { type: 'IdentityCenterUser', accountId: account };
const step = (eventName: string, factor: string, outcome: string, identity: Json = idcUser): Json =>
  identityCenter(eventName, { CredentialType: factor }, { [eventName]: outcome }, { userIdentity: identity });
const idc = 'Identity Center user u-1 (name not known)';

describe('the steps of a sign-in', () => {
  it.each<[string, Json]>([
    [`${idc} was asked for a password from 203.0.113.7`, step('CredentialChallenge', 'PASSWORD', 'Success')],
    [`${idc} was to be asked for a one-time code (MFA), which failed from 203.0.113.7`, step('CredentialChallenge', 'TOTP', 'Failure')],
    [`${idc} gave the right password from 203.0.113.7`, step('CredentialVerification', 'PASSWORD', 'Success')],
    [`${idc} gave a wrong password from 203.0.113.7`, step('CredentialVerification', 'PASSWORD', 'Failure')],
    [`${idc} failed at the MFA step (one-time code) from 203.0.113.7`, step('CredentialVerification', 'TOTP', 'Failure')],
    [`${idc} passed the MFA step (security key) from 203.0.113.7`, step('CredentialVerification', 'WEBAUTHN', 'Success')],
    [`${idc} signed in to Identity Center from 203.0.113.7, MFA: not visible here`, step('UserAuthentication', 'EXTERNAL_IDP', 'Success')],
    [`${idc} failed to sign in to Identity Center from 203.0.113.7, MFA: not visible here`, step('UserAuthentication', 'PASSWORD', 'Failure')],
    [
      'an Identity Center user (name not in the record) gave a wrong password from 203.0.113.7',
      step('CredentialVerification', 'PASSWORD', 'Failure', nobody),
    ],
    [
      'a user whose name AWS hides gave a wrong password from 203.0.113.7',
      step('CredentialVerification', 'PASSWORD', 'Failure', { type: 'Unknown', userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' }),
    ],
    [
      'a user whose name AWS hides failed to come through the external identity provider from 203.0.113.7',
      event('ExternalIdPDirectoryLogin', {
        userIdentity: { type: 'Unknown', userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
        serviceEventDetails: { ExternalIdPDirectoryLogin: 'Failure' },
      }),
    ],
    [
      'exampleuser signed in to WorkSpaces from 203.0.113.7',
      identityCenter(
        'UserAuthentication',
        { CredentialType: 'PASSWORD', LoginTo: 'https://clients.amazonaws.com/workspaces' },
        { UserAuthentication: 'Success' },
        { userIdentity: { type: 'Unknown', userName: 'exampleuser' } },
      ),
    ],
    [
      'me@example.com (Identity Center) opened an account or application from the access portal or tried to from 203.0.113.7, outcome not in the record',
      event('Federate', {
        eventSource: 'sso.amazonaws.com',
        eventType: 'AwsServiceEvent',
        userIdentity: { type: 'Unknown', userName: 'me@example.com' },
      }),
    ],
    [
      `${idc} failed to sign in to the access portal from 203.0.113.7: refused by policy`,
      event('Authenticate', { eventSource: 'sso.amazonaws.com', eventType: 'AwsServiceEvent', userIdentity: idcUser, errorCode: 'AccessDenied' }),
    ],
    ['alice was checked for MFA while signing in from 203.0.113.7', event('CheckMfa', words('CheckMfa', 'Success'))],
    [
      'role session admin/alice switched role in the console from 203.0.113.7',
      event('SwitchRole', { userIdentity: session('admin/alice'), ...words('SwitchRole', 'Success') }),
    ],
    [
      'role session admin/alice failed to switch role in the console from 203.0.113.7',
      event('SwitchRole', { userIdentity: session('admin/alice'), ...words('SwitchRole', 'Failure') }),
    ],
    [
      'federated user frank got a console sign-in token from 203.0.113.7',
      event('GetSigninToken', { userIdentity: federated, ...words('GetSigninToken', 'Success') }),
    ],
    ['RenewRole by alice from 203.0.113.7, outcome not in the record', event('RenewRole', {})],
    ['RenewRole by alice from 203.0.113.7, failed', event('RenewRole', words('RenewRole', 'Failure'))],
  ])('%s', (expected, record) => {
    expect(said(record)).toBe(expected);
  });
});

describe('a sign-in from the command line', () => {
  it.each<[string, Json]>([
    [
      'root allowed a sign-in from the command line (aws login) from 203.0.113.7',
      event('AuthorizeOAuth2Access', { ...oauth('devtools/same-device'), userIdentity: root }),
    ],
    [
      'alice signed in from the command line (aws login) from 203.0.113.7',
      event('CreateOAuth2Token', oauth('devtools/cross-device', { grant_type: 'authorization_code' })),
    ],
    ['alice signed in for an external client (such as MCP) from 203.0.113.7', event('CreateOAuth2Token', oauth('external-client/dcr/1'))],
    [
      'alice renewed a session from the command line (aws login) from 203.0.113.7',
      event('CreateOAuth2Token', oauth('devtools/same-device', { grant_type: 'refresh_token' })),
    ],
    ['alice exchanged credentials for a token from 203.0.113.7', event('CreateOAuth2TokenWithIAM', oauth('x', { grant_type: 'client_credentials' }))],
    [
      'alice failed to sign in from the command line (aws login) from 203.0.113.7: refused by policy',
      event('CreateOAuth2Token', { ...oauth('devtools/same-device', { success: 'false' }), errorCode: 'AccessDenied' }),
    ],
  ])('%s', (expected, record) => {
    expect(said(record)).toBe(expected.replace(': refused by policy', ': refused by policy'));
  });
});

describe('a change', () => {
  const of = (eventName: string, outcome: string) => event(eventName, { userIdentity: root, ...words(eventName, outcome) });
  it.each<[string, Json]>([
    ['somebody asked for a password recovery of root from 203.0.113.7', of('PasswordRecoveryRequested', 'Success')],
    ['somebody failed to ask for a password recovery of root from 203.0.113.7', of('PasswordRecoveryRequested', 'Failure')],
    ['root completed a password recovery from 203.0.113.7', of('PasswordRecoveryCompleted', 'Success')],
    ['root failed to complete a password recovery from 203.0.113.7', of('PasswordRecoveryCompleted', 'Failure')],
    ['root changed their own password from 203.0.113.7', of('PasswordUpdated', 'Success')],
    ['root failed to change their own password from 203.0.113.7', of('PasswordUpdated', 'Failure')],
    ['mallory changed the login profile of bella from 203.0.113.7, most likely the password', iam('UpdateLoginProfile', { userName: 'bella' })],
    [
      'mallory changed the login profile of bella from 203.0.113.7, whether the password is not in the record',
      iam('UpdateLoginProfile', { userName: 'bella', passwordResetRequired: true }),
    ],
    [
      'mallory let console sessions of bella last up to 90 days from 203.0.113.7, whether the password is not in the record',
      iam('UpdateLoginProfile', { userName: 'bella', maxSigninSessionDuration: 7_776_000 }),
    ],
    [
      'mallory failed to change the login profile of bella from 203.0.113.7: refused by policy',
      iam('UpdateLoginProfile', { userName: 'bella' }, refused),
    ],
    [
      'mallory failed to change the login profile of bella from 203.0.113.7: refused by an identity-based policy',
      iam('UpdateLoginProfile', null, unallowed('iam:UpdateLoginProfile', 'user bella')),
    ],
    [
      'mallory failed to enrol an MFA device for bella from 203.0.113.7: refused by an identity-based policy',
      iam('EnableMFADevice', null, unallowed('iam:EnableMFADevice', `arn:aws:iam::${account}:user/team/bella`)),
    ],
    [
      'mallory failed to take the console password of somebody whom the record does not name away from 203.0.113.7: refused by policy',
      iam('DeleteLoginProfile', null, refused),
    ],
    [
      'mallory failed to delete an inline policy of deploy from 203.0.113.7: refused by an identity-based policy',
      iam('DeleteRolePolicy', null, unallowed('iam:DeleteRolePolicy', 'role deploy')),
    ],
    ['mallory tried UpdateRole and failed from 203.0.113.7: refused by policy', iam('UpdateRole', null, refused)],
    [
      'mallory changed the login profile of somebody whom the record does not name from 203.0.113.7, most likely the password',
      iam('UpdateLoginProfile', { userName: hidden.userName }),
    ],
    ['mallory took the console password of themselves away from 203.0.113.7', iam('DeleteLoginProfile', null)],
    ['mallory gave bella a console password from 203.0.113.7', iam('CreateLoginProfile', { userName: 'bella', passwordResetRequired: false })],
    ['mallory took the console password of bella away from 203.0.113.7', iam('DeleteLoginProfile', { userName: 'bella' })],
    [
      'mallory failed to take the console password of bella away from 203.0.113.7: “cannot be modified while login profile is being created”',
      iam(
        'DeleteLoginProfile',
        { userName: 'bella' },
        { errorCode: 'EntityTemporarilyUnmodifiableException', errorMessage: 'cannot be modified while login profile is being created' },
      ),
    ],
    ['mallory enrolled an MFA device for bella from 203.0.113.7', iam('EnableMFADevice', { userName: 'bella', serialNumber: 'arn:x' })],
    [
      'mallory failed to enrol an MFA device for bella from 203.0.113.7: “InvalidAuthenticationCodeException”',
      iam('EnableMFADevice', { userName: 'bella' }, { errorCode: 'InvalidAuthenticationCodeException' }),
    ],
    ['root enrolled an MFA device for root from 203.0.113.7', iam('EnableMFADevice', { userName: 'AWS ROOT USER' }, { userIdentity: root })],
    ['mallory took an MFA device away from bella from 203.0.113.7', iam('DeactivateMFADevice', { userName: 'bella' })],
    [
      'mallory deleted a virtual MFA device that was not in use from 203.0.113.7',
      iam('DeleteVirtualMFADevice', { serialNumber: `arn:aws:iam::${account}:mfa/x` }),
    ],
    [
      'mallory let console sessions of role deploy last up to 12 h from 203.0.113.7',
      iam('UpdateRole', { roleName: 'deploy', maxSigninSessionDuration: 43_200 }),
    ],
    ['mallory called UpdateRole of deploy from 203.0.113.7', iam('UpdateRole', { roleName: 'deploy', maxSessionDuration: 3_600 })],
    [
      'mallory called DeleteAlarms of A, B from 203.0.113.7',
      iam('DeleteAlarms', { alarmNames: ['A', 'B'] }, { eventSource: 'monitoring.amazonaws.com' }),
    ],
    [
      'mallory tried CreateSecurityGroup and failed from 203.0.113.7: refused by policy',
      iam('CreateSecurityGroup', {}, { eventSource: 'ec2.amazonaws.com', errorCode: 'Client.UnauthorizedOperation' }),
    ],
    [
      'AWS service kms.amazonaws.com called RotateKey through AWS itself',
      iam('RotateKey', null, {
        eventSource: 'kms.amazonaws.com',
        eventType: 'AwsServiceEvent',
        userIdentity: { accountId: account, invokedBy: 'AWS Internal' },
        sourceIPAddress: 'AWS Internal',
      }),
    ],
    [
      'somebody of account 999988887777 called PutObject from 203.0.113.7',
      iam('PutObject', {}, { eventSource: 's3.amazonaws.com', userIdentity: { type: 'AWSAccount', accountId: '999988887777' } }),
    ],
  ])('%s', (expected, record) => {
    expect(said(record)).toBe(expected);
  });

  it('is of the service whose event it is: a name alone makes no sign-in', () => {
    expect(said(iam('ConsoleLogin', null, { eventSource: 'example.amazonaws.com' }))).toBe('mallory called ConsoleLogin from 203.0.113.7');
    expect(said(iam('UserAuthentication', null, { eventSource: 'transfer.amazonaws.com' }))).toBe(
      'mallory called UserAuthentication from 203.0.113.7',
    );
  });
});

describe('any record at all', () => {
  const names = ['ConsoleLogin', 'UpdateLoginProfile', 'CreateOAuth2Token', 'CredentialVerification', 'CheckMfa', 'x'];
  const record = fc.record({
    eventName: fc.constantFrom(...names),
    eventSource: fc.constantFrom('signin.amazonaws.com', 'iam.amazonaws.com', 'sso.amazonaws.com'),
    errorCode: fc.option(fc.string()),
    userIdentity: fc.object(),
    additionalEventData: fc.object(),
    requestParameters: fc.option(fc.object()),
    responseElements: fc.option(fc.object()),
  });

  it('has a sentence, and a failed one claims no success', () => {
    fc.assert(
      fc.property(record, (one) => {
        const event = signInFromRecord(one, { account, region: 'us-east-1', at, id: 'e' });
        const text = sentence(event);
        expect(text.length).toBeGreaterThan(0);
        if (event.outcome === 'failure') expect(text).toMatch(/fail|wrong/);
      }),
    );
  });
});
