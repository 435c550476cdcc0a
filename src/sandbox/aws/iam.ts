/** The IAM operations that the bot uses, with IAM's own rules. Source: IAM API reference. */
import { AwsError } from './errors.ts';
import { iamContainmentOperations } from './iam-containment.ts';
import type { Operations } from './operation.ts';
import type { Account, LoginProfile, PasswordPolicy, User } from './shapes.ts';
import { simulatePrincipalPolicy } from './simulate.ts';
import type { AwsState } from './state.ts';

type Input = Record<string, string>;
/** Lists become `<member>` elements. */
type Output = { readonly [key: string]: unknown };
type IamOperation = (account: string, input: Input) => Output;

const symbols = /[!@#$%^&*()_+\-=[\]{}|']/;

export function iamOperations(state: AwsState): Operations {
  const byAccount = Object.entries(operationsByAccount(state));
  return {
    ...Object.fromEntries(byAccount.map(([name, run]) => [name, ({ account }, input) => run(account, input as Input)])),
    ...iamContainmentOperations(state),
    SimulatePrincipalPolicy: ({ account }, input) => simulatePrincipalPolicy(state, account, input),
  };
}

function operationsByAccount(state: AwsState): Record<string, IamOperation> {
  const accountOf = (id: string): Account => state.accounts[id] as Account;
  const userOf = (id: string, input: Input): User => {
    const user = Object.values(accountOf(id).users).find(({ userName }) => userName.toLowerCase() === String(input.UserName).toLowerCase());
    if (user === undefined) throw new AwsError('NoSuchEntity', `The user with name ${input.UserName} cannot be found.`, 404);
    return user;
  };
  const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

  return {
    GetUser: (id, input) => {
      const user = userOf(id, input);
      return {
        User: {
          UserName: user.userName,
          Path: user.path,
          UserId: user.userId,
          Arn: `arn:aws:iam::${id}:user${user.path}${user.userName}`,
          CreateDate: iso(user.createDate),
          Tags: Object.entries(user.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
        },
      };
    },
    // IAM leaves tags out of lists.
    ListUsers: (id, input) => ({
      Users: Object.values(accountOf(id).users)
        .filter(({ path }) => path.startsWith(input.PathPrefix ?? '/'))
        .map((user) => ({
          UserName: user.userName,
          Path: user.path,
          UserId: user.userId,
          Arn: `arn:aws:iam::${id}:user${user.path}${user.userName}`,
          CreateDate: iso(user.createDate),
        })),
      IsTruncated: false,
    }),
    GetLoginProfile: (id, input) => {
      const user = userOf(id, input);
      const profile = profileOf(user);
      return { LoginProfile: { UserName: user.userName, CreateDate: iso(profile.createDate), PasswordResetRequired: profile.passwordResetRequired } };
    },
    UpdateLoginProfile: (id, input) => {
      const user = userOf(id, input);
      const profile = profileOf(user);
      if (input.Password !== undefined) {
        const fault = policyFault(accountOf(id).passwordPolicy, input.Password);
        if (fault) throw new AwsError('PasswordPolicyViolation', fault);
        profile.password = input.Password;
      }
      if (input.PasswordResetRequired !== undefined) profile.passwordResetRequired = input.PasswordResetRequired === 'true';
      return {};
    },
    ListMFADevices: (id, input) => {
      const user = userOf(id, input);
      return {
        MFADevices: user.mfaDevices.map((device) => ({
          UserName: user.userName,
          SerialNumber: device.serialNumber,
          EnableDate: iso(device.enableDate),
        })),
        IsTruncated: false,
      };
    },
    DeactivateMFADevice: (id, input) => {
      const user = userOf(id, input);
      const device = user.mfaDevices.find(({ serialNumber }) => serialNumber === input.SerialNumber);
      if (device === undefined) throw new AwsError('NoSuchEntity', `MFA Device with serial number ${input.SerialNumber} does not exist.`, 404);
      user.mfaDevices = user.mfaDevices.filter((one) => one !== device);
      if (device.serialNumber.includes(':mfa/')) accountOf(id).unassignedVirtualDevices.push(device.serialNumber);
      return {};
    },
    DeleteVirtualMFADevice: (id, input) => {
      const account = accountOf(id);
      const isActive = Object.values(account.users).some((user) => user.mfaDevices.some(({ serialNumber }) => serialNumber === input.SerialNumber));
      if (isActive) throw new AwsError('DeleteConflict', 'MFA VirtualDevice in use. Must deactivate first.', 409);
      if (!account.unassignedVirtualDevices.includes(String(input.SerialNumber)))
        throw new AwsError('NoSuchEntity', 'VirtualMFADevice with serial number does not exist.', 404);
      account.unassignedVirtualDevices = account.unassignedVirtualDevices.filter((serial) => serial !== input.SerialNumber);
      return {};
    },
    ListVirtualMFADevices: (id) => {
      const { users, unassignedVirtualDevices } = accountOf(id);
      const assigned = Object.values(users).flatMap((user) =>
        user.mfaDevices.map(({ serialNumber }) => serialNumber).filter((serial) => serial.includes(':mfa/')),
      );
      return { VirtualMFADevices: [...assigned, ...unassignedVirtualDevices].map((SerialNumber) => ({ SerialNumber })), IsTruncated: false };
    },
    ListAccessKeys: (id, input) => {
      const user = userOf(id, input);
      return {
        AccessKeyMetadata: user.accessKeys.map((key) => ({
          UserName: user.userName,
          AccessKeyId: key.accessKeyId,
          Status: key.status,
          CreateDate: iso(key.createDate),
        })),
        IsTruncated: false,
      };
    },
    GetAccessKeyLastUsed: (id, input) => {
      const found = Object.values(accountOf(id).users)
        .flatMap((user) => user.accessKeys.map((key) => ({ user, key })))
        .find(({ key }) => key.accessKeyId === input.AccessKeyId);
      if (found === undefined) throw new AwsError('AccessDenied', 'Not authorized to perform iam:GetAccessKeyLastUsed.', 403);
      const { lastUsed } = found.key;
      return {
        UserName: found.user.userName,
        AccessKeyLastUsed: lastUsed
          ? { LastUsedDate: iso(lastUsed.date), ServiceName: lastUsed.service, Region: lastUsed.region }
          : { ServiceName: 'N/A', Region: 'N/A' },
      };
    },
    GetAccountPasswordPolicy: (id) => {
      const policy = accountOf(id).passwordPolicy;
      if (policy === null) throw new AwsError('NoSuchEntity', `The Password Policy with domain name ${id} cannot be found.`, 404);
      return {
        PasswordPolicy: Object.fromEntries(Object.entries(policy).map(([key, value]) => [key.charAt(0).toUpperCase() + key.slice(1), value])),
      };
    },
  };
}

function profileOf(user: User): LoginProfile {
  if (user.loginProfile === null) throw new AwsError('NoSuchEntity', `Login Profile for User ${user.userName} cannot be found.`, 404);
  return user.loginProfile;
}

/** Why IAM would refuse a password; undefined when it would take it. */
function policyFault(policy: PasswordPolicy | null, password: string): string | undefined {
  const classes = [/[a-z]/, /[A-Z]/, /\d/, symbols].filter((pattern) => pattern.test(password)).length;
  if (password.length > 128) return 'Password should have at most 128 characters';
  if (policy === null) return password.length < 8 || classes < 3 ? 'Password does not conform to the default policy' : undefined;
  if (password.length < policy.minimumPasswordLength) return `Password should have a minimum length of ${policy.minimumPasswordLength}`;
  if (policy.requireSymbols && !symbols.test(password)) return 'Password should have at least one symbol';
  if (policy.requireNumbers && !/\d/.test(password)) return 'Password should have at least one number';
  if (policy.requireUppercaseCharacters && !/[A-Z]/.test(password)) return 'Password should have at least one uppercase letter';
  return policy.requireLowercaseCharacters && !/[a-z]/.test(password) ? 'Password should have at least one lowercase letter' : undefined;
}
