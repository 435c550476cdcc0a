/** The RootAccess port: the role in the management account assumes a member account's root for one task, and calls IAM as it. */
import type { GetLoginProfileResponse, IAMClient } from '@aws-sdk/client-iam';
import { AppError, asAppError } from '../domain/error.ts';
import { iamArn, placeOf } from '../domain/place.ts';
import type { Actor } from '../domain/response/actor.ts';
import { type AccessKey, type ConsolePassword, type Fact, notRead, read } from '../domain/response/iam-user.ts';
import { type RootAccess, type RootCredential, type RootFacts, rootSessionSeconds, rootTasks } from '../domain/response/root-access.ts';
import type { Accounts } from './accounts.ts';
import { lastUseIn } from './identities.ts';
import { sdk } from './sdk.ts';

interface Options {
  /** Of the role in the management account. */
  readonly accounts: Accounts;
  readonly roleArn: string;
  /** AssumeRoot is answered by regional endpoints only, which is what the SDK asks. */
  readonly region: string;
}

export function rootAccessOf({ accounts, roleArn, region }: Options): RootAccess {
  const { account: management } = placeOf(roleArn);

  const rootOf = async (account: string, task: string, actor?: Actor): Promise<IAMClient> => {
    const sts = await accounts.sts(management, region, actor);
    const command = new sdk.sts.AssumeRootCommand({
      TargetPrincipal: account,
      TaskPolicyArn: { arn: iamArn(region, 'aws', `policy/${task}`) },
      DurationSeconds: rootSessionSeconds,
    });
    const { Credentials = {} } = await accounts.called('AssumeRoot', false, () => sts.send(command));
    const {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
    } = Credentials as Record<string, string | undefined>;
    if (!accessKeyId || !secretAccessKey || !sessionToken) throw new AppError('unavailable', 'AWS gave no credentials for the root user.');
    return accounts.iamWith({ accessKeyId, secretAccessKey, sessionToken }, actor);
  };

  return {
    account: management,
    audit: async (account) => auditOf(accounts, await rootOf(account, rootTasks.audit)),
    remove: async (account, credential, actor) => {
      const iam = await rootOf(account, rootTasks.remove, actor);
      const [operation, send] = removing(iam, credential);
      await accounts.called(operation, true, send);
    },
  };
}

/** Without a user name each is about whose credentials call: the root user's. */
function removing(iam: IAMClient, credential: RootCredential): [operation: string, send: () => Promise<unknown>] {
  switch (credential.kind) {
    case 'password':
      return ['DeleteLoginProfile', () => iam.send(new sdk.iam.DeleteLoginProfileCommand({}))];
    case 'key':
      return ['DeleteAccessKey', () => iam.send(new sdk.iam.DeleteAccessKeyCommand({ AccessKeyId: credential.id }))];
    case 'certificate':
      return ['DeleteSigningCertificate', () => iam.send(new sdk.iam.DeleteSigningCertificateCommand({ CertificateId: credential.id }))];
    case 'device':
      return ['DeactivateMFADevice', () => iam.send(new sdk.iam.DeactivateMFADeviceCommand({ SerialNumber: credential.serial }))];
  }
}

type Asked = <T, U>(operation: string, call: () => Promise<T>, of: (answer: T) => U, none?: U) => Promise<Fact<U>>;

/** What is refused hides nothing else. */
async function auditOf({ called }: Accounts, iam: IAMClient): Promise<RootFacts> {
  const asked: Asked = (operation, call, of, none) =>
    called(operation, false, call).then(
      (answer) => read(of(answer)),
      (thrown: unknown) => {
        const { code, message } = asAppError(thrown);
        return none !== undefined && code === 'not-found' ? read(none) : notRead(message);
      },
    );
  const [password, devices, certificates, keys] = await Promise.all([
    asked<GetLoginProfileResponse, ConsolePassword | 'none'>(
      'GetLoginProfile',
      () => iam.send(new sdk.iam.GetLoginProfileCommand({})),
      ({ LoginProfile: one }) => ({ createdAt: one?.CreateDate?.getTime() ?? 0, resetRequired: one?.PasswordResetRequired ?? false }),
      'none',
    ),
    asked(
      'ListMFADevices',
      () => iam.send(new sdk.iam.ListMFADevicesCommand({})),
      ({ MFADevices = [] }) => MFADevices.map((one) => ({ serial: one.SerialNumber ?? '', enrolledAt: one.EnableDate?.getTime() ?? 0 })),
    ),
    asked(
      'ListSigningCertificates',
      () => iam.send(new sdk.iam.ListSigningCertificatesCommand({})),
      ({ Certificates = [] }) =>
        Certificates.map((one) => ({ id: one.CertificateId ?? '', active: one.Status === 'Active', uploadedAt: one.UploadDate?.getTime() ?? 0 })),
    ),
    keysOf(asked, iam),
  ]);
  return { password, devices, certificates, keys };
}

async function keysOf(asked: Asked, iam: IAMClient): Promise<Fact<AccessKey[]>> {
  const listed = await asked(
    'ListAccessKeys',
    () => iam.send(new sdk.iam.ListAccessKeysCommand({})),
    ({ AccessKeyMetadata = [] }) => AccessKeyMetadata,
  );
  if (listed.is === 'not-read') return listed;
  return read(
    await Promise.all(
      listed.value.map(async ({ AccessKeyId: id = '', Status, CreateDate }) => {
        const used = await asked('GetAccessKeyLastUsed', () => iam.send(new sdk.iam.GetAccessKeyLastUsedCommand({ AccessKeyId: id })), lastUseIn);
        return { id, active: Status === 'Active', createdAt: CreateDate?.getTime() ?? 0, lastUsed: used };
      }),
    ),
  );
}
