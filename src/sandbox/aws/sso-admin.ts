/** IAM Identity Center: instances, permission sets and assignments, whose deletion takes a while. Source: its API reference (`sso-admin`). */
import { randomUUID } from 'node:crypto';
import { AwsError } from './errors.ts';
import type { Caller, Json, Operations } from './operation.ts';
import type { CenterAssignment, IdentityCenter } from './person-shapes.ts';
import type { AwsState } from './state.ts';

const principalForm = /^([0-9a-f]{10}-|)[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}$/;
const defaultSeconds = 4;
const mostListed = 100;

export function ssoAdminOperations(state: AwsState): Operations {
  const centerOf = (caller: Caller, { InstanceArn }: Json): IdentityCenter => {
    const center = state.accounts[caller.account]?.identityCenter;
    if (center === undefined || center.region !== caller.region || center.instanceArn !== InstanceArn)
      throw new AwsError('ResourceNotFoundException', `Identity Center instance ${InstanceArn} not found.`, 404);
    settle(center, state.clock.now());
    return center;
  };

  return {
    ListInstances: ({ account, region }) => {
      const center = state.accounts[account]?.identityCenter;
      if (center === undefined || center.region !== region) return { Instances: [] };
      const { instanceArn, identityStoreId } = center;
      return { Instances: [{ InstanceArn: instanceArn, IdentityStoreId: identityStoreId, OwnerAccountId: account, Status: 'ACTIVE' }] };
    },
    DescribePermissionSet: (caller, input) => {
      const { name, arn, sessionDuration } = setIn(centerOf(caller, input), input);
      return { PermissionSet: { Name: name, PermissionSetArn: arn, SessionDuration: sessionDuration } };
    },
    ListManagedPoliciesInPermissionSet: (caller, input) => {
      const { managedPolicies = [] } = setIn(centerOf(caller, input), input);
      return { AttachedManagedPolicies: managedPolicies.map((Arn) => ({ Arn, Name: Arn.split('/').at(-1) })) };
    },
    ListCustomerManagedPolicyReferencesInPermissionSet: (caller, input) => {
      const { customerPolicies = [] } = setIn(centerOf(caller, input), input);
      return { CustomerManagedPolicyReferences: customerPolicies.map((Name) => ({ Name, Path: '/' })) };
    },
    GetInlinePolicyForPermissionSet: (caller, input) => ({ InlinePolicy: setIn(centerOf(caller, input), input).inlinePolicy ?? '' }),
    ListAccountAssignmentsForPrincipal: (caller, input) => {
      const center = centerOf(caller, input);
      const { PrincipalId, PrincipalType, Filter, MaxResults = mostListed, NextToken } = input;
      if (!principalForm.test(String(PrincipalId))) throw invalid('PrincipalId does not satisfy the pattern');
      if (PrincipalType !== 'USER' && PrincipalType !== 'GROUP') throw invalid('PrincipalType must be USER or GROUP');
      if (Number(MaxResults) < 1 || Number(MaxResults) > mostListed) throw invalid('MaxResults must be from 1 to 100');
      const groups = center.memberships.filter(({ userId }) => PrincipalType === 'USER' && userId === PrincipalId).map(({ groupId }) => groupId);
      const account = (Filter as { AccountId?: string } | undefined)?.AccountId;
      // Of a user also what comes with groups, under the group.
      const found = center.assignments.filter(
        (one) => (one.principalId === PrincipalId || groups.includes(one.principalId)) && (account === undefined || one.account === account),
      );
      const from = Number(NextToken ?? 0);
      const end = from + Number(MaxResults);
      return { AccountAssignments: found.slice(from, end).map(listed), ...(end < found.length ? { NextToken: String(end) } : {}) };
    },
    DeleteAccountAssignment: (caller, input) => {
      const center = centerOf(caller, input);
      if (!center.permissionSets.some(({ arn }) => arn === input.PermissionSetArn))
        throw new AwsError('ResourceNotFoundException', 'PermissionSet not found.', 404);
      const wanted = { account: String(input.TargetId), permissionSetArn: String(input.PermissionSetArn), principalId: String(input.PrincipalId) };
      const isOf = (one: typeof wanted): boolean =>
        one.account === wanted.account && one.permissionSetArn === wanted.permissionSetArn && one.principalId === wanted.principalId;
      if (center.deletions.some((one) => one.status === 'IN_PROGRESS' && isOf(one.of)))
        throw new AwsError('ConflictException', 'There is an operation in progress for this assignment.', 409);
      const found = center.assignments.find((one) => isOf(one) && one.principalType === input.PrincipalType);
      const now = state.clock.now();
      center.deletions.push({
        requestId: randomUUID(),
        of: wanted,
        principalType: String(input.PrincipalType),
        status: 'IN_PROGRESS',
        endsAt: now + (center.deletionSeconds ?? defaultSeconds) * 1_000,
        fails: found === undefined ? 'Received a 404 status error: the assignment does not exist.' : found.deletionFails,
        createdAt: now,
      });
      return { AccountAssignmentDeletionStatus: statusOf(center.deletions.at(-1)) };
    },
    DescribeAccountAssignmentDeletionStatus: (caller, input) => {
      const found = centerOf(caller, input).deletions.find(({ requestId }) => requestId === input.AccountAssignmentDeletionRequestId);
      if (found === undefined) throw new AwsError('ResourceNotFoundException', 'The request does not exist.', 404);
      return { AccountAssignmentDeletionStatus: statusOf(found) };
    },
  };
}

function setIn({ permissionSets }: IdentityCenter, { PermissionSetArn }: Json): IdentityCenter['permissionSets'][number] {
  const found = permissionSets.find(({ arn }) => arn === PermissionSetArn);
  if (found === undefined) throw new AwsError('ResourceNotFoundException', 'PermissionSet not found.', 404);
  return found;
}

/** What has had its time is done by now. */
export function settle(center: IdentityCenter, now: number): void {
  for (const one of center.deletions.filter(({ status, endsAt }) => status === 'IN_PROGRESS' && endsAt <= now)) {
    one.status = one.fails === undefined ? 'SUCCEEDED' : 'FAILED';
    if (one.fails !== undefined) continue;
    const { account, permissionSetArn, principalId } = one.of;
    const isGone = (it: CenterAssignment): boolean =>
      it.account === account && it.permissionSetArn === permissionSetArn && it.principalId === principalId;
    center.assignments = center.assignments.filter((it) => !isGone(it));
  }
}

function listed({ account, permissionSetArn, principalId, principalType }: CenterAssignment): Json {
  return { AccountId: account, PermissionSetArn: permissionSetArn, PrincipalId: principalId, PrincipalType: principalType };
}

function statusOf(deletion: IdentityCenter['deletions'][number] | undefined): Json {
  if (deletion === undefined) return {};
  const { requestId, of, principalType, status, fails, createdAt } = deletion;
  return {
    Status: status,
    RequestId: requestId,
    ...(status === 'FAILED' ? { FailureReason: fails } : {}),
    TargetId: of.account,
    TargetType: 'AWS_ACCOUNT',
    PermissionSetArn: of.permissionSetArn,
    PrincipalType: principalType,
    PrincipalId: of.principalId,
    CreatedDate: createdAt / 1_000,
  };
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
