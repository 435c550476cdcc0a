/** Answers the real SDK clients: awsQuery (IAM, STS, SNS) in XML, awsJson (CloudWatch, Logs, CloudTrail, the identity store) in JSON. Account and region come from the credentials. */
import type { ServerResponse } from 'node:http';
import type { Activity } from '../activity.ts';
import { type Faults, withTransportFault } from '../faults.ts';
import type { Call } from '../http.ts';
import type { CloudWatch } from './cloudwatch.ts';
import { AwsError } from './errors.ts';
import { type Input, iamOperations, type Operation } from './iam.ts';
import { logsOperations } from './logs.ts';
import { hubAccount, hubKey } from './names.ts';
import { setupOperations, snsOperations } from './setup.ts';
import type { AwsState, Session } from './state.ts';
import { type JsonOperation, trailOperations } from './trail.ts';

interface Request {
  readonly session: Session;
  readonly service: string;
  readonly region: string;
  readonly operation: string;
  readonly input: Record<string, unknown>;
  readonly isQuery: boolean;
}

type Result = { readonly output: Record<string, unknown> } | { readonly error: AwsError };

export function awsServer(
  state: AwsState,
  cloudWatch: CloudWatch,
  faults: Faults,
  activity: Activity,
  seen: (what: string, status: string) => void,
): (call: Call) => Promise<void> {
  const iam = iamOperations(state);
  const sts = stsOperations(state);
  const json: Record<string, JsonOperation> = {
    ...trailOperations(state),
    ...logsOperations(state),
    ...setupOperations(state),
    DescribeAlarms: (account, region, input) => cloudWatch.describe(account, region, input),
    SetAlarmState: (account, region, input) => cloudWatch.setState(account, region, input),
  };
  const sns = snsOperations(state);

  const run = (request: Request): Record<string, unknown> => {
    const { session, region, service, operation, input } = request;
    if (service === 'sts') return (sts[operation] ?? unknown(operation))(session.account, input as Input);
    if (service === 'iam') return (iam[operation] ?? unknown(operation))(session.account, input as Input);
    if (service === 'sns') return (sns[operation] ?? unknown(operation))(session.account, input as Input);
    const called = json[operation];
    if (called) return called(session.account, region, input);
    throw new AwsError('InvalidAction', `The sandbox does not know ${service} ${operation}.`);
  };

  const process = (request: Request, forced?: AwsError): Result => {
    let result: Result;
    try {
      if (forced) throw forced;
      if (state.accounts[request.session.account] === undefined) throw new AwsError('AccessDenied', 'There is no such account.', 403);
      result = { output: run(request) };
    } catch (thrown) {
      if (!(thrown instanceof AwsError)) throw thrown;
      result = { error: thrown };
    }
    record(state, request, 'error' in result ? result.error.code : undefined);
    seen(`${request.service} ${request.operation}`, 'error' in result ? result.error.code : 'ok');
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
      send(call.response, request, process(request, faultError(fault.mode)));
    } finally {
      done();
    }
  };
}

function faultError(mode: string): AwsError {
  if (mode === 'throttle') return new AwsError('Throttling', 'Rate exceeded', 400);
  return mode === 'denied' ? new AwsError('AccessDenied', 'The role may not do this.', 403) : new AwsError('ServiceFailure', 'Internal error', 500);
}

function unknown(operation: string): Operation {
  return () => {
    throw new AwsError('InvalidAction', `The sandbox does not know ${operation}.`);
  };
}

function stsOperations(state: AwsState): Record<string, Operation> {
  return {
    GetCallerIdentity: (account) => ({ Account: account, Arn: `arn:aws:iam::${account}:user/responder`, UserId: 'AIDASANDBOX' }),
    AssumeRole: (_account, input) => {
      const account = /^arn:aws:iam::(\d{12}):role\//.exec(String(input.RoleArn))?.[1] ?? '';
      if (state.accounts[account] === undefined)
        throw new AwsError('AccessDenied', `Not authorized to perform sts:AssumeRole on ${input.RoleArn}`, 403);
      if (!/^[\w+=,.@-]{2,64}$/.test(String(input.RoleSessionName))) throw new AwsError('ValidationError', 'RoleSessionName is not valid');
      const AccessKeyId = `ASIA${String(state.sessions.size + 1).padStart(16, '0')}`;
      state.sessions.set(AccessKeyId, { account, roleSessionName: String(input.RoleSessionName), sourceIdentity: input.SourceIdentity });
      const Expiration = new Date(Date.now() + Number(input.DurationSeconds ?? 3_600) * 1_000).toISOString();
      return {
        Credentials: { AccessKeyId, SecretAccessKey: 'sandbox', SessionToken: `token-${AccessKeyId}`, Expiration },
        AssumedRoleUser: { Arn: String(input.RoleArn), AssumedRoleId: 'AROASANDBOX' },
      };
    },
  };
}

