import type { IAMClient } from '@aws-sdk/client-iam';
import { AppError } from '../domain/error.ts';
import type { Containment } from '../domain/response/containment.ts';
import { denyAllArn, type Holder, mostPolicies } from '../domain/response/kept-state.ts';
import { type Part, partWords } from '../domain/response/parts.ts';
import { protectedTag } from '../domain/response/protected.ts';
import type { RoleFacts } from '../domain/response/role.ts';
import type { Accounts } from './accounts.ts';
import { sdk } from './sdk.ts';

/** The Containment port over IAM. @param region any of the accounts' partition */
export function containmentOf(accounts: Accounts, region: string): Containment {
  const call = <T>(operation: string, part: Part, send: () => Promise<T>): Promise<T> => told(part, accounts.called(operation, false, send));
  const change = <T>(operation: string, part: Part, send: () => Promise<T>): Promise<T> => told(part, accounts.called(operation, true, send));
  return {
    role: async (account, name) => {
      const iam = await accounts.iam(account);
      return call('GetRole', 'ContainRoles', () => roleOf(iam, account, name));
    },
    policies: async (holder) => {
      const iam = await accounts.iam(holder.account);
      return call(holder.kind === 'role' ? 'ListAttachedRolePolicies' : 'ListAttachedUserPolicies', partOf(holder), () => policiesOf(iam, holder));
    },
    keys: async ({ account, name }) => {
      const iam = await accounts.iam(account);
      const { AccessKeyMetadata = [] } = await accounts.called('ListAccessKeys', false, () =>
        iam.send(new sdk.iam.ListAccessKeysCommand({ UserName: name })),
      );
      return AccessKeyMetadata.map(({ AccessKeyId = '', Status }) => ({ id: AccessKeyId, isActive: Status === 'Active' }));
    },
    quarantine: async (holder, isOn, actor) => {
      const iam = await accounts.iam(holder.account, actor);
      const [operation, send] = attaching(iam, holder, { isOn, PolicyArn: denyAllArn(region, holder.account) });
      await change(operation, partOf(holder), send).catch((thrown: unknown) => {
        throw tooMany(thrown, holder.name);
      });
    },
    switchKey: async ({ account, name }, { id, isActive }, actor) => {
      const iam = await accounts.iam(account, actor);
      const input = { UserName: name, AccessKeyId: id, Status: isActive ? ('Active' as const) : ('Inactive' as const) };
      await change('UpdateAccessKey', 'ContainUsers', () => iam.send(new sdk.iam.UpdateAccessKeyCommand(input)));
    },
  };
}

function partOf({ kind }: Holder): Part {
  return kind === 'role' ? 'ContainRoles' : 'ContainUsers';
}

/** What is denied most likely was never allowed: the part of the template that allows it is named. */
async function told<T>(part: Part, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'denied' || thrown.isExplicit) throw thrown;
    throw new AppError('denied', `${thrown.message} ${partWords[part].fix}`, { cause: thrown.cause, reason: thrown.reason });
  }
}

/** IAM names it a limit, as it does too many requests. */
function tooMany(thrown: unknown, name: string): unknown {
  if (!(thrown instanceof AppError) || !thrown.reason.startsWith('LimitExceeded')) return thrown;
  const message = `${name} has as many managed policies as AWS allows (${mostPolicies}, unless you asked for more); nothing was changed. Detach one by hand, then press again.`;
  return new AppError('refused', message, { cause: thrown.cause, reason: thrown.reason });
}

type Sending = readonly [operation: string, send: () => Promise<unknown>];

function attaching(iam: IAMClient, { kind, name }: Holder, { isOn, PolicyArn }: { isOn: boolean; PolicyArn: string }): Sending {
  if (kind === 'role') {
    const input = { RoleName: name, PolicyArn };
    return isOn
      ? ['AttachRolePolicy', () => iam.send(new sdk.iam.AttachRolePolicyCommand(input))]
      : ['DetachRolePolicy', () => iam.send(new sdk.iam.DetachRolePolicyCommand(input))];
  }
  const input = { UserName: name, PolicyArn };
  return isOn
    ? ['AttachUserPolicy', () => iam.send(new sdk.iam.AttachUserPolicyCommand(input))]
    : ['DetachUserPolicy', () => iam.send(new sdk.iam.DetachUserPolicyCommand(input))];
}

async function policiesOf(client: IAMClient, { kind, name }: Holder): Promise<string[]> {
  const pages =
    kind === 'role'
      ? sdk.iam.paginateListAttachedRolePolicies({ client }, { RoleName: name })
      : sdk.iam.paginateListAttachedUserPolicies({ client }, { UserName: name });
  const found: string[] = [];
  for await (const { AttachedPolicies = [] } of pages) found.push(...AttachedPolicies.map(({ PolicyArn = '' }) => PolicyArn));
  return found;
}

async function roleOf(iam: IAMClient, account: string, name: string): Promise<RoleFacts> {
  const { Role } = await iam.send(new sdk.iam.GetRoleCommand({ RoleName: name }));
  return {
    account,
    name: Role?.RoleName ?? name,
    path: Role?.Path ?? '/',
    id: Role?.RoleId ?? '',
    createdAt: Role?.CreateDate?.getTime() ?? 0,
    isTagged: Role?.Tags?.some(({ Key, Value }) => Key === protectedTag.key && Value === protectedTag.value) ?? false,
    lastUsedAt: Role?.RoleLastUsed?.LastUsedDate?.getTime(),
  };
}
