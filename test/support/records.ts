/**
 * CloudTrail records written by hand from the documentation: account 123456789012, documentation addresses, made-up names. No public sample
 * exists of a FederatedUser's ConsoleLogin, of an Identity Center TOTP failure, or of PasswordRecoveryRequested; those here are the
 * documented fields put together.
 */
import type { DetectionId } from '../../src/domain/detection/detections.ts';
import type { Json } from '../../src/domain/json.ts';

const account = '123456789012';
let count = 0;

function record(more: Json): Json {
  return {
    eventVersion: '1.08',
    eventTime: '2026-11-22T03:00:00Z',
    eventSource: 'signin.amazonaws.com',
    eventName: 'ConsoleLogin',
    awsRegion: 'us-east-1',
    sourceIPAddress: '203.0.113.7',
    userAgent: 'Mozilla/5.0',
    requestParameters: null,
    responseElements: null,
    eventID: `00000000-0000-0000-0000-${String(++count).padStart(12, '0')}`,
    eventType: 'AwsConsoleSignIn',
    recipientAccountId: account,
    ...more,
  };
}

export function consoleLogin(userIdentity: Json, outcome: 'Success' | 'Failure', MFAUsed: string | undefined, more: Json = {}): Json {
  return record({
    userIdentity: { accountId: account, ...userIdentity },
    responseElements: { ConsoleLogin: outcome },
    additionalEventData: { LoginTo: 'https://console.aws.amazon.com/', MobileVersion: 'No', ...(MFAUsed === undefined ? {} : { MFAUsed }) },
    ...more,
  });
}

export const iamUser = (name: string): Json => ({ type: 'IAMUser', arn: `arn:aws:iam::${account}:user/${name}`, userName: name });
export const hiddenUser: Json = { type: 'IAMUser', userName: 'HIDDEN_DUE_TO_SECURITY_REASONS', accessKeyId: '' };
const root: Json = { type: 'Root', arn: `arn:aws:iam::${account}:root` };
const federated: Json = { type: 'FederatedUser', arn: `arn:aws:sts::${account}:federated-user/frank`, principalId: `${account}:frank` };
const instance: Json = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLE:i-0123456789abcdef0',
  arn: `arn:aws:sts::${account}:assumed-role/web/i-0123456789abcdef0`,
  sessionContext: { sessionIssuer: { type: 'Role', userName: 'web' } },
};
const identityStore = `arn:aws:identitystore::${account}:identitystore/d-1234567890`;

export function identityCenter(eventName: string, additionalEventData: Json, serviceEventDetails: Json, more: Json = {}): Json {
  return record({
    eventName,
    eventType: 'AwsServiceEvent',
    userIdentity: {
      type: 'IdentityCenterUser',
      accountId: account,
      onBehalfOf: { userId: 'f12bb510-aaaa', identityStoreArn: identityStore },
      credentialId: 'c',
    },
    additionalEventData: { AuthWorkflowID: 'f304a48b-bbbb', ...additionalEventData },
    serviceEventDetails,
    ...more,
  });
}

function change(eventSource: string, eventName: string, requestParameters: Json, more: Json = {}): Json {
  return record({
    eventSource,
    eventName,
    requestParameters,
    eventType: 'AwsApiCall',
    userIdentity: { accountId: account, ...iamUser('mallory') },
    ...more,
  });
}

function clientSignIn(eventName: string, userIdentity: Json, additionalEventData: Json): Json {
  const requestParameters = { client_id: 'arn:aws:signin:::devtools/same-device' };
  return record({
    eventName,
    eventType: 'AwsApiCall',
    readOnly: true,
    userIdentity: { accountId: account, ...userIdentity },
    requestParameters,
    additionalEventData,
  });
}

const sessionsRole: Json = {
  type: 'AssumedRole',
  accountId: account,
  arn: `arn:aws:sts::${account}:assumed-role/signin-responder-sessions/U0BOB`,
  sessionContext: { sessionIssuer: { type: 'Role', userName: 'signin-responder-sessions' } },
};

