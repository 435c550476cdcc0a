/** The CloudTrail record of a call that the emulated AWS took. Source: "CloudTrail record contents". */
import { randomUUID } from 'node:crypto';
import { sessionArn } from './authorize.ts';
import type { Caller, Json } from './operation.ts';
import type { AwsState } from './state.ts';

/** Event history is late. */
const historyMs = 300_000;
const sources: Readonly<Record<string, string>> = {
  iam: 'iam.amazonaws.com',
  cloudwatch: 'monitoring.amazonaws.com',
  sso: 'sso.amazonaws.com',
  identitystore: 'identitystore.amazonaws.com',
  signin: 'signin.amazonaws.com',
};
const reads = /^(Get|List|Describe|Simulate|Generate)/;
const hidden = new Set(['Password']);

interface Taken {
  readonly caller: Caller;
  readonly service: string;
  readonly operation: string;
  readonly input: Json;
  readonly requestId: string;
}

/** What a change leaves in Event history; what only reads leaves nothing here. */
export function keepRecord(state: AwsState, { caller, service, operation, input, requestId }: Taken): void {
  const eventSource = Object.hasOwn(sources, service) ? sources[service] : undefined;
  if (eventSource === undefined || reads.test(operation)) return;
  const at = state.clock.now();
  const shown = Object.entries(input).filter(([key]) => !hidden.has(key));
  const requestParameters = Object.fromEntries(shown.map(([key, value]) => [`${key.charAt(0).toLowerCase()}${key.slice(1)}`, value]));
  const region = service === 'iam' ? 'us-east-1' : caller.region;
  const record = { ...callRecord({ ...caller, region }, { eventSource, eventName: operation, requestParameters, at }), requestID: requestId };
  state.accounts[caller.account]?.trail.push({ region, visibleAt: at + historyMs, record });
}

/** What a policy denied to somebody is in Event history too. */
export function keepDenied(state: AwsState, { caller, eventSource, eventName, message }: Denied): void {
  const at = state.clock.now();
  const record = { ...callRecord(caller, { eventSource, eventName, requestParameters: {}, at }), errorCode: 'AccessDenied', errorMessage: message };
  state.accounts[caller.account]?.trail.push({ region: caller.region, visibleAt: at + historyMs, record });
}

interface Denied {
  readonly caller: Caller;
  readonly eventSource: string;
  readonly eventName: string;
  readonly message: string;
}

interface Called {
  readonly eventSource: string;
  readonly eventName: string;
  readonly requestParameters: Json;
  /** Milliseconds. */
  readonly at: number;
}

function callRecord(caller: Caller, { at, ...event }: Called): Json {
  return {
    eventVersion: '1.11',
    userIdentity: identityOf(caller),
    eventTime: new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'),
    awsRegion: caller.region,
    sourceIPAddress: '192.0.2.10',
    userAgent: 'aws-sdk-js/3',
    ...event,
    responseElements: null,
    requestID: randomUUID(),
    eventID: randomUUID(),
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: caller.account,
    eventCategory: 'Management',
  };
}

function identityOf(caller: Caller): Json {
  const { account, roleArn, roleSessionName, sourceIdentity, task, userName } = caller;
  const named = sourceIdentity === undefined ? {} : { sourceIdentity };
  if (task !== undefined)
    return { type: 'Root', principalId: account, arn: roleArn, accountId: account, sessionContext: { assumedRoot: 'true', ...named } };
  if (userName !== undefined) return { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/${userName}`, accountId: account, userName };
  if (roleArn === '') return { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/responder`, accountId: account, userName: 'responder' };
  const role = roleArn.split('/').at(-1) ?? '';
  return {
    type: 'AssumedRole',
    principalId: `AROASANDBOX:${roleSessionName}`,
    arn: sessionArn(caller),
    accountId: account,
    sessionContext: {
      sessionIssuer: { type: 'Role', arn: roleArn, accountId: account, userName: role },
      ...named,
    },
  };
}
