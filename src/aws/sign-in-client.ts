/** Calls of AWS Sign-In's session API, for which the SDK has no client: REST with JSON bodies, signed with the SDK's own signer. */
import { asObject, asText, type Json, parsed } from '../domain/json.ts';
import { signInApiOf } from '../domain/place.ts';
import type { Actor } from '../domain/response/actor.ts';
import type { Accounts } from './accounts.ts';
import { sdk } from './sdk.ts';

const service = 'signin';
const timeoutMs = 8_000;

const paths = { ListSessions: '/list-sessions', GetSession: '/get-session', BatchRevokeSessions: '/batch-revoke-sessions' } as const;

interface SignInCall {
  readonly account: string;
  readonly region: string;
  readonly operation: keyof typeof paths;
  readonly input: Json;
  /** Of a change: whom it is made for. */
  readonly actor?: Actor;
}

export type SignInClient = (call: SignInCall) => Promise<Json>;

/** Each call is made once. */
export function signInClient(accounts: Accounts): SignInClient {
  return ({ account, region, operation, input, actor }) =>
    accounts.called(operation, actor !== undefined, async () => {
      const credentials = await accounts.credentials(account, actor);
      const url = new URL(`${accounts.endpoint ?? signInApiOf(region)}${paths[operation]}`);
      const body = JSON.stringify(input);
      const signer = new sdk.signature.SignatureV4({ service, region, credentials, sha256: sdk.sha256.Sha256 });
      const { protocol, hostname, pathname: path } = url;
      const headers = { host: url.host, 'content-type': 'application/json' };
      const signed = await signer.sign({ method: 'POST', protocol, hostname, path, headers, body });
      const { host: _host, ...sent } = signed.headers;
      const answer = await fetch(url, { method: 'POST', headers: sent, body, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) }).catch(
        (thrown: unknown) => {
          actor?.sent(operation, undefined);
          throw thrown;
        },
      );
      actor?.sent(operation, answer.headers.get('x-amzn-requestid') ?? undefined);
      const text = await answer.text();
      if (!answer.ok) throw failure(answer, text);
      return asObject(JSON.parse(text));
    });
}

/** As the SDK throws what a service answers. */
function failure({ status, headers }: Response, text: string): Error {
  const told = asObject(parsed(text));
  // `Name:http://…` and `namespace#Name` are both forms of it. Source: Smithy, "AWS restJson1 protocol", operation error serialization.
  const written = headers.get('x-amzn-errortype') ?? asText(told.__type) ?? asText(told.code) ?? 'Error';
  const name = written.split(':')[0]?.split('#').at(-1) ?? 'Error';
  return Object.assign(new Error(asText(told.message) ?? ''), { name, $metadata: { httpStatusCode: status } });
}
