/** What attached and inline policies and switched-off keys do to the calls of a user or a role. Source: IAM user guide, "Policy evaluation logic". */
import { keepDenied } from './call-record.ts';
import { AwsError } from './errors.ts';
import type { Caller, Json } from './operation.ts';
import { type Context, verdictOf } from './policy.ts';
import { effective, isKeyTaken, roleNamed, userArn } from './principals.ts';
import type { AwsState, Session } from './state.ts';

/** The IAM user whose access key it is, where calls with it are taken. */
export function sessionOfKey({ accounts, clock }: AwsState, key: string): Session | undefined {
  for (const [account, { users }] of Object.entries(accounts)) {
    const user = Object.values(users).find(({ accessKeys }) => accessKeys.some((one) => one.accessKeyId === key && isKeyTaken(one, clock.now())));
    if (user) return { account, roleArn: '', roleSessionName: '', sourceIdentity: undefined, userName: user.userName };
  }
  return undefined;
}

/** Services of the query protocol, and CloudWatch and SQS, leave “Exception” out. */
const plainly: readonly string[] = ['iam', 'sts', 'sns', 'sqs', 'cloudwatch'];

/** @throws AwsError `AccessDenied` for whoever has a policy that denies it, which CloudTrail then has as well */
export function refuseContained(state: AwsState, caller: Caller, { service, operation }: { service: string; operation: string }): void {
  // Allowed to everybody, whatever a policy denies.
  if (`${service}:${operation}` === 'sts:GetCallerIdentity' || !isDenied(state, caller, `${service}:${operation}`)) return;
  const code = plainly.includes(service) ? 'AccessDenied' : 'AccessDeniedException';
  const message = `User: ${arnOf(state, caller)} is not authorized to perform: ${service}:${operation} with an explicit deny in an identity-based policy`;
  keepDenied(state, { caller, eventSource: `${service}.amazonaws.com`, eventName: operation, message });
  throw new AwsError(code, message, 403);
}

/** Whether a policy denies whatever is called. */
export function isDenied(state: AwsState, caller: Caller, action = 'signin:AuthorizeOAuth2Access'): boolean {
  const { policies, context } = policiesOf(state, caller);
  return verdictOf(policies, { action, resource: '*', context }) === 'denied';
}

function policiesOf({ accounts, clock }: AwsState, caller: Caller): { policies: Json[]; context: Context } {
  const { account, roleArn, userName } = caller;
  const here = accounts[account];
  const role = userName === undefined ? roleNamed(here, roleArn.split('/').at(-1) ?? '') : undefined;
  const user = userName === undefined ? undefined : here?.users[userName];
  const holder = role ?? user;
  const attached = effective(holder?.attachedPolicies, clock.now()).flatMap(({ arn }): Json[] => {
    const document = here?.policies?.[arn];
    return document === undefined ? [] : [document as Json];
  });
  const inline = effective(holder?.inlinePolicies, clock.now()).map(({ document }) => JSON.parse(document) as Json);
  const id = role === undefined ? user?.userId : `${role.roleId}:${caller.roleSessionName}`;
  return { policies: [...attached, ...inline], context: contextOf(caller, id) };
}

/** A call with an access key has no time at which a session's token was issued. */
function contextOf({ issuedAt, sourceIdentity }: Caller, id: string | undefined): Context {
  return {
    ...(issuedAt === undefined ? {} : { 'aws:TokenIssueTime': new Date(issuedAt).toISOString() }),
    ...(id === undefined ? {} : { 'aws:userid': id }),
    ...(sourceIdentity === undefined ? {} : { 'aws:SourceIdentity': sourceIdentity }),
  };
}

function arnOf({ accounts }: AwsState, { account, userName, roleArn, roleSessionName }: Caller): string {
  const user = accounts[account]?.users[userName ?? ''];
  return user === undefined ? `arn:aws:sts::${account}:assumed-role/${roleArn.split('/').at(-1)}/${roleSessionName}` : userArn(account, user);
}
