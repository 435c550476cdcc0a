/** The IAM operations that take access away and give it back: attached policies and access keys; and what is read of a role. Source: IAM API reference. */
import { AwsError } from './errors.ts';
import { inlineNames, inlineOperations } from './iam-inline.ts';
import type { Caller, Json, Operations } from './operation.ts';
import type { Attached, Group, Role } from './principal-shapes.ts';
import { attachedNow, roleArn, roleNamed } from './principals.ts';
import type { Account, User } from './shapes.ts';
import type { AwsState } from './state.ts';

/** Managed policies of a user or role, unless AWS was asked for more. */
const mostPolicies = 10;

export function iamContainmentOperations(state: AwsState): Operations {
  const accountOf = (id: string): Account => state.accounts[id] as Account;
  const user = ({ account }: Caller, { UserName }: Json): User => userNamed(accountOf(account), UserName);
  const role = ({ account }: Caller, { RoleName }: Json): Role => existing(accountOf(account), RoleName);
  const group = ({ account }: Caller, { GroupName }: Json): Group => groupNamed(accountOf(account), GroupName);
  return {
    ListAttachedUserPolicies: (caller, input) => listed(user(caller, input).attachedPolicies, input),
    ListAttachedRolePolicies: (caller, input) => listed(role(caller, input).attachedPolicies, input),
    ListAttachedGroupPolicies: (caller, input) => listed(group(caller, input).attachedPolicies, input),
    ListUserPolicies: (caller, input) => ({ PolicyNames: inlineNames(user(caller, input)), IsTruncated: false }),
    ListGroupPolicies: (caller, input) => ({ PolicyNames: inlineNames(group(caller, input)), IsTruncated: false }),
    ListGroupsForUser: (caller, input) => {
      const { userName } = user(caller, input);
      const own = Object.values(accountOf(caller.account).groups ?? {}).filter(({ users }) => users.includes(userName));
      const Groups = own.map(({ groupName, path }) => ({
        GroupName: groupName,
        Path: path,
        Arn: `arn:aws:iam::${caller.account}:group${path}${groupName}`,
      }));
      return { Groups, IsTruncated: false };
    },
    GetRole: (caller, input) => ({ Role: shown(caller.account, role(caller, input)) }),
    AttachUserPolicy: (caller, input) => attach(state, user(caller, input), { account: accountOf(caller.account), input }),
    DetachUserPolicy: (caller, input) => detach(state, user(caller, input), input),
    AttachRolePolicy: (caller, input) => attach(state, modifiable(role(caller, input)), { account: accountOf(caller.account), input }),
    DetachRolePolicy: (caller, input) => detach(state, modifiable(role(caller, input)), input),
    UpdateAccessKey: (caller, input) => updateKey(state, user(caller, input), input),
    ...inlineOperations({ user, role, modifiableRole: (caller, input) => modifiable(role(caller, input)), now: () => state.clock.now() }),
  };
}

function userNamed({ users }: Account, name: unknown): User {
  const user = Object.values(users).find(({ userName }) => userName.toLowerCase() === String(name).toLowerCase());
  if (user === undefined) throw new AwsError('NoSuchEntity', `The user with name ${String(name)} cannot be found.`, 404);
  return user;
}

function groupNamed({ groups = {} }: Account, name: unknown): Group {
  const group = Object.values(groups).find(({ groupName }) => groupName.toLowerCase() === String(name).toLowerCase());
  if (group === undefined) throw new AwsError('NoSuchEntity', `The group with name ${String(name)} cannot be found.`, 404);
  return group;
}

function existing(account: Account, name: unknown): Role {
  const role = roleNamed(account, String(name));
  if (role === undefined) throw new AwsError('NoSuchEntity', `The role with name ${String(name)} cannot be found.`, 404);
  return role;
}

/** Service-linked roles are AWS's, and so are those that Identity Center made. */
function modifiable(role: Role): Role {
  if (/^\/(aws-service-role|aws-reserved)\//.test(role.path))
    throw new AwsError(
      'UnmodifiableEntity',
      `Cannot perform the operation on the protected role '${role.roleName}' - this role is only modifiable by AWS`,
    );
  return role;
}

interface Holder {
  attachedPolicies?: Attached[];
}

function listed(policies: readonly Attached[] | undefined, { PathPrefix = '/' }: Json): Json {
  const found = attachedNow(policies).filter(({ arn }) => `/${arn.split(':policy/').at(1) ?? ''}`.startsWith(String(PathPrefix)));
  return { AttachedPolicies: found.map(({ arn }) => ({ PolicyName: arn.split('/').at(-1), PolicyArn: arn })), IsTruncated: false };
}

function attach(state: AwsState, holder: Holder, { account, input }: { account: Account; input: Json }): Json {
  const arn = policyArn(input);
  const isThere = account.policies?.[arn] !== undefined || /^arn:aws[\w-]*:iam::aws:policy\//.test(arn);
  if (!isThere) throw new AwsError('NoSuchEntity', `Policy ${arn} does not exist or is not attachable.`, 404);
  const now = attachedNow(holder.attachedPolicies);
  if (now.some((one) => one.arn === arn)) return {};
  if (now.length >= mostPolicies) throw new AwsError('LimitExceeded', `Cannot exceed quota for PoliciesPerUser: ${mostPolicies}`, 409);
  holder.attachedPolicies = [...(holder.attachedPolicies ?? []), { arn, since: state.clock.now() }];
  return {};
}

function detach(state: AwsState, holder: Holder, input: Json): Json {
  const arn = policyArn(input);
  const found = attachedNow(holder.attachedPolicies).find((one) => one.arn === arn);
  if (found === undefined) throw new AwsError('NoSuchEntity', `Policy ${arn} was not found.`, 404);
  found.until = state.clock.now();
  return {};
}

function policyArn({ PolicyArn }: Json): string {
  const arn = String(PolicyArn);
  if (arn.length < 20 || !/^arn:[^:]+:iam::[^:]+:policy\/./.test(arn)) throw new AwsError('InvalidInput', `ARN ${arn} is not valid.`);
  return arn;
}

function updateKey(state: AwsState, user: User, { AccessKeyId, Status }: Json): Json {
  if (Status !== 'Active' && Status !== 'Inactive')
    throw new AwsError('ValidationError', `1 validation error detected: Value '${String(Status)}' at 'status' failed to satisfy constraint`);
  const key = user.accessKeys.find(({ accessKeyId }) => accessKeyId === AccessKeyId);
  if (key === undefined) throw new AwsError('NoSuchEntity', `The Access Key with id ${String(AccessKeyId)} cannot be found.`, 404);
  if (key.status === Status) return {};
  key.status = Status;
  key.statusAt = state.clock.now();
  return {};
}

function shown(account: string, role: Role): Json {
  const { path, roleName, roleId, createDate, description, tags = {}, lastUsed } = role;
  const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    Path: path,
    RoleName: roleName,
    RoleId: roleId,
    Arn: roleArn(account, role),
    CreateDate: iso(createDate),
    AssumeRolePolicyDocument: encodeURIComponent('{"Version":"2012-10-17","Statement":[]}'),
    ...(description === undefined ? {} : { Description: description }),
    MaxSessionDuration: 3_600,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    ...(lastUsed === undefined ? {} : { RoleLastUsed: { LastUsedDate: iso(lastUsed.date), Region: lastUsed.region } }),
  };
}
