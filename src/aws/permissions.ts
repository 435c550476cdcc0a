/**
 * Tries each permission by a call that changes nothing: it reads, or it names a user, device or alarm that does not exist. AWS checks the
 * permission first, so "no such user" proves that it is there.
 */
import { AppError, asAppError } from '../domain/error.ts';
import { readsByName, type TriedPermission } from '../domain/inspection.ts';
import type { Json } from '../domain/json.ts';
import { iamArn, queueUrlOf } from '../domain/place.ts';
import type { Actor } from '../domain/response/actor.ts';
import { denyAllArn } from '../domain/response/kept-state.ts';
import type { AllowedBy, OptionalPart } from '../domain/response/parts.ts';
import { queueArn, ruleQueueName } from '../domain/sweep/letters.ts';
import type { Accounts } from './accounts.ts';
import { queueClient } from './letters.ts';
import { sdk } from './sdk.ts';
import { sessionsTries } from './session-permissions.ts';
import { signInClient } from './sign-in-client.ts';

const nobody = 'signin-responder-doctor-no-such-user';
/** No name of the responder's own roles begins so: those it is denied whatever it may. */
const noRole = 'doctor-no-such-role';
const noKey = 'AKIADOCTORNOSUCHKEY0';
const noAlarm = 'signin-responder-doctor-no-such-alarm';
/** Changes need the name of a person; this is none of Slack's. */
function doctor(account: string, needed: readonly Needed[]): Actor {
  const calls = needed.map(({ action }) => ({ action, resource: '*', account }));
  return { person: { id: 'U0DOCTOR', name: 'doctor' }, incident: 0, response: 'doctor', calls, sent: () => undefined };
}

type Try = readonly [action: string, call: () => Promise<unknown>, part?: OptionalPart | 'each' | undefined];
type Tried = readonly TriedPermission[];

/** What a response needs, and the part of the template that allows it. */
export interface Needed {
  readonly action: string;
  readonly part?: AllowedBy;
}

interface Tries {
  readonly accounts: Accounts;
  /** With the role that denies sessions for changes; undefined: none is configured. */
  readonly denying?: Accounts | undefined;
  readonly account: string;
  readonly region: string;
  /** What the responses need. */
  readonly needed: readonly Needed[];
}

export async function permissionsOf({ accounts, denying, account, region, needed }: Tries): Promise<Tried> {
  const reading = await withRole('the role that reads (AWS_MEMBER_ROLE)', () => readTries(accounts, account, region));
  const responding = await withRole('the role that responds (AWS_RESPOND_ROLE)', () => respondTries(accounts, account, { region, needed }));
  const person = await faultOf(() => accounts.tryReadingAs(account, doctor(account, [])));
  // Where the role cannot be assumed at all, that is told already.
  const byName = reading.some(({ action }) => action.startsWith('assume')) ? [] : [{ action: readsByName, fault: person }];
  return [...reading, ...byName, ...responding, ...(denying === undefined ? [] : await sessionsTried({ accounts, denying, account }))];
}

/** The role that denies sessions, and what the role that reads may for it. */
async function sessionsTried(hands: { accounts: Accounts; denying: Accounts; account: string }): Promise<Tried> {
  const actor = doctor(hands.account, [{ action: 'iam:PutUserPolicy' }, { action: 'iam:PutRolePolicy' }]);
  const tried = await withRole('the role that denies sessions (AWS_SESSIONS_ROLE)', () => sessionsTries(hands, { actor, nobody, noRole }));
  return tried.map((one) => ({ ...one, part: 'DenySessions' }));
}

/** Where the role cannot be assumed, that is said once. */
export async function withRole(role: string, tries: () => Promise<readonly Try[]>): Promise<Tried> {
  let list: readonly Try[];
  try {
    list = await tries();
  } catch (thrown) {
    return [{ action: `assume ${role}`, fault: asAppError(thrown).message }];
  }
  const tried = await Promise.all(list.map(async ([action, call, part]) => ({ action, error: await errorOf(call), part })));
  const [first] = tried;
  if (first !== undefined && tried.every(({ error }) => error?.operation === 'AssumeRole'))
    return [{ action: `assume ${role}`, fault: first.error?.message }];
  return tried.map(({ action, error, part }) => ({ action, fault: error?.message, ...(part === undefined ? {} : { part }) }));
}

async function faultOf(call: () => Promise<unknown>): Promise<string | undefined> {
  return (await errorOf(call))?.message;
}

