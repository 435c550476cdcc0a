/** The identity store of Identity Center: users, groups and memberships. Source: its API reference. */
import { AwsError } from './errors.ts';
import type { Json, Operations } from './operation.ts';
import type { CenterUser, IdentityCenter } from './person-shapes.ts';
import { settle } from './sso-admin.ts';
import type { AwsState } from './state.ts';

const perPage = 100;

export function identityStoreOperations(state: AwsState): Operations {
  const centerOf = (account: string, { IdentityStoreId }: Json): IdentityCenter | undefined => {
    const center = state.accounts[account]?.identityCenter;
    if (center === undefined || center.identityStoreId !== IdentityStoreId) return undefined;
    settle(center, state.clock.now());
    return center;
  };
  const needed = (account: string, input: Json): IdentityCenter => {
    const center = centerOf(account, input);
    if (center === undefined) throw missing('IDENTITY_STORE');
    return center;
  };

  return {
    DescribeUser: ({ account }, input) => {
      const { UserId, IdentityStoreId } = input;
      const user = centerOf(account, input)?.users.find(({ id }) => id === UserId);
      const UserName = user?.name ?? state.accounts[account]?.directory[String(UserId)];
      if (UserName === undefined) throw missing('USER');
      return { UserName, UserId, IdentityStoreId, ...(user === undefined ? {} : { UserStatus: user.status, ...externalIn(user) }) };
    },
    GetUserId: ({ account }, input) => {
      const { UniqueAttribute } = (input.AlternateIdentifier ?? {}) as { UniqueAttribute?: { AttributePath?: string; AttributeValue?: unknown } };
      if (UniqueAttribute?.AttributePath?.toLowerCase() !== 'username') throw new AwsError('ValidationException', 'AttributePath is not supported.');
      const name = String(UniqueAttribute.AttributeValue).toLowerCase();
      const user = needed(account, input).users.find((one) => one.name.toLowerCase() === name);
      if (user === undefined) throw missing('USER');
      return { UserId: user.id, IdentityStoreId: input.IdentityStoreId };
    },
    DescribeGroup: ({ account }, input) => {
      const group = needed(account, input).groups.find(({ id }) => id === input.GroupId);
      if (group === undefined) throw missing('GROUP');
      return { GroupId: group.id, DisplayName: group.name, IdentityStoreId: input.IdentityStoreId, ...externalIn(group) };
    },
    ListGroupMembershipsForMember: ({ account }, input) => {
      const { MemberId, MaxResults = perPage, NextToken } = input;
      const { UserId } = (MemberId ?? {}) as { UserId?: string };
      const found = needed(account, input).memberships.filter(({ userId }) => userId === UserId);
      const from = Number(NextToken ?? 0);
      const end = from + Number(MaxResults);
      const GroupMemberships = found.slice(from, end).map(({ id, groupId, userId }) => ({
        IdentityStoreId: input.IdentityStoreId,
        MembershipId: id,
        GroupId: groupId,
        MemberId: { UserId: userId },
      }));
      return { GroupMemberships, ...(end < found.length ? { NextToken: String(end) } : {}) };
    },
    DeleteGroupMembership: ({ account }, input) => {
      const center = needed(account, input);
      if (!center.memberships.some(({ id }) => id === input.MembershipId)) throw missing('MEMBERSHIP');
      if (center.refusesChanges) throw new AwsError('AccessDeniedException', 'The directory is managed by an external identity provider.', 403);
      center.memberships = center.memberships.filter(({ id }) => id !== input.MembershipId);
      return {};
    },
  };
}

function externalIn({ issuer, id }: Pick<CenterUser, 'issuer' | 'id'>): Json {
  return issuer === undefined ? {} : { ExternalIds: [{ Issuer: issuer, Id: `external-${id}` }] };
}

function missing(what: string): AwsError {
  return new AwsError('ResourceNotFoundException', `${what} not found.`, 404);
}
