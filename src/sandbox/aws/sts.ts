/** STS: who calls, and role sessions. Sources: the STS API reference; the service authorization reference for what each action is asked with. */
import { roleOf, sessionArn } from './authorize.ts';
import { responderArn } from './deployed-roles.ts';
import { AwsError } from './errors.ts';
import { organization } from './names.ts';
import type { Caller, Json, Operations } from './operation.ts';
import { verdictOf } from './policy.ts';
import { rootTasks } from './root.ts';
import type { AwsState, Session } from './state.ts';

const longestPolicy = 2_048;
const mostTags = 50;

export function stsOperations(state: AwsState): Operations {
  return {
    GetCallerIdentity: ({ account }) => ({ Account: account, Arn: `arn:aws:iam::${account}:user/responder`, UserId: 'AIDASANDBOX' }),
    AssumeRole: (caller, input) => {
      const RoleArn = String(input.RoleArn);
      const account = /^arn:aws[\w-]*:iam::(\d{12}):role\//.exec(RoleArn)?.[1] ?? '';
      const asked = askedFor(input);
      if (state.accounts[account] === undefined) throw notAuthorized(caller, 'sts:AssumeRole', RoleArn);
      decide(state, caller, { RoleArn, ...asked });
      const { tags, roleSessionName, sourceIdentity, policy } = asked;
      const session = {
        account,
        roleArn: RoleArn,
        roleSessionName,
        sourceIdentity,
        issuedAt: state.clock.now(),
        ...(Object.keys(tags).length > 0 ? { tags } : {}),
        ...(policy === undefined ? {} : { policy }),
      };
      return {
        Credentials: credentialsFor(state, session, asked.seconds),
        AssumedRoleUser: { Arn: sessionArn(session), AssumedRoleId: `AROASANDBOX:${roleSessionName}` },
        ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
      };
    },
    AssumeRoot: (caller, input) => assumeRoot(state, caller, input),
  };
}

function credentialsFor(state: AwsState, session: Session, seconds: number): Json {
  const AccessKeyId = `ASIA${String(state.sessions.size + 1).padStart(16, '0')}`;
  state.sessions.set(AccessKeyId, session);
  const Expiration = new Date(Date.now() + seconds * 1_000).toISOString();
  return { AccessKeyId, SecretAccessKey: 'sandbox', SessionToken: `token-${AccessKeyId}`, Expiration };
}

const longestRootSeconds = 900;

/** From the management account, of another account of the organisation, for one task. */
function assumeRoot(state: AwsState, caller: Caller, input: Json): Json {
  const [, account = ''] = /^(?:arn:aws[\w-]*:iam::)?(\d{12})(?::root)?$/.exec(String(input.TargetPrincipal)) ?? [];
  const [, task = ''] = /^arn:aws[\w-]*:iam::aws:policy\/root-task\/(\w+)$/.exec(String(input['TaskPolicyArn.arn'])) ?? [];
  const seconds = Number(input.DurationSeconds ?? longestRootSeconds);
  if (!Object.hasOwn(rootTasks, task)) throw new AwsError('ValidationError', 'TaskPolicyArn is none of the policies for tasks of root');
  if (!(seconds >= 0 && seconds <= longestRootSeconds)) throw new AwsError('ValidationError', 'DurationSeconds must be 900 or less');
  const target = state.accounts[account];
  if (!state.accounts[caller.account]?.isManagement || target === undefined || target.isManagement)
    throw notAuthorized(caller, 'sts:AssumeRoot', `arn:aws:iam::${account}:root`);
  const { sourceIdentity } = caller;
  const session = { account, roleArn: `arn:aws:iam::${account}:root`, roleSessionName: '', sourceIdentity, task };
  return { Credentials: credentialsFor(state, session, seconds), ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }) };
}

interface AskedFor {
  readonly roleSessionName: string;
  readonly sourceIdentity: string | undefined;
  readonly tags: Record<string, string>;
  readonly policy: Json | undefined;
  readonly seconds: number;
}