async function errorOf(call: () => Promise<unknown>): Promise<AppError | undefined> {
  try {
    await call();
    return undefined;
  } catch (thrown) {
    const error = asAppError(thrown);
    return error.code === 'not-found' || error.reason === 'ReceiptHandleIsInvalid' ? undefined : error;
  }
}

/** Receives a message only to leave it where it is, and deletes none that there is. */
async function queueTries(accounts: Accounts, queue: string): Promise<Try[]> {
  const sqs = await queueClient(accounts, queue);
  const QueueUrl = queueUrlOf(queue);
  const attempt = (action: string, send: () => Promise<unknown>): Try => [action, () => accounts.called(action.split(':')[1] ?? '', false, send)];
  return [
    attempt('sqs:ReceiveMessage', () => sqs.send(new sdk.sqs.ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 1, VisibilityTimeout: 0 }))),
    attempt('sqs:DeleteMessage', () => sqs.send(new sdk.sqs.DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'npm run doctor: is this allowed?' }))),
    attempt('sqs:GetQueueAttributes', () => sqs.send(new sdk.sqs.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }))),
  ];
}

/** Why a queue cannot be emptied; undefined: it can. */
export async function queueFaultOf(accounts: Accounts, queue: string): Promise<string | undefined> {
  for (const [action, call] of await queueTries(accounts, queue)) {
    const fault = await faultOf(call);
    if (fault !== undefined) return `${action}: ${fault}`;
  }
  return undefined;
}

async function readTries(accounts: Accounts, account: string, region: string): Promise<Try[]> {
  const [iam, cloudWatch, logs, trail] = await Promise.all([
    accounts.iam(account),
    accounts.cloudWatch(account, region),
    accounts.logs(account, region),
    accounts.cloudTrail(account, region),
  ]);
  const read = (action: string, send: () => Promise<unknown>): readonly [string, () => Promise<unknown>] => [
    action,
    () => accounts.called(action.split(':')[1] ?? '', false, send),
  ];
  return [
    read('cloudtrail:LookupEvents', () => trail.send(new sdk.cloudTrail.LookupEventsCommand({ MaxResults: 1 }))),
    read('cloudwatch:DescribeAlarms', () => cloudWatch.send(new sdk.cloudWatch.DescribeAlarmsCommand({ AlarmNames: [noAlarm] }))),
    read('cloudwatch:ListAlarmMuteRules', () => cloudWatch.send(new sdk.cloudWatch.ListAlarmMuteRulesCommand({ MaxRecords: 1 }))),
    read('cloudwatch:DescribeAlarmHistory', () =>
      cloudWatch.send(new sdk.cloudWatch.DescribeAlarmHistoryCommand({ AlarmName: noAlarm, MaxRecords: 1 })),
    ),
    read('logs:DescribeMetricFilters', () => logs.send(new sdk.logs.DescribeMetricFiltersCommand({ limit: 1 }))),
    read('logs:TestMetricFilter', () => logs.send(new sdk.logs.TestMetricFilterCommand({ filterPattern: '{ $.a = 1 }', logEventMessages: ['{}'] }))),
    ...(await queueTries(accounts, queueArn({ account, region }, ruleQueueName))),
    read('iam:GetAccountPasswordPolicy', () => iam.send(new sdk.iam.GetAccountPasswordPolicyCommand({}))),
    read('iam:ListUsers', () => iam.send(new sdk.iam.ListUsersCommand({ MaxItems: 1 }))),
    read('iam:ListVirtualMFADevices', () => iam.send(new sdk.iam.ListVirtualMFADevicesCommand({ MaxItems: 1 }))),
    read('iam:GetUser', () => iam.send(new sdk.iam.GetUserCommand({ UserName: nobody }))),
    read('iam:GetLoginProfile', () => iam.send(new sdk.iam.GetLoginProfileCommand({ UserName: nobody }))),
    read('iam:ListMFADevices', () => iam.send(new sdk.iam.ListMFADevicesCommand({ UserName: nobody }))),
    read('iam:SimulatePrincipalPolicy', async () => iam.send(new sdk.iam.SimulatePrincipalPolicyCommand(await simulation(accounts, account)))),
    read('iam:ListAccessKeys', () => iam.send(new sdk.iam.ListAccessKeysCommand({ UserName: nobody }))),
    read('iam:ListAttachedUserPolicies', () => iam.send(new sdk.iam.ListAttachedUserPoliciesCommand({ UserName: nobody }))),
    read('iam:ListUserPolicies', () => iam.send(new sdk.iam.ListUserPoliciesCommand({ UserName: nobody }))),
    read('iam:ListGroupsForUser', () => iam.send(new sdk.iam.ListGroupsForUserCommand({ UserName: nobody }))),
    read('iam:ListAttachedGroupPolicies', () => iam.send(new sdk.iam.ListAttachedGroupPoliciesCommand({ GroupName: nobody }))),
    read('iam:ListGroupPolicies', () => iam.send(new sdk.iam.ListGroupPoliciesCommand({ GroupName: nobody }))),
    [...read('iam:GetRole', () => iam.send(new sdk.iam.GetRoleCommand({ RoleName: noRole }))), 'ContainRoles'],
    [...read('iam:ListAttachedRolePolicies', () => iam.send(new sdk.iam.ListAttachedRolePoliciesCommand({ RoleName: noRole }))), 'ContainRoles'],
    ...signInTries(accounts, account, region),
  ];
}

