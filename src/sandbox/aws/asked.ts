/** What calls of Identity Center, Sign-In and AssumeRoot are asked for: each resource that AWS wants to be allowed. Source: the service authorization reference. */
import type { Caller, Json } from './operation.ts';
import type { Asked, Context } from './policy.ts';
import type { AwsState } from './state.ts';

interface Called {
  readonly service: string;
  readonly operation: string;
  readonly input: Json;
}

/** Empty: it is none of these. */
export function askedBeside(state: AwsState, caller: Caller, { service, operation, input }: Called): Asked[] {
  const [, partition = ''] = caller.roleArn.split(':');
  const context: Context = caller.sourceIdentity === undefined ? {} : { 'aws:SourceIdentity': caller.sourceIdentity };
  const on = (resources: readonly string[], more: Context = {}): Asked[] =>
    resources.map((resource) => ({ action: `${service}:${operation}`, resource, context: { ...context, ...more } }));
  if (service === 'signin') return on(['*']);
  if (service === 'sts' && operation === 'AssumeRoot') {
    const target = String(input.TargetPrincipal);
    const arn = /^\d{12}$/.test(target) ? `arn:${partition}:iam::${target}:root` : target;
    return on([arn], { 'sts:TaskPolicyArn': String(input['TaskPolicyArn.arn']) });
  }
  if (service === 'sso') return on(ssoResources(operation, input, partition));
  return service === 'identitystore' ? on(storeResources(state, caller, { operation, input, partition })) : [];
}

function ssoResources(operation: string, { InstanceArn, PermissionSetArn, TargetId }: Json, partition: string): string[] {
  if (operation === 'ListInstances') return ['*'];
  const account = TargetId === undefined ? [] : [`arn:${partition}:sso:::account/${TargetId}`];
  return [String(InstanceArn), ...(PermissionSetArn === undefined ? [] : [String(PermissionSetArn)]), ...account];
}

interface InStore {
  readonly operation: string;
  readonly input: Json;
  readonly partition: string;
}

function storeResources(state: AwsState, { account }: Caller, { operation, input, partition }: InStore): string[] {
  const own = (kind: string, id: unknown): string => `arn:${partition}:identitystore:::${kind}/${id}`;
  const store = `arn:${partition}:identitystore::${account}:identitystore/${input.IdentityStoreId}`;
  const member = (input.MemberId as { UserId?: string } | undefined)?.UserId;
  if (operation === 'DescribeUser') return [store, own('user', input.UserId)];
  if (operation === 'DescribeGroup') return [store, own('group', input.GroupId)];
  if (operation === 'ListGroupMembershipsForMember') return [store, own('user', member)];
  if (operation !== 'DeleteGroupMembership') return [store];
  const found = state.accounts[account]?.identityCenter?.memberships.find(({ id }) => id === input.MembershipId);
  return [store, own('membership', input.MembershipId), ...(found === undefined ? [] : [own('group', found.groupId), own('user', found.userId)])];
}
