/** How the services answer: awsQuery (IAM, STS, SNS) in XML, restJson (Sign-In) and awsJson (all others) in JSON. Source: the protocols' pages in Smithy. */
import type { ServerResponse } from 'node:http';
import type { AwsError } from './errors.ts';
import type { Json } from './operation.ts';

export type Result = { readonly output: Json } | { readonly error: AwsError };

export type Protocol = 'query' | 'json' | 'rest';

interface Answered {
  readonly service: string;
  readonly operation: string;
  readonly requestId: string;
  readonly protocol: Protocol;
}

export function send(response: ServerResponse, asked: Answered, result: Result): void {
  const status = 'error' in result ? result.error.status : 200;
  const body = asked.protocol === 'query' ? xmlBody(asked, result) : jsonBody(result);
  response.writeHead(status, { ...headersOf(asked, result), 'x-amzn-requestid': asked.requestId }).end(body);
}

function headersOf({ service, protocol }: Answered, result: Result): Record<string, string> {
  if (protocol === 'query') return { 'content-type': 'text/xml' };
  if (protocol === 'rest') return { 'content-type': 'application/json', ...('error' in result ? { 'x-amzn-errortype': result.error.code } : {}) };
  const wasQuery = service === 'cloudwatch' || service === 'sqs';
  // Where JSON stands in for a query protocol, the error's name is told as it was there.
  const queryError = wasQuery && 'error' in result ? { 'x-amzn-query-error': `${result.error.code};${faultOf(result.error)}` } : {};
  return { 'content-type': `application/x-amz-json-${wasQuery ? '1.0' : '1.1'}`, ...queryError };
}

function jsonBody(result: Result): string {
  return JSON.stringify('error' in result ? { __type: result.error.code, message: result.error.message } : result.output);
}

function faultOf({ status }: AwsError): string {
  return status < 500 ? 'Sender' : 'Receiver';
}

function xmlBody({ operation, requestId }: Answered, result: Result): string {
  if ('error' in result) {
    const { code, message } = result.error;
    const error = `<Error><Type>${faultOf(result.error)}</Type><Code>${code}</Code><Message>${xmlText(message)}</Message></Error>`;
    return `<ErrorResponse>${error}<RequestId>${requestId}</RequestId></ErrorResponse>`;
  }
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  return `<${operation}Response><${operation}Result>${xml(result.output)}</${operation}Result>${metadata}</${operation}Response>`;
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

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function xmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