/** Of a user and a session that are not there. */
function signInTries(accounts: Accounts, account: string, region: string): Try[] {
  const client = signInClient(accounts);
  const read = (operation: 'ListSessions' | 'GetSession', input: Json): Try => [
    `signin:${operation}`,
    () => client({ account, region, operation, input }),
    'each',
  ];
  const principalArn = iamArn(region, account, `user/${nobody}`);
  return [read('ListSessions', { principalArn }), read('GetSession', { principalArn, sessionArn: noSession(account, region) })];
}

function noSession(account: string, region: string): string {
  return `${iamArn(region, account, '').split(':iam:')[0]}:signin:${region}:${account}:session/${nobody}`;
}

async function simulation(accounts: Accounts, account: string) {
  return { PolicySourceArn: await accounts.acting(account), ActionNames: ['iam:GetUser'], ResourceArns: ['*'] };
}

async function respondTries(accounts: Accounts, account: string, { region, needed }: Pick<Tries, 'region' | 'needed'>): Promise<Try[]> {
  const actor = doctor(account, needed);
  const [iam, cloudWatch] = await Promise.all([accounts.iam(account, actor), accounts.cloudWatch(account, region, actor)]);
  const serial = iamArn(region, account, `mfa/${nobody}`);
  const PolicyArn = denyAllArn(region, account);
  const tries: Record<string, () => Promise<unknown>> = {
    // Without a password: even if there were such a user, its password would stay as it is.
    'iam:UpdateLoginProfile': () => iam.send(new sdk.iam.UpdateLoginProfileCommand({ UserName: nobody })),
    'iam:DeactivateMFADevice': () => iam.send(new sdk.iam.DeactivateMFADeviceCommand({ UserName: nobody, SerialNumber: serial })),
    'iam:DeleteVirtualMFADevice': () => iam.send(new sdk.iam.DeleteVirtualMFADeviceCommand({ SerialNumber: serial })),
    'iam:UpdateAccessKey': () => iam.send(new sdk.iam.UpdateAccessKeyCommand({ UserName: nobody, AccessKeyId: noKey, Status: 'Inactive' })),
    'iam:AttachUserPolicy': () => iam.send(new sdk.iam.AttachUserPolicyCommand({ UserName: nobody, PolicyArn })),
    'iam:DetachUserPolicy': () => iam.send(new sdk.iam.DetachUserPolicyCommand({ UserName: nobody, PolicyArn })),
    'iam:AttachRolePolicy': () => iam.send(new sdk.iam.AttachRolePolicyCommand({ RoleName: noRole, PolicyArn })),
    'iam:DetachRolePolicy': () => iam.send(new sdk.iam.DetachRolePolicyCommand({ RoleName: noRole, PolicyArn })),
    'signin:BatchRevokeSessions': () =>
      signInClient(accounts)({ account, region, operation: 'BatchRevokeSessions', input: { sessionArns: [noSession(account, region)] }, actor }),
    'cloudwatch:SetAlarmState': () =>
      cloudWatch.send(
        new sdk.cloudWatch.SetAlarmStateCommand({ AlarmName: noAlarm, StateValue: 'OK', StateReason: 'npm run doctor: is this allowed?' }),
      ),
  };
  return needed.map(({ action, part }): Try => {
    const send = tries[action];
    return [action, () => (send === undefined ? untried() : accounts.called(action.split(':')[1] ?? '', true, send)), part];
  });
}

function untried(): Promise<never> {
  return Promise.reject(new AppError('internal', 'The doctor does not know how to try this.'));
}
