/** The IdentityCenter port over IAM Identity Center and its identity store, in the management account. */
import type { DescribeUserResponse, IdentitystoreClient } from '@aws-sdk/client-identitystore';
import type { AccountAssignmentOperationStatus, SSOAdminClient } from '@aws-sdk/client-sso-admin';
import { AppError, asAppError } from '../domain/error.ts';
import { placeOf } from '../domain/place.ts';
import {
  type Assignment,
  type CenterGroup,
  type CenterInstance,
  type Deletion,
  type IdentityCenter,
  type PermissionSet,
  sessionMsIn,
} from '../domain/response/identity-center.ts';
import type { Accounts } from './accounts.ts';
import { heldBySets } from './held-policies.ts';
import { sdk } from './sdk.ts';

interface Options {
  /** Of the role in the management account. */
  readonly accounts: Accounts;
  readonly roleArn: string;
  /** Where Identity Center may be; it is in one of them. */
  readonly regions: readonly string[];
}

interface Clients {
  readonly accounts: Accounts;
  readonly sso: SSOAdminClient;
  readonly store: IdentitystoreClient;
  readonly instance: CenterInstance;
}

export function identityCenterOf({ accounts, roleArn, regions }: Options): IdentityCenter {
  const { account } = placeOf(roleArn);
  let found: Promise<CenterInstance> | undefined;
  /** It stays where it is: it is looked for once. */
  const instanceOf = (): Promise<CenterInstance> => {
    found ??= instanceIn(accounts, account, regions);
    found.catch(() => {
      found = undefined;
    });
    return found;
  };
  const reading = async (): Promise<Clients> => {
    const instance = await instanceOf();
    const [sso, store] = await Promise.all([accounts.ssoAdmin(account, instance.region), accounts.identityStore(account, instance.region)]);
    return { accounts, sso, store, instance };
  };

  const accessOf: IdentityCenter['access'] = async (who) => {
    const clients = await reading();
    const { storeId } = clients.instance;
    const known = who.storeArn?.split('/').at(-1);
    if (known !== undefined && known !== storeId)
      throw new AppError(
        'refused',
        `The user is in the directory ${known}, and the organisation's is ${storeId}: an instance of one account is not changed from here.`,
      );
    const user = await userOf(clients, who);
    const id = user.UserId ?? '';
    const [assignments, groups] = await Promise.all([assignmentsOf(clients, id), groupsOf(clients, id)]);
    const isEnabled = user.UserStatus === undefined ? undefined : user.UserStatus === 'ENABLED';
    return {
      instance: clients.instance,
      user: { id, name: user.UserName ?? id, isEnabled, issuers: issuersIn(user.ExternalIds) },
      assignments,
      groups,
    };
  };

  return {
    account,
    access: accessOf,
    held: async (who) => {
      const { instance, assignments } = await accessOf(who);
      const { sso } = await reading();
      const sets = [...new Set(assignments.map(({ permissionSet }) => permissionSet.arn))];
      return heldBySets(sso, { InstanceArn: instance.arn, sets }, accounts.called);
    },
    removeAssignment: async ({ instance, userId, assignment }, actor) => {
      const sso = await accounts.ssoAdmin(account, instance.region, actor);
      const input = {
        InstanceArn: instance.arn,
        TargetId: assignment.account,
        TargetType: 'AWS_ACCOUNT' as const,
        PermissionSetArn: assignment.permissionSet.arn,
        PrincipalType: 'USER' as const,
        PrincipalId: userId,
      };
      const answer = await accounts.called('DeleteAccountAssignment', true, () => sso.send(new sdk.ssoAdmin.DeleteAccountAssignmentCommand(input)));
      return deletionIn(answer.AccountAssignmentDeletionStatus, '');
    },
    deletion: async (instance, requestId) => {
      const { sso } = await reading();
      const input = { InstanceArn: instance.arn, AccountAssignmentDeletionRequestId: requestId };
      const command = new sdk.ssoAdmin.DescribeAccountAssignmentDeletionStatusCommand(input);
      try {
        const answer = await accounts.called('DescribeAccountAssignmentDeletionStatus', false, () => sso.send(command));
        return deletionIn(answer.AccountAssignmentDeletionStatus, requestId);
      } catch (thrown) {
        if (asAppError(thrown).code === 'not-found') return { state: 'unknown', requestId, why: undefined };
        throw thrown;
      }
    },
    removeMembership: async (instance, membershipId, actor) => {
      const store = await accounts.identityStore(account, instance.region, actor);
      const command = new sdk.identityStore.DeleteGroupMembershipCommand({ IdentityStoreId: instance.storeId, MembershipId: membershipId });
      await accounts.called('DeleteGroupMembership', true, () => store.send(command));
    },
  };
}

