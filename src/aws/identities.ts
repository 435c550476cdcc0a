import { setTimeout as pause } from 'node:timers/promises';
import type { GetAccessKeyLastUsedResponse, IAMClient } from '@aws-sdk/client-iam';
import { AppError, asAppError } from '../domain/error.ts';
import type { Identities } from '../domain/ports.ts';
import {
  type AccessKey,
  type ConsolePassword,
  emailIn,
  type Fact,
  type MfaDevice,
  mapped,
  notRead,
  type PasswordPolicy,
  read,
  type UserFacts,
  type UserRef,
} from '../domain/response/iam-user.ts';
import { protectedTag } from '../domain/response/protected.ts';
import type { Accounts } from './accounts.ts';
import { heldByUser } from './held-policies.ts';
import { sdk } from './sdk.ts';

/** IAM's rules for an account without a policy of its own. Source: "Setting an account password policy" (IAM user guide). */
const defaultPolicy: PasswordPolicy = {
  custom: false,
  minimumLength: 8,
  usersMayChange: false,
  hardExpiry: false,
};

/** The Identities port over IAM. */
export function identitiesOf(accounts: Accounts): Identities {
  const call = <T>(operation: string, call: () => Promise<T>): Promise<T> => accounts.called(operation, false, call);
  const change = <T>(operation: string, call: () => Promise<T>): Promise<T> => accounts.called(operation, true, call);

  const devices = async (iam: IAMClient, user: string): Promise<MfaDevice[]> =>
    call('ListMFADevices', async () => {
      const found: MfaDevice[] = [];
      for await (const page of sdk.iam.paginateListMFADevices({ client: iam }, { UserName: user })) {
        for (const device of page.MFADevices ?? []) found.push({ serial: device.SerialNumber ?? '', enrolledAt: device.EnableDate?.getTime() ?? 0 });
      }
      return found.sort((a, b) => b.enrolledAt - a.enrolledAt);
    });

  return {
    facts: async (ref) => factsOf(await accounts.iam(ref.account), ref, { call, devices }),
    devices: async (ref) => devices(await accounts.iam(ref.account), ref.name),
    policy: async (account) => {
      const iam = await accounts.iam(account);
      return within(optionalMs, 'GetAccountPasswordPolicy', policyOf(iam, call));
    },
    held: async (ref) => within(2 * optionalMs, 'ListAttachedUserPolicies', heldByUser(await accounts.iam(ref.account), ref.name, accounts.called)),
    virtualDeviceExists: async (account, serial) => {
      const iam = await accounts.iam(account);
      return call('ListVirtualMFADevices', async () => {
        for await (const page of sdk.iam.paginateListVirtualMFADevices({ client: iam }, {})) {
          if (page.VirtualMFADevices?.some((device) => device.SerialNumber === serial)) return true;
        }
        return false;
      });
    },
    replacePassword: async (ref, password, actor) => {
      const iam = await accounts.iam(ref.account, actor);
      const input = { UserName: ref.name, Password: password.reveal(), PasswordResetRequired: true };
      await change('UpdateLoginProfile', () => iam.send(new sdk.iam.UpdateLoginProfileCommand(input)));
    },
    deactivate: async (ref, serial, actor) => {
      const iam = await accounts.iam(ref.account, actor);
      await change('DeactivateMFADevice', () => iam.send(new sdk.iam.DeactivateMFADeviceCommand({ UserName: ref.name, SerialNumber: serial })));
    },
    deleteVirtual: async (account, serial, actor) => {
      const iam = await accounts.iam(account, actor);
      await change('DeleteVirtualMFADevice', () => iam.send(new sdk.iam.DeleteVirtualMFADeviceCommand({ SerialNumber: serial })));
    },
  };
}

type Read = <T>(operation: string, call: () => Promise<T>) => Promise<T>;

interface Reads {
  readonly call: Read;
  readonly devices: (iam: IAMClient, user: string) => Promise<MfaDevice[]>;
}

/** How long a response waits for what it can do without, and for who the user is. */
const optionalMs = 5_000;
const identityMs = 9_000;
/** GetUser alone is asked again while AWS throttles it: the rest is known without. */
const throttledPausesMs = [500, 1_500];