export const recordsOfDetections: Record<DetectionId, readonly Json[]> = {
  'root-sign-in': [consoleLogin(root, 'Success', 'YES'), consoleLogin({ ...root, userName: 'root' }, 'Success', 'No')],
  'root-password-recovery': ['PasswordRecoveryRequested', 'PasswordRecoveryCompleted', 'PasswordUpdated'].map((eventName) =>
    record({ eventName, userIdentity: { accountId: account, ...root }, responseElements: { [eventName]: 'Success' } }),
  ),
  'root-sign-in-failures': [
    consoleLogin(root, 'Failure', 'No', { errorMessage: 'Failed authentication' }),
    record({ eventName: 'PasswordUpdated', userIdentity: { accountId: account, ...root }, responseElements: { PasswordUpdated: 'Failure' } }),
  ],
  'command-line-sign-in': [
    clientSignIn('AuthorizeOAuth2Access', root, { success: 'true' }),
    clientSignIn('CreateOAuth2Token', root, { success: 'true', grant_type: 'authorization_code' }),
  ],
  'instance-role-console-sign-in': [
    consoleLogin(instance, 'Success', 'No'),
    record({ eventName: 'GetSigninToken', userIdentity: { accountId: account, ...instance }, responseElements: { GetSigninToken: 'Success' } }),
  ],
  'detection-switched-off': [
    change('monitoring.amazonaws.com', 'DeleteAlarms', { alarmNames: ['ConsoleSigninFailures'] }),
    change('monitoring.amazonaws.com', 'SetAlarmState', { alarmName: 'ConsoleSigninFailures', stateValue: 'OK' }),
    change('logs.amazonaws.com', 'DeleteMetricFilter', { filterName: 'signin-responder-root-sign-in', logGroupName: 'trail' }),
    change('events.amazonaws.com', 'DisableRule', { name: 'signin-responder-sign-in' }),
    change('sns.amazonaws.com', 'Unsubscribe', { subscriptionArn: `arn:aws:sns:us-east-1:${account}:signin-responder:1` }),
    change('cloudtrail.amazonaws.com', 'StopLogging', { name: 'organisation' }),
    change('events.amazonaws.com', 'RemoveTargets', { rule: 'signin-responder-to-topic', ids: ['topic'] }),
    change(
      'monitoring.amazonaws.com',
      'DeleteAlarms',
      { alarmNames: ['x'] },
      { userIdentity: { accountId: account, ...iamUser('mallory'), invokedBy: 'cloudformation.amazonaws.com' } },
    ),
  ],
  'sessions-role-misused': [
    change(
      'iam.amazonaws.com',
      'PutRolePolicy',
      {
        roleName: 'web',
        policyName: 'signin-responder-older-sessions',
        policyDocument: '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
      },
      { userIdentity: sessionsRole },
    ),
    change('iam.amazonaws.com', 'PutUserPolicy', { userName: 'alice', policyName: 'x', policyDocument: '{}' }, { userIdentity: sessionsRole }),
  ],
  'containment-undone': [
    change('iam.amazonaws.com', 'DetachUserPolicy', { userName: 'alice', policyArn: `arn:aws:iam::${account}:policy/signin-responder/deny-all` }),
    change('iam.amazonaws.com', 'DetachRolePolicy', { roleName: 'web', policyArn: `arn:aws-cn:iam::${account}:policy/signin-responder/deny-all` }),
  ],
  'mfa-failure-iam': [
    consoleLogin({ type: 'IAMUser', userName: 'bella', accessKeyId: '' }, 'Failure', 'Yes', { errorMessage: 'Failed authentication' }),
  ],
  'mfa-failure-identity-center': [
    identityCenter('CredentialVerification', { CredentialType: 'TOTP' }, { CredentialVerification: 'Failure' }),
    identityCenter('CredentialVerification', { CredentialType: 'WEBAUTHN' }, { CredentialChallenge: 'Failure' }),
  ],
  'console-sign-in-without-mfa': [consoleLogin(iamUser('alice'), 'Success', 'No'), consoleLogin(iamUser('alice'), 'Success', undefined)],
  'sign-in-credentials-changed': [
    change('iam.amazonaws.com', 'UpdateLoginProfile', { userName: 'alice' }),
    change('iam.amazonaws.com', 'UpdateRole', { roleName: 'deploy', maxSigninSessionDuration: 7_776_000 }),
    change('iam.amazonaws.com', 'DeactivateMFADevice', { userName: 'alice', serialNumber: `arn:aws:iam::${account}:mfa/alice` }),
  ],
  'console-sign-in-failures': [
    consoleLogin({ type: 'IAMUser', userName: 'carl', accessKeyId: '' }, 'Failure', 'No', { errorMessage: 'Failed authentication' }),
    consoleLogin(hiddenUser, 'Failure', 'No', { errorMessage: 'No username found in supplied account' }),
    consoleLogin(hiddenUser, 'Failure', 'No'),
  ],
  'identity-center-sign-in-failures': [
    identityCenter('CredentialVerification', { CredentialType: 'PASSWORD' }, { CredentialVerification: 'Failure' }),
    identityCenter(
      'CredentialVerification',
      { CredentialType: 'PASSWORD', UserName: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
      { CredentialVerification: 'Failure' },
      { userIdentity: { type: 'IdentityCenterUser', accountId: account } },
    ),
  ],
  'federated-sign-in': [
    record({
      eventName: 'GetSigninToken',
      userIdentity: { accountId: account, ...federated },
      additionalEventData: { MobileVersion: 'No', MFAUsed: 'No' },
    }),
    consoleLogin(federated, 'Success', 'No'),
  ],
};

const ssoRole: Json = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLE:dora@example.com',
  arn: `arn:aws:sts::${account}:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/dora@example.com`,
};

