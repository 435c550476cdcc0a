/** The root user: at the console, and everything else it may do. */
import { call, clientSignIn, consoleLogin, type LabelledRecords, root, signIn } from './labelled.ts';

const signIns = 'sign-ins of root';
const recoveries = 'recoveries and changes of the root password';
const failures = 'failed sign-ins and password recoveries of root';
const commandLine = 'command-line sessions of root';
const calls = 'calls of root';
const byServices = 'what services do as root';

export const rootRecords = {
  'sign-ins of root with MFA': {
    of: ['root-sign-in'],
    group: signIns,
    record: consoleLogin(root, 'Success', { MFAUsed: 'Yes' }),
  },
  'sign-ins of root without MFA': {
    of: ['root-sign-in', 'console-sign-in-without-mfa'],
    group: signIns,
    record: consoleLogin(root, 'Success', { MFAUsed: 'No' }),
  },
  'failed sign-ins of root': {
    of: ['root-sign-in-failures', 'console-sign-in-failures'],
    group: failures,
    record: consoleLogin(root, 'Failure', { MFAUsed: 'No' }, { errorMessage: 'Failed authentication' }),
  },
  'requests to recover the root password': {
    of: ['root-password-recovery'],
    group: recoveries,
    record: signIn('PasswordRecoveryRequested', root, { responseElements: { PasswordRecoveryRequested: 'Success' } }),
  },
  'recoveries of the root password': {
    of: ['root-password-recovery'],
    group: recoveries,
    record: signIn('PasswordRecoveryCompleted', root, { responseElements: { PasswordRecoveryCompleted: 'Success' } }),
  },
  'changes of the root password': {
    of: ['root-password-recovery'],
    group: recoveries,
    record: signIn('PasswordUpdated', root, { responseElements: { PasswordUpdated: 'Success' } }),
  },
  'requests to recover the root password that failed': {
    of: ['root-sign-in-failures'],
    group: failures,
    record: signIn('PasswordRecoveryRequested', root, { responseElements: { PasswordRecoveryRequested: 'Failure' } }),
  },
  'recoveries of the root password that failed': {
    of: ['root-sign-in-failures'],
    group: failures,
    record: signIn('PasswordRecoveryCompleted', root, { responseElements: { PasswordRecoveryCompleted: 'Failure' } }),
  },
  'changes of the root password that failed': {
    of: ['root-sign-in-failures'],
    group: failures,
    record: signIn('PasswordUpdated', root, { responseElements: { PasswordUpdated: 'Failure' } }),
  },
  'command-line sign-ins that root allows': {
    of: ['command-line-sign-in'],
    group: commandLine,
    record: clientSignIn('AuthorizeOAuth2Access', root, { success: 'true' }),
  },
  'command-line sign-ins of root that tell the grant': {
    of: ['command-line-sign-in'],
    group: commandLine,
    record: clientSignIn('CreateOAuth2Token', root, { success: 'true', grant_type: 'authorization_code' }),
  },
  'command-line sign-ins of root that do not tell the grant': {
    of: ['command-line-sign-in'],
    group: commandLine,
    record: clientSignIn('CreateOAuth2Token', root, { success: 'true', 'x-amzn-vpce-id': '' }),
  },
  'command-line sign-ins of root that failed': {
    of: [],
    group: commandLine,
    record: clientSignIn('CreateOAuth2Token', root, { success: 'false', grant_type: 'authorization_code' }),
  },
  'renewed command-line sessions of root': {
    of: [],
    group: commandLine,
    record: clientSignIn('CreateOAuth2Token', root, { success: 'true', grant_type: 'refresh_token' }),
  },
  'calls that root makes': {
    of: [],
    group: calls,
    record: call('s3.amazonaws.com', 'PutBucketPolicy', { bucketName: 'their-bucket' }, { userIdentity: root }),
  },
  'calls that root makes and AWS refuses': {
    of: [],
    group: calls,
    record: call('s3.amazonaws.com', 'PutBucketPolicy', { bucketName: 'their-bucket' }, { userIdentity: root, errorCode: 'AccessDenied' }),
  },
  'calls that a service makes as root': {
    of: [],
    group: byServices,
    record: call('kms.amazonaws.com', 'CreateGrant', { keyId: 'their-key' }, { userIdentity: { ...root, invokedBy: 'ec2.amazonaws.com' } }),
  },
  'service events about root': {
    of: [],
    group: byServices,
    record: call('kms.amazonaws.com', 'RotateKey', null, { userIdentity: root, eventType: 'AwsServiceEvent' }),
  },
} as const satisfies LabelledRecords;