/** @throws AppError `not-found` where there is none in those regions */
export async function instanceIn(accounts: Accounts, account: string, regions: readonly string[]): Promise<CenterInstance> {
  for (const region of regions) {
    const client = await accounts.ssoAdmin(account, region);
    const instances = await accounts.called('ListInstances', false, async () => {
      const all = [];
      for await (const page of sdk.ssoAdmin.paginateListInstances({ client }, {})) all.push(...(page.Instances ?? []));
      return all;
    });
    const own = instances.find(({ OwnerAccountId }) => OwnerAccountId === undefined || OwnerAccountId === account);
    if (own?.InstanceArn !== undefined && own.IdentityStoreId !== undefined)
      return { arn: own.InstanceArn, storeId: own.IdentityStoreId, region, account };
  }
  throw new AppError('not-found', `There is no Identity Center of account ${account} in ${regions.join(', ')}. Name its region in AWS_REGIONS.`);
}

/** By the id where CloudTrail told it, else by the name. */
async function userOf({ accounts, store, instance }: Clients, { userId, name }: { userId?: string; name?: string }): Promise<DescribeUserResponse> {
  const IdentityStoreId = instance.storeId;
  const byName = { AlternateIdentifier: { UniqueAttribute: { AttributePath: 'userName', AttributeValue: name ?? '' } } };
  try {
    const UserId =
      userId ??
      (await accounts.called('GetUserId', false, () => store.send(new sdk.identityStore.GetUserIdCommand({ IdentityStoreId, ...byName })))).UserId ??
      '';
    return await accounts.called('DescribeUser', false, () => store.send(new sdk.identityStore.DescribeUserCommand({ IdentityStoreId, UserId })));
  } catch (thrown) {
    if (asAppError(thrown).code !== 'not-found') throw thrown;
    throw new AppError('not-found', `The directory ${IdentityStoreId} has no user ${name ?? userId}.`);
  }
}

/** Also those that come with groups, each under its group. */
async function assignmentsOf({ accounts, sso, instance }: Clients, PrincipalId: string): Promise<Assignment[]> {
  const input = { InstanceArn: instance.arn, PrincipalId, PrincipalType: 'USER' as const };
  const listed = await accounts.called('ListAccountAssignmentsForPrincipal', false, async () => {
    const all = [];
    for await (const page of sdk.ssoAdmin.paginateListAccountAssignmentsForPrincipal({ client: sso }, input))
      all.push(...(page.AccountAssignments ?? []));
    return all;
  });
  const arns = [...new Set(listed.map(({ PermissionSetArn = '' }) => PermissionSetArn))];
  const sets = new Map(await Promise.all(arns.map(async (arn) => [arn, await permissionSetOf({ accounts, sso }, instance, arn)] as const)));
  return listed.map(({ AccountId = '', PermissionSetArn = '', PrincipalId: principal, PrincipalType }) => ({
    account: AccountId,
    permissionSet: sets.get(PermissionSetArn) as PermissionSet,
    group: PrincipalType === 'GROUP' ? principal : undefined,
  }));
}

/** What cannot be read of it hides no assignment. */
async function permissionSetOf({ accounts, sso }: Pick<Clients, 'accounts' | 'sso'>, instance: CenterInstance, arn: string): Promise<PermissionSet> {
  const command = new sdk.ssoAdmin.DescribePermissionSetCommand({ InstanceArn: instance.arn, PermissionSetArn: arn });
  const answer = await accounts.called('DescribePermissionSet', false, () => sso.send(command)).catch(() => undefined);
  return { arn, name: answer?.PermissionSet?.Name ?? arn.split('/').at(-1) ?? arn, sessionMs: sessionMsIn(answer?.PermissionSet?.SessionDuration) };
}

async function groupsOf({ accounts, store, instance }: Clients, UserId: string): Promise<CenterGroup[]> {
  const IdentityStoreId = instance.storeId;
  const listed = await accounts.called('ListGroupMembershipsForMember', false, async () => {
    const all = [];
    for await (const page of sdk.identityStore.paginateListGroupMembershipsForMember({ client: store }, { IdentityStoreId, MemberId: { UserId } }))
      all.push(...(page.GroupMemberships ?? []));
    return all;
  });
  return Promise.all(
    listed.map(async ({ GroupId = '', MembershipId = '' }) => {
      const command = new sdk.identityStore.DescribeGroupCommand({ IdentityStoreId, GroupId });
      const group = await accounts.called('DescribeGroup', false, () => store.send(command)).catch(() => undefined);
      return { id: GroupId, name: group?.DisplayName ?? GroupId, membershipId: MembershipId, issuers: issuersIn(group?.ExternalIds) };
    }),
  );
}

function issuersIn(ids: readonly { Issuer?: string | undefined }[] | undefined): string[] {
  return [...new Set((ids ?? []).flatMap(({ Issuer }) => Issuer ?? []))];
}

const states = { IN_PROGRESS: 'in-progress', SUCCEEDED: 'done', FAILED: 'failed' } as const;

function deletionIn({ Status, RequestId, FailureReason }: AccountAssignmentOperationStatus = {}, asked: string): Deletion {
  return { state: Status === undefined ? 'unknown' : (states[Status] ?? 'unknown'), requestId: RequestId ?? asked, why: FailureReason };
}
