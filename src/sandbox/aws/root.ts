/** What an emulated root user's session for one task may do. Source: IAM user guide, "AWS managed policies for IAM", the policies `root-task/…`. */
import { AwsError } from './errors.ts';
import type { Caller, Operations } from './operation.ts';
import type { RootCredentials } from './person-shapes.ts';
import type { AwsState } from './state.ts';

const reading = ['GetUser', 'GetLoginProfile', 'ListMFADevices', 'ListAccessKeys', 'GetAccessKeyLastUsed', 'ListSigningCertificates'];
const deleting = ['DeleteLoginProfile', 'DeactivateMFADevice', 'DeleteAccessKey', 'DeleteSigningCertificate'];

/** By the name of the task's policy. */
export const rootTasks: Readonly<Record<string, readonly string[]>> = {
  IAMAuditRootUserCredentials: reading,
  IAMDeleteRootUserCredentials: [...reading, ...deleting],
  IAMCreateRootUserPassword: ['CreateLoginProfile', 'GetLoginProfile'],
  S3UnlockBucketPolicy: [],
  SQSUnlockQueuePolicy: [],
};

const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** Of IAM, for a session of root: what it may of those that are here. Names of users are of other people. */
export function rootOperations(state: AwsState): Operations {
  const all = operations(state);
  return Object.fromEntries(
    Object.entries(all).map(([name, run]) => [
      name,
      (caller, input) => {
        const may = rootTasks[caller.task ?? ''] ?? [];
        if (!may.includes(name) || input.UserName !== undefined)
          throw new AwsError(
            'AccessDenied',
            `User: ${caller.roleArn} is not authorized to perform: iam:${name} because no session policy allows it`,
            403,
          );
        return run(caller, input);
      },
    ]),
  );
}

function operations(state: AwsState): Operations {
  const rootOf = ({ account }: Caller): RootCredentials =>
    state.accounts[account]?.root ?? { loginProfile: null, mfaDevices: [], accessKeys: [], signingCertificates: [] };
  const kept = <T>(list: T[], isIt: (one: T) => boolean, what: string): T[] => {
    if (!list.some(isIt)) throw new AwsError('NoSuchEntity', `The ${what} cannot be found.`, 404);
    return list.filter((one) => !isIt(one));
  };
  return {
    GetLoginProfile: (caller) => {
      const { loginProfile } = rootOf(caller);
      if (loginProfile === null) throw new AwsError('NoSuchEntity', 'Login Profile for root cannot be found.', 404);
      return { LoginProfile: { CreateDate: iso(loginProfile.createDate) } };
    },
    ListMFADevices: (caller) => ({
      MFADevices: rootOf(caller).mfaDevices.map((one) => ({ SerialNumber: one.serialNumber, EnableDate: iso(one.enableDate) })),
      IsTruncated: false,
    }),
    ListAccessKeys: (caller) => ({
      AccessKeyMetadata: rootOf(caller).accessKeys.map((one) => ({
        AccessKeyId: one.accessKeyId,
        Status: one.status,
        CreateDate: iso(one.createDate),
      })),
      IsTruncated: false,
    }),
    GetAccessKeyLastUsed: (caller, input) => {
      const key = rootOf(caller).accessKeys.find(({ accessKeyId }) => accessKeyId === input.AccessKeyId);
      const used = key?.lastUsed;
      const none = { ServiceName: 'N/A', Region: 'N/A' };
      return { AccessKeyLastUsed: used ? { LastUsedDate: iso(used.date), ServiceName: used.service, Region: used.region } : none };
    },
    ListSigningCertificates: (caller) => ({
      Certificates: rootOf(caller).signingCertificates.map((one) => ({
        CertificateId: one.certificateId,
        Status: one.status,
        UploadDate: iso(one.uploadDate),
        CertificateBody: '-----BEGIN CERTIFICATE-----',
      })),
      IsTruncated: false,
    }),
    DeleteLoginProfile: (caller) => {
      const root = rootOf(caller);
      if (root.loginProfile === null) throw new AwsError('NoSuchEntity', 'Login Profile for root cannot be found.', 404);
      root.loginProfile = null;
      return {};
    },
    DeactivateMFADevice: (caller, { SerialNumber }) => {
      const root = rootOf(caller);
      root.mfaDevices = kept(root.mfaDevices, ({ serialNumber }) => serialNumber === SerialNumber, 'MFA device');
      return {};
    },
    DeleteAccessKey: (caller, { AccessKeyId }) => {
      const root = rootOf(caller);
      root.accessKeys = kept(root.accessKeys, ({ accessKeyId }) => accessKeyId === AccessKeyId, 'access key');
      return {};
    },
    DeleteSigningCertificate: (caller, { CertificateId }) => {
      const root = rootOf(caller);
      root.signingCertificates = kept(root.signingCertificates, ({ certificateId }) => certificateId === CertificateId, 'certificate');
      return {};
    },
  };
}
