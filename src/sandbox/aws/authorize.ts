/**
 * Whether a role's session may make a call: what its role may, by the template's own policies, and what its session policy leaves of that.
 * Sources: IAM user guide, "Policy evaluation for requests within a single account"; the service authorization reference for resources.
 */
import { askedBeside } from './asked.ts';
import { deployedRole } from './deployed-roles.ts';
import { AwsError } from './errors.ts';
import type { Caller, Json } from './operation.ts';
import { type Asked, type Context, verdictOf } from './policy.ts';
import type { Role } from './principal-shapes.ts';
import { roleNamed } from './principals.ts';
import type { DeployedRole, User } from './shapes.ts';
import type { AwsState, Session } from './state.ts';

/** Of the services whose calls are decided on here. */
const decided: readonly string[] = ['iam', 'cloudwatch'];

/** @throws AwsError `AccessDenied` */
export function authorize(state: AwsState, caller: Caller, call: { service: string; operation: string; input: Json }): void {
  // What a session of root may goes by its task.
  if (caller.roleArn === '' || caller.task !== undefined) return;
  const asked = decided.includes(call.service) ? [askedBy(state, caller, call)] : askedBeside(state, caller, call);
  for (const one of asked) decide(state, caller, one);
}

function decide(state: AwsState, caller: Caller, asked: Asked): void {
  const role = roleOf(state, caller.roleArn);
  // What a role of the account's own may is not known here: it may what none of its policies denies.
  const isOther = roleNamed(state.accounts[caller.account], caller.roleArn.split('/').at(-1) ?? '') !== undefined;
  const byRole = role === undefined ? (isOther ? 'allowed' : 'not-said') : verdictOf(role.policies, asked);
  const bySession = caller.policy === undefined ? 'allowed' : verdictOf([caller.policy], asked);
  const reason =
    byRole === 'denied'
      ? 'with an explicit deny in an identity-based policy'
      : byRole === 'not-said'
        ? `because no identity-based policy allows the ${asked.action} action`
        : bySession === 'allowed'
          ? undefined
          : `because no session policy allows the ${asked.action} action`;
  if (reason === undefined) return;
  const who = `User: ${sessionArn(caller)} is not authorized to perform: ${asked.action} on resource: ${asked.resource}`;
  throw new AwsError('AccessDenied', `${who} ${reason}`, 403);
}

/** As the template has it, unless the account has another one of that name: one of an older stack, say. */
export function roleOf(state: AwsState, arn: string): DeployedRole | undefined {
  const [, partition = '', , , account = '', resource = ''] = arn.split(':');
  const name = resource.split('/').at(-1) ?? '';
  const own = state.accounts[account]?.deployedRoles ?? {};
  return Object.hasOwn(own, name) ? own[name] : deployedRole(name, { account, partition });
}

export function sessionArn({ roleArn, roleSessionName }: Session): string {
  return roleArn.replace(/:iam::(\d+):role\/(?:.*\/)?([^/]+)$/, `:sts::$1:assumed-role/$2/${roleSessionName}`);
}

function askedBy(state: AwsState, caller: Caller, { service, operation, input }: { service: string; operation: string; input: Json }): Asked {
  const user = userIn(state, caller.account, input);
  const role = input.RoleName === undefined ? undefined : roleNamed(state.accounts[caller.account], String(input.RoleName));
  const tags = Object.entries(user?.tags ?? role?.tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, value]);
  const own = Object.entries(caller.tags ?? {}).map(([key, value]) => [`aws:PrincipalTag/${key}`, value]);
  const context: Context = {
    ...Object.fromEntries([...tags, ...own]),
    ...(caller.sourceIdentity === undefined ? {} : { 'aws:SourceIdentity': caller.sourceIdentity }),
    ...(input.PolicyArn === undefined ? {} : { 'iam:PolicyARN': String(input.PolicyArn) }),
  };
  return { action: `${service}:${operation}`, resource: resourceOf(state, caller, { operation, input, user, role }), context };
}

function userIn(state: AwsState, account: string, { UserName, AccessKeyId }: Json): User | undefined {
  const users = Object.values(state.accounts[account]?.users ?? {});
  if (UserName !== undefined) return users.find(({ userName }) => userName.toLowerCase() === String(UserName).toLowerCase());
  return AccessKeyId === undefined ? undefined : users.find(({ accessKeys }) => accessKeys.some((key) => key.accessKeyId === AccessKeyId));
}

interface About {
  readonly operation: string;
  readonly input: Json;
  readonly user: User | undefined;
  readonly role: Role | undefined;
}

function resourceOf(state: AwsState, { account, region, roleArn }: Caller, { operation, input, user, role }: About): string {
  const [, partition = ''] = roleArn.split(':');
  const iam = `arn:${partition}:iam::${account}:`;
  if (user !== undefined) return `${iam}user${user.path}${user.userName}`;
  if (input.UserName !== undefined || input.AccessKeyId !== undefined) return `${iam}user/${input.UserName ?? 'nobody'}`;
  if (input.RoleName !== undefined) return `${iam}role${role?.path ?? '/'}${role?.roleName ?? input.RoleName}`;
  if (input.GroupName !== undefined) return `${iam}group/${input.GroupName}`;
  if (input.SerialNumber !== undefined) return String(input.SerialNumber);
  if (input.PolicySourceArn !== undefined) return String(input.PolicySourceArn);
  const cloudWatch = `arn:${partition}:cloudwatch:${region}:${account}:`;
  if (operation === 'SetAlarmState') return state.alarm(account, region, String(input.AlarmName))?.arn ?? `${cloudWatch}alarm:${input.AlarmName}`;
  return operation === 'ListAlarmMuteRules' ? `${cloudWatch}alarm-mute-rule:*` : '*';
}