/** `Credential=AKIA…/20261122/us-east-1/iam/aws4_request` tells who, where and what. */
function read(state: AwsState, { request, body }: Call): Request {
  const [, key = '', region = '', signed = ''] =
    /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\/aws4_request/.exec(request.headers.authorization ?? '') ?? [];
  const session = key === hubKey ? { account: hubAccount, roleSessionName: '', sourceIdentity: undefined } : state.sessions.get(key);
  if (session === undefined) throw new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
  const target = request.headers['x-amz-target'];
  const service = signed === 'monitoring' ? 'cloudwatch' : signed;
  if (typeof target === 'string')
    return {
      session,
      region,
      service,
      operation: target.split('.')[1] ?? '',
      input: JSON.parse(body.toString('utf8')) as Record<string, unknown>,
      isQuery: false,
    };
  const { Action = '', Version: _version, ...input } = Object.fromEntries(new URLSearchParams(body.toString('utf8')));
  return { session, region, service, operation: Action, input, isQuery: true };
}

const hidden = new Set(['Password', 'Token']);

function record(state: AwsState, request: Request, error: string | undefined): void {
  const { session, region, service, operation, input } = request;
  const shown = Object.fromEntries(Object.entries(input).map(([key, value]) => [key, hidden.has(key) ? '[hidden]' : value]));
  const who = {
    ...(session.sourceIdentity ? { sourceIdentity: session.sourceIdentity } : {}),
    ...(session.roleSessionName ? { roleSessionName: session.roleSessionName } : {}),
  };
  state.calls.push({
    at: state.clock.now(),
    account: session.account,
    region,
    service,
    operation,
    input: shown,
    ...(error ? { error } : {}),
    ...who,
  });
}

function send(response: ServerResponse, { operation, service, isQuery }: Request, result: Result): void {
  if (isQuery) {
    sendXml(response, operation, result);
    return;
  }
  const status = 'error' in result ? result.error.status : 200;
  const body = 'error' in result ? { __type: result.error.code, message: result.error.message } : result.output;
  const headers = 'error' in result ? { 'x-amzn-query-error': `${result.error.code};Sender` } : {};
  const version = service === 'cloudwatch' ? '1.0' : '1.1';
  response.writeHead(status, { 'content-type': `application/x-amz-json-${version}`, ...headers }).end(JSON.stringify(body));
}

function sendXml(response: ServerResponse, operation: string, result: Result): void {
  if ('error' in result) {
    const { code, message, status } = result.error;
    const type = status < 500 ? 'Sender' : 'Receiver';
    response
      .writeHead(status, { 'content-type': 'text/xml' })
      .end(
        `<ErrorResponse><Error><Type>${type}</Type><Code>${code}</Code><Message>${xmlText(message)}</Message></Error><RequestId>sandbox</RequestId></ErrorResponse>`,
      );
    return;
  }
  response
    .writeHead(200, { 'content-type': 'text/xml' })
    .end(
      `<${operation}Response><${operation}Result>${xml(result.output)}</${operation}Result><ResponseMetadata><RequestId>sandbox</RequestId></ResponseMetadata></${operation}Response>`,
    );
}

function xml(value: unknown): string {
  // SNS lists its attributes as entries of a map.
  if (isObject(value) && Array.isArray(value.entry)) return value.entry.map((item) => `<entry>${xml(item)}</entry>`).join('');
  if (Array.isArray(value)) return value.map((item) => `<member>${xml(item)}</member>`).join('');
  if (isObject(value))
    return Object.entries(value)
      .map(([key, item]) => `<${key}>${xml(item)}</${key}>`)
      .join('');
  return xmlText(String(value));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function xmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
