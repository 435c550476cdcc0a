/** What is attached to an IAM user and to the user's groups, and to the permission sets of an Identity Center user. Reads only. */
import type { IAMClient } from '@aws-sdk/client-iam';
import type { SSOAdminClient } from '@aws-sdk/client-sso-admin';
import type { HeldPolicies } from '../domain/response/administrator.ts';
import { protectedTag } from '../domain/response/protected.ts';
import type { Accounts } from './accounts.ts';
import type { Called } from './errors.ts';
import { sdk } from './sdk.ts';

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(page);
  return found;
}

/** @throws AppError what IAM says, of whichever of the lists */
export async function heldByUser(client: IAMClient, UserName: string, called: Called): Promise<HeldPolicies> {
  const read = <T>(operation: string, pages: AsyncIterable<T>): Promise<T[]> => called(operation, false, () => all(pages));
  const [attached, inline, groups] = await Promise.all([
    read('ListAttachedUserPolicies', sdk.iam.paginateListAttachedUserPolicies({ client }, { UserName })),
    read('ListUserPolicies', sdk.iam.paginateListUserPolicies({ client }, { UserName })),
    read('ListGroupsForUser', sdk.iam.paginateListGroupsForUser({ client }, { UserName })),
  ]);
  const names = groups.flatMap(({ Groups = [] }) => Groups.map(({ GroupName = '' }) => GroupName));
  const ofGroups = await Promise.all(
    names.map((GroupName) =>
      Promise.all([
        read('ListAttachedGroupPolicies', sdk.iam.paginateListAttachedGroupPolicies({ client }, { GroupName })),
        read('ListGroupPolicies', sdk.iam.paginateListGroupPolicies({ client }, { GroupName })),
      ]),
    ),
  );
  const lists = [attached, ...ofGroups.map(([managed]) => managed)].flat();
  const written = [inline, ...ofGroups.map(([, others]) => others)].flat();
  return {
    managed: lists.flatMap(({ AttachedPolicies = [] }) => AttachedPolicies.map(({ PolicyArn = '' }) => PolicyArn)),
    hasOthers: written.some(({ PolicyNames = [] }) => PolicyNames.length > 0),
  };
}

/** @throws AppError what IAM says */
export async function heldAndTagged(accounts: Accounts, { account, name }: { account: string; name: string }) {
  const client = await accounts.iam(account);
  const [held, { User }] = await Promise.all([
    heldByUser(client, name, accounts.called),
    accounts.called('GetUser', false, () => client.send(new sdk.iam.GetUserCommand({ UserName: name }))),
  ]);
  const isTagged = User?.Tags?.some(({ Key, Value }) => Key === protectedTag.key && Value === protectedTag.value) ?? false;
  return { ...held, isTagged };
}

/** So many permission sets are looked into: of more nothing is told. */
const mostSets = 20;

/** @param sets ARNs. @throws AppError what Identity Center says */
export async function heldBySets(
  client: SSOAdminClient,
  { InstanceArn, sets }: { InstanceArn: string; sets: readonly string[] },
  called: Called,
): Promise<HeldPolicies> {
  const each = await Promise.all(
    sets.slice(0, mostSets).map(async (PermissionSetArn): Promise<HeldPolicies> => {
      const input = { InstanceArn, PermissionSetArn };
      const [managed, customer, inline] = await Promise.all([
        called('ListManagedPoliciesInPermissionSet', false, () => all(sdk.ssoAdmin.paginateListManagedPoliciesInPermissionSet({ client }, input))),
        called('ListCustomerManagedPolicyReferencesInPermissionSet', false, () =>
          all(sdk.ssoAdmin.paginateListCustomerManagedPolicyReferencesInPermissionSet({ client }, input)),
        ),
        called('GetInlinePolicyForPermissionSet', false, () => client.send(new sdk.ssoAdmin.GetInlinePolicyForPermissionSetCommand(input))),
      ]);
      const references = customer.flatMap(({ CustomerManagedPolicyReferences = [] }) => CustomerManagedPolicyReferences);
      return {
        managed: managed.flatMap(({ AttachedManagedPolicies = [] }) => AttachedManagedPolicies.map(({ Arn = '' }) => Arn)),
        hasOthers: references.length > 0 || (inline.InlinePolicy ?? '') !== '',
      };
    }),
  );
  return { managed: each.flatMap(({ managed }) => managed), hasOthers: sets.length > mostSets || each.some(({ hasOthers }) => hasOthers) };
}