/** @throws AwsError for what STS does not take */
function askedFor(input: Json): AskedFor {
  const name = /^[\w+=,.@-]{2,64}$/;
  const { RoleSessionName, SourceIdentity, Policy, DurationSeconds = 3_600 } = input;
  if (!name.test(String(RoleSessionName))) throw new AwsError('ValidationError', 'RoleSessionName is not valid');
  if (SourceIdentity !== undefined && !name.test(String(SourceIdentity))) throw new AwsError('ValidationError', 'SourceIdentity is not valid');
  const tags = tagsIn(input);
  const isTag = ([key, value]: [string, string]): boolean =>
    /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(key) && /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(value);
  if (Object.keys(tags).length > mostTags || !Object.entries(tags).every(isTag)) throw new AwsError('ValidationError', 'Tags are not valid');
  const seconds = Number(DurationSeconds);
  if (!(seconds >= 900 && seconds <= 43_200)) throw new AwsError('ValidationError', 'DurationSeconds is out of range');
  return {
    roleSessionName: String(RoleSessionName),
    sourceIdentity: SourceIdentity === undefined ? undefined : String(SourceIdentity),
    tags,
    policy: Policy === undefined ? undefined : policyIn(String(Policy)),
    seconds,
  };
}

function policyIn(text: string): Json {
  if (text.length > longestPolicy || !/^[\t\n\r\u0020-\u00ff]+$/.test(text))
    throw new AwsError('ValidationError', "1 validation error detected: Value at 'policy' failed to satisfy constraint");
  try {
    const policy = JSON.parse(text) as Json;
    verdictOf([policy], { action: 'sts:GetCallerIdentity', resource: '*', context: {} });
    return policy;
  } catch {
    throw new AwsError('MalformedPolicyDocument', 'This policy contains invalid Json');
  }
}

interface Wanted extends AskedFor {
  readonly RoleArn: string;
}

/** By the trust of the role: each of the actions is asked for on its own, and with what it knows of the request. */
function decide(state: AwsState, caller: Caller, { RoleArn, sourceIdentity, roleSessionName, tags }: Wanted): void {
  const trust = roleOf(state, RoleArn)?.trust;
  if (trust === undefined) throw notAuthorized(caller, 'sts:AssumeRole', RoleArn);
  const [, partition = ''] = RoleArn.split(':');
  const principals = caller.roleArn === '' ? [responderArn(partition)] : [caller.roleArn, sessionArn(caller)];
  const global = { 'aws:PrincipalOrgID': state.accounts[caller.account]?.organization ?? organization };
  const named = sourceIdentity === undefined ? {} : { 'sts:SourceIdentity': sourceIdentity };
  const requested = Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value]));
  const tagged = Object.keys(tags).length === 0 ? {} : { ...requested, 'aws:TagKeys': Object.keys(tags) };
  const asked = [
    { action: 'sts:AssumeRole', context: { ...global, ...named, ...tagged, 'sts:RoleSessionName': roleSessionName } },
    ...(sourceIdentity === undefined ? [] : [{ action: 'sts:SetSourceIdentity', context: { ...global, ...named } }]),
    ...(Object.keys(tags).length === 0 ? [] : [{ action: 'sts:TagSession', context: { ...global, ...tagged } }]),
  ];
  for (const { action, context } of asked)
    if (verdictOf([trust], { action, principals, context }) !== 'allowed') throw notAuthorized(caller, action, RoleArn);
}

function notAuthorized(caller: Caller, action: string, roleArn: string): AwsError {
  const who = caller.roleArn === '' ? responderArn(roleArn.split(':')[1] ?? '') : sessionArn(caller);
  return new AwsError('AccessDenied', `User: ${who} is not authorized to perform: ${action} on resource: ${roleArn}`, 403);
}

/** Session tags, as the query protocol writes lists: `Tags.member.1.Key`. */
function tagsIn(input: Json): Record<string, string> {
  const keys = Object.entries(input).filter(([name]) => /^Tags\.member\.\d+\.Key$/.test(name));
  return Object.fromEntries(keys.map(([name, key]) => [String(key), String(input[name.replace(/Key$/, 'Value')] ?? '')]));
}
