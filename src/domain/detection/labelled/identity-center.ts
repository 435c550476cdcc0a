/** Identity Center, and what else uses its directory: WorkSpaces and Transfer web apps send events of the same names. */
import { call, type LabelledRecords, step } from './labelled.ts';

const codes = 'wrong codes of Identity Center users';
const right = 'successful steps of Identity Center sign-ins';
const workSpaces = 'failed WorkSpaces sign-ins';

/** As WorkSpaces writes it: no user id, and sometimes a text where the address would be. */
const workSpacesUser = { type: 'Unknown', principalId: '123456789012', arn: '', accountId: '123456789012' };
const toWorkSpaces = { LoginTo: 'https://clients.amazonaws.com/workspaces' };
const hidden = 'HIDDEN_DUE_TO_SECURITY_REASONS';
const failed = { CredentialVerification: 'Failure' };
const passed = { CredentialVerification: 'Success' };

export const identityCenterRecords = {
  'wrong codes of Identity Center users (TOTP)': {
    of: ['mfa-failure-identity-center'],
    group: codes,
    record: step('CredentialVerification', { CredentialType: 'TOTP' }, failed),
  },
  'wrong security keys of Identity Center users (WEBAUTHN)': {
    of: ['mfa-failure-identity-center'],
    group: codes,
    record: step('CredentialVerification', { CredentialType: 'WEBAUTHN' }, failed),
  },
  'wrong passwords of Identity Center users': {
    of: ['identity-center-sign-in-failures'],
    group: 'wrong passwords of Identity Center users',
    record: step('CredentialVerification', { CredentialType: 'PASSWORD' }, failed),
  },
  'wrong passwords of Identity Center users whose names AWS hides': {
    of: ['identity-center-sign-in-failures'],
    group: 'wrong passwords of Identity Center users',
    record: step('CredentialVerification', { CredentialType: 'PASSWORD', UserName: hidden }, failed, {
      userIdentity: { ...workSpacesUser, userName: hidden },
    }),
  },
  'right codes of Identity Center users': {
    of: [],
    group: right,
    record: step('CredentialVerification', { CredentialType: 'TOTP' }, passed),
  },
  'right passwords of Identity Center users': {
    of: [],
    group: right,
    record: step('CredentialVerification', { CredentialType: 'PASSWORD' }, passed),
  },
  'questions for a credential in Identity Center': {
    of: [],
    group: right,
    record: step('CredentialChallenge', { CredentialType: 'TOTP' }, { CredentialChallenge: 'Success' }),
  },
  'sign-ins to Identity Center': {
    of: [],
    group: right,
    record: step(
      'UserAuthentication',
      { CredentialType: 'PASSWORD,TOTP', LoginTo: 'https://d-1234567890.awsapps.com/start' },
      { UserAuthentication: 'Success' },
    ),
  },
  'failed sign-ins to Identity Center': {
    of: [],
    group: 'failed sign-ins to Identity Center',
    record: step('UserAuthentication', { CredentialType: 'PASSWORD' }, { UserAuthentication: 'Failure' }),
  },
  'failed WorkSpaces sign-ins with a password': {
    of: [],
    group: workSpaces,
    record: step('CredentialVerification', { CredentialType: 'PASSWORD', ...toWorkSpaces }, failed, {
      userIdentity: { ...workSpacesUser, userName: 'alice' },
      sourceIPAddress: 'AWS Internal',
    }),
  },
  'failed WorkSpaces sign-ins with a smart card': {
    of: [],
    group: workSpaces,
    record: step('CredentialVerification', { CredentialType: 'SMARTCARD', ...toWorkSpaces }, failed, {
      userIdentity: workSpacesUser,
      sourceIPAddress: 'AWS Internal',
    }),
  },
  'sessions started from the access portal': {
    of: [],
    group: right,
    record: call('sso.amazonaws.com', 'Federate', null, {
      eventType: 'AwsServiceEvent',
      userIdentity: { ...workSpacesUser, userName: 'dora@example.com' },
      serviceEventDetails: { role_name: 'analysts', account_id: '123456789012' },
    }),
  },
} as const satisfies LabelledRecords;