/** All at once; what is refused, throttled or slow hides nothing else. */
async function factsOf(iam: IAMClient, { account, name }: UserRef, { call, devices }: Reads): Promise<UserFacts> {
  const [user, password, list, keys] = await Promise.all([
    settled(
      identityMs,
      'GetUser',
      untilTold(() => call('GetUser', () => iam.send(new sdk.iam.GetUserCommand({ UserName: name })))),
    ),
    settled(optionalMs, 'GetLoginProfile', readPassword(iam, name, call)),
    settled(optionalMs, 'ListMFADevices', devices(iam, name)),
    settled(2 * optionalMs, 'ListAccessKeys', readKeys(iam, name, call)),
  ]);
  // Of a user that is not there every list is refused so; without a console password only the password is.
  const isMissing = [user, list, keys].some((one) => one instanceof AppError && one.code === 'not-found');
  if (isMissing) throw missingUser({ account, name });
  if ([user, password, list, keys].every((one) => one instanceof AppError)) throw user;
  const named = user instanceof AppError ? undefined : user.User;
  return {
    ref: { account, name: named?.UserName ?? name },
    identity: mapped(factOf(user), ({ User }) => {
      const tags = User?.Tags ?? [];
      const email = emailIn(tags);
      return {
        path: User?.Path ?? '/',
        id: User?.UserId ?? '',
        createdAt: User?.CreateDate?.getTime() ?? 0,
        isTagged: tags.some(({ Key, Value }) => Key === protectedTag.key && Value === protectedTag.value),
        ...(email === undefined ? {} : { email }),
      };
    }),
    password: factOf(password),
    devices: factOf(list),
    keys: factOf(keys),
  };
}

function factOf<T>(answer: T | AppError): Fact<T> {
  return answer instanceof AppError ? notRead(answer.message) : read(answer);
}

async function settled<T>(ms: number, operation: string, call: Promise<T>): Promise<T | AppError> {
  return within(ms, operation, call).catch((thrown: unknown) => asAppError(thrown));
}

async function within<T>(ms: number, operation: string, call: Promise<T>): Promise<T> {
  const late = new AbortController();
  const tooLate = pause(ms, undefined, { signal: late.signal }).then(() => {
    throw new AppError('unavailable', `AWS gave no answer to ${operation} within ${ms / 1_000} s.`, { reason: 'no_answer' });
  });
  return Promise.race([call, tooLate]).finally(() => {
    late.abort();
    tooLate.catch(() => undefined);
    call.catch(() => undefined);
  });
}

async function untilTold<T>(call: () => Promise<T>): Promise<T> {
  for (const ms of throttledPausesMs) {
    try {
      return await call();
    } catch (thrown) {
      if (asAppError(thrown).code !== 'throttled') throw thrown;
      await pause(ms);
    }
  }
  return call();
}

function missingUser({ account, name }: UserRef): AppError {
  return new AppError(
    'not-found',
    `There is no IAM user “${name}” in account ${account}. Check the spelling and the account; role sessions and Identity Center users are not IAM users.`,
  );
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

async function readPassword(iam: IAMClient, user: string, call: Read): Promise<ConsolePassword | 'none'> {
  const answer = await orNone(() => call('GetLoginProfile', () => iam.send(new sdk.iam.GetLoginProfileCommand({ UserName: user }))));
  const profile = answer?.LoginProfile;
  if (profile === undefined) return 'none';
  return { createdAt: profile.CreateDate?.getTime() ?? 0, resetRequired: profile.PasswordResetRequired ?? false };
}

async function readKeys(iam: IAMClient, user: string, call: Read): Promise<AccessKey[]> {
  const answer = await within(
    optionalMs,
    'ListAccessKeys',
    call('ListAccessKeys', () => iam.send(new sdk.iam.ListAccessKeysCommand({ UserName: user }))),
  );
  return Promise.all(
    (answer.AccessKeyMetadata ?? []).map(async (key) => {
      const id = key.AccessKeyId ?? '';
      const used = () => call('GetAccessKeyLastUsed', () => iam.send(new sdk.iam.GetAccessKeyLastUsedCommand({ AccessKeyId: id })));
      const lastUsed = mapped(factOf(await settled(optionalMs, 'GetAccessKeyLastUsed', used())), lastUseIn);
      return { id, active: key.Status === 'Active', createdAt: key.CreateDate?.getTime() ?? 0, lastUsed };
    }),
  );
}

/** IAM says N/A for a key that was never used. */
export function lastUseIn({ AccessKeyLastUsed: last }: GetAccessKeyLastUsedResponse) {
  if (last?.LastUsedDate === undefined) return 'none-known' as const;
  return { at: last.LastUsedDate.getTime(), service: last.ServiceName === 'N/A' ? undefined : last.ServiceName };
}

async function policyOf(iam: IAMClient, read: Read): Promise<PasswordPolicy> {
  const answer = await orNone(() => read('GetAccountPasswordPolicy', () => iam.send(new sdk.iam.GetAccountPasswordPolicyCommand({}))));
  const policy = answer?.PasswordPolicy;
  if (policy === undefined) return defaultPolicy;
  return {
    custom: true,
    minimumLength: policy.MinimumPasswordLength ?? defaultPolicy.minimumLength,
    usersMayChange: policy.AllowUsersToChangePassword ?? false,
    hardExpiry: (policy.ExpirePasswords ?? false) && (policy.HardExpiry ?? false),
  };
}
