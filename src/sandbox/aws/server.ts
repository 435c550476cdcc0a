/** Answers the real SDK clients. The credentials tell account, region and service; each service has a table of operations of its own. */
import { randomUUID } from 'node:crypto';
import type { Activity } from '../activity.ts';
import { type Faults, withTransportFault } from '../faults.ts';
import type { Call } from '../http.ts';
import type { Alarms } from './alarms.ts';
import { authorize } from './authorize.ts';
import { keepRecord } from './call-record.ts';
import { cloudTrailOperations } from './cloudtrail.ts';
import { cloudWatchOperations } from './cloudwatch.ts';
import { refuseContained, sessionOfKey } from './contained.ts';
import { AwsError } from './errors.ts';
import { eventsOperations } from './events.ts';
import { iamOperations } from './iam.ts';
import { identityStoreOperations } from './identity-store.ts';
import { logsOperations } from './logs.ts';
import { hubAccount, hubKey } from './names.ts';
import type { Caller, Json, Operations } from './operation.ts';
import { rootOperations } from './root.ts';
import { isSigned } from './signature.ts';
import { signInOperations, signInPaths } from './signin.ts';
import { snsOperations } from './sns.ts';
import { sqsOperations } from './sqs.ts';
import { ssoAdminOperations } from './sso-admin.ts';
import type { AwsState, Session } from './state.ts';
import { stsOperations } from './sts.ts';
import { type Protocol, type Result, send } from './wire.ts';

interface Request {
  readonly caller: Caller;
  readonly service: string;
  readonly operation: string;
  readonly input: Json;
  readonly protocol: Protocol;
  readonly requestId: string;
}

export interface AwsServer {
  readonly state: AwsState;
  readonly alarms: Alarms;
  readonly faults: Faults;
  readonly activity: Activity;
  /** Told of every call: `logs FilterLogEvents`, and `ok` or the error's code. */
  readonly seen: (what: string, status: string) => void;
}

export function awsServer({ state, alarms, faults, activity, seen }: AwsServer): (call: Call) => Promise<void> {
  const services = servicesOf({ state, alarms, seen });
  const ofRoot: typeof services = { iam: rootOperations(state) };

  const process = (request: Request, forced?: AwsError): Result => {
    const { caller, service, operation, input } = request;
    let result: Result;
    try {
      if (forced) throw forced;
      if (caller.account === '') throw new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
      if (state.accounts[caller.account] === undefined) throw new AwsError('AccessDenied', 'There is no such account.', 403);
      refuseContained(state, caller, request);
      authorize(state, caller, request);
      const run = (caller.task === undefined ? services : ofRoot)[service]?.[operation];
      if (run === undefined) throw new AwsError('InvalidAction', `The sandbox does not know ${service} ${operation}.`);
      result = { output: run(caller, input) };
      keepRecord(state, request);
    } catch (thrown) {
      if (!(thrown instanceof AwsError)) throw thrown;
      result = { error: thrown };
    }
    const code = 'error' in result ? result.error.code : undefined;
    record(state, request, code);
    seen(`${service} ${operation}`, code ?? 'ok');
    return result;
  };

  return async (call) => {
    const done = activity.begin();
    try {
      const request = read(state, call);
      const fault = faults.takeAws(request.operation);
      const answer = async (): Promise<void> => send(call.response, request, process(request));
      if (fault === undefined) return await answer();
      if (await withTransportFault(fault.mode, call, fault.ms, answer, async () => void process(request))) {
        if (fault.mode.endsWith('before')) record(state, request, fault.mode);
        return;
      }
      send(call.response, request, process(request, faultError(fault.mode, request)));
    } finally {
      done();
    }
  };
}

function servicesOf({ state, alarms, seen }: Pick<AwsServer, 'state' | 'alarms' | 'seen'>): Readonly<Record<string, Operations>> {
  return {
    cloudtrail: cloudTrailOperations(state),
    cloudwatch: cloudWatchOperations(state, alarms),
    events: eventsOperations(state),
    iam: iamOperations(state),
    identitystore: identityStoreOperations(state),
    logs: logsOperations(state),
    signin: signInOperations(state),
    sns: snsOperations(state, seen),
    sqs: sqsOperations(state),
    sso: ssoAdminOperations(state),
    sts: stsOperations(state),
  };
}

/** Services of the query protocol, and CloudWatch that stands for one, name these errors without “Exception”. */
function faultError(mode: string, { service, protocol }: Request): AwsError {
  if (mode === 'throttle' && protocol === 'rest') return new AwsError('TooManyRequestsError', 'Rate exceeded', 429);
  const suffix = protocol === 'query' || service === 'cloudwatch' || service === 'sqs' ? '' : 'Exception';
  if (mode === 'throttle') return new AwsError(`Throttling${suffix}`, 'Rate exceeded', 400);
  if (mode === 'denied') return new AwsError(`AccessDenied${suffix}`, 'The role may not do this.', 403);
  return new AwsError('ServiceFailure', 'Internal error', 500);
}

/** Of every access key that the sandbox gives out. */
const secret = 'sandbox';

const responder: Session = { account: hubAccount, roleArn: '', roleSessionName: '', sourceIdentity: undefined };

/** `Credential=AKIA…/20261122/us-east-1/iam/aws4_request` tells who, where and what. */
function read(state: AwsState, call: Call): Request {
  const { request, body, rest } = call;
  const [, key = '', region = '', signed = ''] =
    /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\/aws4_request/.exec(request.headers.authorization ?? '') ?? [];
  const session = key === hubKey ? responder : (state.sessions.get(key) ?? sessionOfKey(state, key) ?? { ...responder, account: '' });
  const target = request.headers['x-amz-target'];
  const known = { caller: { ...session, region }, service: signed === 'monitoring' ? 'cloudwatch' : signed, requestId: randomUUID() };
  if (typeof target === 'string')
    return { ...known, operation: target.split('.')[1] ?? '', input: JSON.parse(body.toString('utf8')) as Json, protocol: 'json' };
  if (signed === 'signin') {
    const caller = isSigned(call, secret) ? known.caller : { ...known.caller, account: '' };
    return { ...known, caller, operation: signInPaths[`/${rest}`] ?? '', input: JSON.parse(body.toString('utf8')) as Json, protocol: 'rest' };
  }
  const { Action = '', Version: _version, ...input } = Object.fromEntries(new URLSearchParams(body.toString('utf8')));
  return { ...known, operation: Action, input, protocol: 'query' };
}

const hidden = new Set(['Password', 'Token']);

function record(state: AwsState, { caller, service, operation, input, requestId }: Request, error: string | undefined): void {
  const shown = Object.fromEntries(Object.entries(input).map(([key, value]) => [key, hidden.has(key) ? '[hidden]' : value]));
  state.calls.push({
    at: state.clock.now(),
    account: caller.account,
    region: caller.region,
    service,
    operation,
    input: shown,
    requestId,
    ...(error ? { error } : {}),
    ...(caller.sourceIdentity ? { sourceIdentity: caller.sourceIdentity } : {}),
    ...(caller.roleSessionName ? { roleSessionName: caller.roleSessionName } : {}),
    ...(caller.tags ? { tags: caller.tags } : {}),
  });
}
