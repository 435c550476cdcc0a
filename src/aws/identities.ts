import {
  DeactivateMFADeviceCommand,
  DeleteVirtualMFADeviceCommand,
  GetAccessKeyLastUsedCommand,
  GetAccountPasswordPolicyCommand,
  GetLoginProfileCommand,
  GetUserCommand,
  type IAMClient,
  ListAccessKeysCommand,
  paginateListMFADevices,
  paginateListVirtualMFADevices,
  UpdateLoginProfileCommand,
} from '@aws-sdk/client-iam';
import { AppError } from '../domain/error.ts';
import type { Identities } from '../domain/ports.ts';
import type { AccessKey, MfaDevice, PasswordPolicy, UserFacts, UserRef } from '../domain/response/iam-user.ts';
import type { Accounts } from './accounts.ts';

/** IAM's rules for an account without a policy of its own. Source: "Setting an account password policy" (IAM user guide). */
const defaultPolicy: PasswordPolicy = {
  custom: false,
  minimumLength: 8,
  usersMayChange: false,
  hardExpiry: false,
};

/** The Identities port over IAM. */
export function identitiesOf(accounts: Accounts): Identities {
  const read = <T>(operation: string, call: () => Promise<T>): Promise<T> => accounts.called(operation, false, call);
  const change = <T>(operation: string, call: () => Promise<T>): Promise<T> => accounts.called(operation, true, call);

  const devices = async (iam: IAMClient, user: string): Promise<MfaDevice[]> =>
    read('ListMFADevices', async () => {
      const found: MfaDevice[] = [];
      for await (const page of paginateListMFADevices({ client: iam }, { UserName: user })) {
        for (const device of page.MFADevices ?? []) found.push({ serial: device.SerialNumber ?? '', enrolledAt: device.EnableDate?.getTime() ?? 0 });
      }
      return found.sort((a, b) => b.enrolledAt - a.enrolledAt);
    });

  return {
    facts: async (ref) => {
      const iam = await accounts.iam(ref.account);
      const user = await named(ref, () => read('GetUser', () => iam.send(new GetUserCommand({ UserName: ref.name }))));
      const name = user.User?.UserName ?? ref.name;
      const [password, list, keys] = await Promise.all([readPassword(iam, name, read), devices(iam, name), readKeys(iam, name, read)]);
      const facts: UserFacts = {
        ref: { account: ref.account, name },
        arn: user.User?.Arn ?? '',
        path: user.User?.Path ?? '/',
        id: user.User?.UserId ?? '',
        createdAt: user.User?.CreateDate?.getTime() ?? 0,
        password,
        devices: list,
        keys,
      };
      return facts;
    },
    devices: async (ref) => devices(await accounts.iam(ref.account), ref.name),
    policy: async (account) => policyOf(await accounts.iam(account), read),
    virtualDeviceExists: async (account, serial) => {
      const iam = await accounts.iam(account);
      return read('ListVirtualMFADevices', async () => {
        for await (const page of paginateListVirtualMFADevices({ client: iam }, {})) {
          if (page.VirtualMFADevices?.some((device) => device.SerialNumber === serial)) return true;
        }
        return false;
      });
    },
    replacePassword: async (ref, password, actor) => {
      const iam = await accounts.iam(ref.account, actor);
      const input = { UserName: ref.name, Password: password.reveal(), PasswordResetRequired: true };
      await change('UpdateLoginProfile', () => iam.send(new UpdateLoginProfileCommand(input)));
    },
    deactivate: async (ref, serial, actor) => {
      const iam = await accounts.iam(ref.account, actor);
      await change('DeactivateMFADevice', () => iam.send(new DeactivateMFADeviceCommand({ UserName: ref.name, SerialNumber: serial })));
    },
    deleteVirtual: async (account, serial, actor) => {
      const iam = await accounts.iam(account, actor);
      await change('DeleteVirtualMFADevice', () => iam.send(new DeleteVirtualMFADeviceCommand({ SerialNumber: serial })));
    },
  };
}

type Read = <T>(operation: string, call: () => Promise<T>) => Promise<T>;

async function named<T>(ref: UserRef, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'not-found') throw thrown;
    throw new AppError(
      'not-found',
      `There is no IAM user “${ref.name}” in account ${ref.account}. Check the spelling and the account; role sessions and Identity Center users are not IAM users.`,
      { cause: thrown },
    );
  }
}

/** What the call gives, or undefined where IAM says that there is none. */
async function orNone<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'not-found') return undefined;
    throw thrown;
  }
}

async function readPassword(iam: IAMClient, user: string, read: Read): Promise<UserFacts['password']> {
  const answer = await orNone(() => read('GetLoginProfile', () => iam.send(new GetLoginProfileCommand({ UserName: user }))));
  const profile = answer?.LoginProfile;
  return profile && { createdAt: profile.CreateDate?.getTime() ?? 0, resetRequired: profile.PasswordResetRequired ?? false };
}

async function readKeys(iam: IAMClient, user: string, read: Read): Promise<AccessKey[]> {
  const answer = await read('ListAccessKeys', () => iam.send(new ListAccessKeysCommand({ UserName: user })));
  return Promise.all(
    (answer.AccessKeyMetadata ?? []).map(async (key) => {
      const id = key.AccessKeyId ?? '';
      const used = await read('GetAccessKeyLastUsed', () => iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: id })));
      const service = used.AccessKeyLastUsed?.ServiceName;
      return {
        id,
        active: key.Status === 'Active',
        createdAt: key.CreateDate?.getTime() ?? 0,
        lastUsedAt: used.AccessKeyLastUsed?.LastUsedDate?.getTime(),
        lastUsedService: service === 'N/A' ? undefined : service,
      };
    }),
  );
}

async function policyOf(iam: IAMClient, read: Read): Promise<PasswordPolicy> {
  const answer = await orNone(() => read('GetAccountPasswordPolicy', () => iam.send(new GetAccountPasswordPolicyCommand({}))));
  const policy = answer?.PasswordPolicy;
  if (policy === undefined) return defaultPolicy;
  return {
    custom: true,
    minimumLength: policy.MinimumPasswordLength ?? defaultPolicy.minimumLength,
    usersMayChange: policy.AllowUsersToChangePassword ?? false,
    hardExpiry: (policy.ExpirePasswords ?? false) && (policy.HardExpiry ?? false),
  };
}
