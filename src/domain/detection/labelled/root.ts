/** The root user: at the console, and everything else it may do. */
import { call, consoleLogin, type LabelledRecords, root, signIn } from './labelled.ts';

const signIns = 'sign-ins of root';
const recoveries = 'recoveries and changes of the root password';
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
    group: 'failed sign-ins of root',
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
