/**
 * Tries what the roles in the management account may, by calls that change nothing: they read, or name what does not exist. AWS checks the
 * permission first, so "not found" proves that it is there. A session of root for a task does nothing by itself.
 */
import { asAppError } from '../domain/error.ts';
import type { AwsInspection } from '../domain/inspection.ts';
import { iamArn, placeOf } from '../domain/place.ts';
import type { Actor } from '../domain/response/actor.ts';
import { rootSessionSeconds, rootTasks } from '../domain/response/root-access.ts';
import type { Accounts } from './accounts.ts';
import { instanceIn } from './identity-center.ts';
import { sdk } from './sdk.ts';

/** Ids of AWS's own form that are nobody's. */
const nobody = '00000000-0000-4000-8000-000000000000';
const noSet = 'ps-0000000000000000';

type Tried = Awaited<ReturnType<AwsInspection['management']>>[number]['tried'][number];

async function tried(action: string, call: () => Promise<unknown>): Promise<Tried> {
  try {
    await call();
    return { action, fault: undefined };
  } catch (thrown) {
    const { code, message } = asAppError(thrown);
    return { action, fault: code === 'not-found' ? undefined : message };
  }
}

function doctor(actions: readonly string[], account: string): Actor {
  const calls = actions.map((action) => ({ action, resource: '*', account }));
  return { person: { id: 'U0DOCTOR', name: 'doctor' }, incident: 0, response: 'doctor', calls, sent: () => undefined };
}

interface Role {
  readonly accounts: Accounts;
  /** Of the management account. */
  readonly account: string;
  readonly regions: readonly string[];
}

async function centerTries({ accounts, account, regions }: Role): Promise<Tried[]> {
  const { called } = accounts;
  const found = await instanceIn(accounts, account, regions).catch(asAppError);
  if (found instanceof Error) return [{ action: 'sso:ListInstances', fault: found.message }];
  const { arn: InstanceArn, storeId: IdentityStoreId, region } = found;
  const actor = doctor(['sso:DeleteAccountAssignment', 'identitystore:DeleteGroupMembership'], account);
  const [sso, store] = await Promise.all([accounts.ssoAdmin(account, region), accounts.identityStore(account, region)]);
  const read = (action: string, send: () => Promise<unknown>): Promise<Tried> => tried(action, () => called(action.split(':')[1] ?? '', false, send));
  const change = (action: string, send: () => Promise<unknown>): Promise<Tried> =>
    tried(action, () => called(action.split(':')[1] ?? '', true, send));
  const PermissionSetArn = `${InstanceArn.replace(':instance/', ':permissionSet/')}/${noSet}`;
  const ofSet = { InstanceArn, PermissionSetArn };
  const byName = { UniqueAttribute: { AttributePath: 'userName', AttributeValue: 'signin-responder-doctor-no-such-user' } };
  const assignment = {
    InstanceArn,
    PermissionSetArn,
    TargetId: account,
    TargetType: 'AWS_ACCOUNT',
    PrincipalType: 'USER',
    PrincipalId: nobody,
  } as const;
  const status = { InstanceArn, AccountAssignmentDeletionRequestId: nobody };
  const ofNobody = { InstanceArn, PrincipalId: nobody, PrincipalType: 'USER' } as const;
  return Promise.all([
    { action: 'sso:ListInstances', fault: undefined },
    read('sso:ListAccountAssignmentsForPrincipal', () => sso.send(new sdk.ssoAdmin.ListAccountAssignmentsForPrincipalCommand(ofNobody))),
    read('sso:DescribeAccountAssignmentDeletionStatus', () => sso.send(new sdk.ssoAdmin.DescribeAccountAssignmentDeletionStatusCommand(status))),
    read('sso:DescribePermissionSet', () => sso.send(new sdk.ssoAdmin.DescribePermissionSetCommand(ofSet))),
    read('sso:ListManagedPoliciesInPermissionSet', () => sso.send(new sdk.ssoAdmin.ListManagedPoliciesInPermissionSetCommand(ofSet))),
    read('sso:ListCustomerManagedPolicyReferencesInPermissionSet', () =>
      sso.send(new sdk.ssoAdmin.ListCustomerManagedPolicyReferencesInPermissionSetCommand(ofSet)),
    ),
    read('sso:GetInlinePolicyForPermissionSet', () => sso.send(new sdk.ssoAdmin.GetInlinePolicyForPermissionSetCommand(ofSet))),
    read('identitystore:DescribeUser', () => store.send(new sdk.identityStore.DescribeUserCommand({ IdentityStoreId, UserId: nobody }))),
    read('identitystore:GetUserId', () => store.send(new sdk.identityStore.GetUserIdCommand({ IdentityStoreId, AlternateIdentifier: byName }))),
    read('identitystore:DescribeGroup', () => store.send(new sdk.identityStore.DescribeGroupCommand({ IdentityStoreId, GroupId: nobody }))),
    read('identitystore:ListGroupMembershipsForMember', () =>
      store.send(new sdk.identityStore.ListGroupMembershipsForMemberCommand({ IdentityStoreId, MemberId: { UserId: nobody } })),
    ),
    // Of a permission set and a membership that are not there.
    change('sso:DeleteAccountAssignment', async () =>
      (await accounts.ssoAdmin(account, region, actor)).send(new sdk.ssoAdmin.DeleteAccountAssignmentCommand(assignment)),
    ),
    change('identitystore:DeleteGroupMembership', async () =>
      (await accounts.identityStore(account, region, actor)).send(
        new sdk.identityStore.DeleteGroupMembershipCommand({ IdentityStoreId, MembershipId: nobody }),
      ),
    ),
  ]);
}

/** @param member an account other than the management account; undefined: none is named */
async function rootTries({ accounts, account, regions: [region = ''] }: Role, member: string | undefined): Promise<Tried[]> {
  if (member === undefined) return [{ action: 'sts:AssumeRoot', fault: 'AWS_ACCOUNTS names no member account to try it on.' }];
  const assume = (name: string, actor?: Actor): Promise<Tried> =>
    tried(`sts:AssumeRoot ${name.replace('root-task/', '')}`, async () => {
      const sts = await accounts.sts(account, region, actor);
      const TaskPolicyArn = { arn: iamArn(region, 'aws', `policy/${name}`) };
      const command = new sdk.sts.AssumeRootCommand({ TargetPrincipal: member, TaskPolicyArn, DurationSeconds: rootSessionSeconds });
      return accounts.called('AssumeRoot', false, () => sts.send(command));
    });
  return Promise.all([assume(rootTasks.audit), assume(rootTasks.remove, doctor(['sts:AssumeRoot'], account))]);
}

interface Configured {
  /** ARNs of the roles; undefined: not configured. */
  readonly center: string | undefined;
  readonly root: string | undefined;
  readonly roleIn: (arn: string) => Accounts;
  readonly regions: readonly string[];
  /** Of all configured accounts. */
  readonly ids: readonly string[];
}

export async function managementTries({ center, root, roleIn, regions, ids }: Configured): ReturnType<AwsInspection['management']> {
  const inRole = (arn: string): Role => ({ accounts: roleIn(arn), account: placeOf(arn).account, regions });
  const member = ids.find((id) => root === undefined || id !== placeOf(root).account);
  return [
    ...(center === undefined ? [] : [{ about: 'Identity Center', tried: await centerTries(inRole(center)) }]),
    ...(root === undefined ? [] : [{ about: 'Root access', tried: await rootTries(inRole(root), member) }]),
  ];
}