export const recordsOfNoDetection: Record<string, Json> = {
  'an IAM user with MFA': consoleLogin(iamUser('alice'), 'Success', 'Yes'),
  'an Identity Center session': consoleLogin(ssoRole, 'Success', 'No'),
  'a SAML session': consoleLogin(
    { type: 'AssumedRole', principalId: 'AROA:x@example.com', arn: `arn:aws:sts::${account}:assumed-role/saml/x` },
    'Success',
    'No',
  ),
  'a WorkSpaces login that failed': identityCenter(
    'CredentialVerification',
    { CredentialType: 'SMARTCARD', LoginTo: 'https://clients.amazonaws.com/workspaces' },
    { CredentialVerification: 'Failure' },
    { userIdentity: { type: 'Unknown', principalId: account, arn: '', accountId: account }, sourceIPAddress: 'AWS Internal' },
  ),
  'a WorkSpaces password that failed': identityCenter(
    'CredentialVerification',
    { CredentialType: 'PASSWORD' },
    { CredentialVerification: 'Failure' },
    { userIdentity: { type: 'Unknown', principalId: account, arn: '', accountId: account, userName: 'exampleuser' } },
  ),
  'a check for MFA': record({
    eventName: 'CheckMfa',
    userIdentity: { accountId: account, ...iamUser('alice') },
    responseElements: { CheckMfa: 'Success' },
  }),
  'a sign-in of an IAM user from the command line': clientSignIn('CreateOAuth2Token', iamUser('alice'), { success: 'true' }),
  'a renewed session of root': clientSignIn('CreateOAuth2Token', root, { success: 'true', grant_type: 'refresh_token' }),
  'an MFA enrolment that was cancelled': change('iam.amazonaws.com', 'DeleteVirtualMFADevice', { serialNumber: `arn:aws:iam::${account}:mfa/x` }),
  'a change of a role that has nothing to do with sign-ins': change('iam.amazonaws.com', 'UpdateRole', { roleName: 'deploy', description: 'x' }),
  'a change of credentials that AWS refused': change('iam.amazonaws.com', 'UpdateLoginProfile', { userName: 'alice' }, { errorCode: 'AccessDenied' }),
  'an alarm that an AWS service deleted': change(
    'monitoring.amazonaws.com',
    'DeleteAlarms',
    { alarmNames: ['TargetTracking'] },
    { userIdentity: { accountId: account, ...iamUser('x'), invokedBy: 'autoscaling.amazonaws.com' } },
  ),
};
