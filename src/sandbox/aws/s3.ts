/**
 * The emulated S3, as far as anchors go: conditional writes, versions, and retention by the bucket's default.
 * Sources: PutObject, GetObject, DeleteObject and ListObjectVersions in the S3 API reference; S3 user guide, "Conditional writes", "Object Lock".
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Activity } from '../activity.ts';
import { type Faults, withTransportFault } from '../faults.ts';
import type { Call } from '../http.ts';
import { AwsError } from './errors.ts';
import { hubAccount, hubKey, readerKey, rootKey } from './names.ts';
import type { AwsState, Bucket, ObjectVersion } from './state.ts';

interface Asked {
  readonly operation: 'PutObject' | 'GetObject' | 'DeleteObject' | 'ListObjectVersions';
  readonly key: string;
  /** The access key that signed it. */
  readonly by: string;
  readonly region: string;
}

interface Answered {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Who may do what: the responder puts, whoever verifies reads, and the account's own administrator tries to delete. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  [hubKey]: ['PutObject'],
  [readerKey]: ['ListObjectVersions', 'GetObject'],
  [rootKey]: ['PutObject', 'ListObjectVersions', 'GetObject', 'DeleteObject'],
};

export interface S3Server {
  readonly state: AwsState;
  readonly faults: Faults;
  readonly activity: Activity;
  readonly seen: (what: string, status: string) => void;
}

export function s3Server({ state, faults, activity, seen }: S3Server): (call: Call) => Promise<void> {
  const process = (call: Call, asked: Asked, forced?: AwsError): Answered => {
    const [bucketName = ''] = call.rest.split('/');
    let error: AwsError | undefined;
    let answered: Answered;
    try {
      if (forced) throw forced;
      answered = run(state, call, asked, bucketOf(state, bucketName, asked));
    } catch (thrown) {
      if (!(thrown instanceof AwsError)) throw thrown;
      error = thrown;
      answered = { status: thrown.status, body: errorBody(thrown) };
    }
    const input = { Bucket: bucketName, Key: asked.key };
    const { operation, region } = asked;
    state.calls.push({
      at: state.clock.now(),
      account: hubAccount,
      region,
      service: 's3',
      operation,
      input,
      requestId: randomUUID(),
      ...(error ? { error: error.code } : {}),
    });
    seen(`s3 ${operation}`, error?.code ?? 'ok');
    return answered;
  };

  return async (call) => {
    const done = activity.begin();
    try {
      const asked = read(call);
      const send = ({ status, headers, body }: Answered): void =>
        void call.response.writeHead(status, { 'content-type': 'application/xml', 'x-amz-request-id': randomUUID(), ...headers }).end(body);
      const fault = faults.takeAws(asked.operation);
      const work = async (): Promise<void> => send(process(call, asked));
      if (fault === undefined) return await work();
      if (await withTransportFault(fault.mode, call, fault.ms, work, async () => void process(call, asked))) return;
      const code = { throttle: 'SlowDown', denied: 'AccessDenied' }[fault.mode as string] ?? 'InternalError';
      send(process(call, asked, new AwsError(code, 'As ordered.', code === 'AccessDenied' ? 403 : 503)));
    } finally {
      done();
    }
  };
}

function read({ request, url, rest }: Call): Asked {
  const [, by = '', region = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/s3\/aws4_request,/.exec(request.headers.authorization ?? '') ?? [];
  const key = decodeURIComponent(rest.split('/').slice(1).join('/'));
  const operation =
    request.method === 'PUT'
      ? 'PutObject'
      : request.method === 'DELETE'
        ? 'DeleteObject'
        : url.searchParams.has('versions')
          ? 'ListObjectVersions'
          : 'GetObject';
  return { operation, key, by, region };
}

function bucketOf(state: AwsState, name: string, { operation, by, region }: Asked): Bucket {
  if (by === '') throw new AwsError('AccessDenied', 'Access Denied', 403);
  const bucket = state.buckets.find((one) => one.name === name);
  if (bucket === undefined) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
  if (region !== bucket.region)
    throw new AwsError(
      'AuthorizationHeaderMalformed',
      `The authorization header is malformed; the region '${region}' is wrong; expecting '${bucket.region}'`,
    );
  if (!(allowed[by] ?? []).includes(operation)) throw new AwsError('AccessDenied', 'Access Denied', 403);
  return bucket;
}

function run(state: AwsState, call: Call, asked: Asked, bucket: Bucket): Answered {
  switch (asked.operation) {
    case 'PutObject':
      return put(state, call, asked, bucket);
    case 'GetObject':
      return get(call, asked, bucket);
    case 'DeleteObject':
      return remove(state, call, asked, bucket);
    default:
      return list(call, bucket);
  }
}

/** The newest version of a key: it may be a delete marker. */
function currentOf({ versions }: Bucket, key: string): ObjectVersion | undefined {
  return versions.findLast((version) => version.key === key);
}

function put(state: AwsState, { request: { headers }, body }: Call, { key }: Asked, bucket: Bucket): Answered {
  const digest = (algorithm: string, encoding: 'hex' | 'base64'): string => createHash(algorithm).update(body).digest(encoding);
  const signed = headers['x-amz-content-sha256'];
  if (signed === undefined) throw new AwsError('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  if (signed !== 'UNSIGNED-PAYLOAD' && signed !== digest('sha256', 'hex'))
    throw new AwsError('XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match what was computed.");
  const md5 = headers['content-md5'];
  const sums = Object.keys(headers).filter((name) => name.startsWith('x-amz-checksum-'));
  if (bucket.retentionDays > 0 && md5 === undefined && sums.length === 0)
    throw new AwsError(
      'InvalidRequest',
      'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
    );
  if (md5 !== undefined && md5 !== digest('md5', 'base64'))
    throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  const sha256 = headers['x-amz-checksum-sha256'];
  if (sha256 !== undefined && sha256 !== digest('sha256', 'base64'))
    throw new AwsError('BadDigest', 'The SHA256 you specified did not match the calculated checksum.');
  const condition = headers['if-none-match'];
  if (condition !== undefined && condition !== '*')
    throw new AwsError('NotImplemented', 'A header you provided implies functionality that is not implemented', 501);
  const current = currentOf(bucket, key);
  if (condition === '*' && current !== undefined && current.body !== undefined)
    throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
  const now = state.clock.now();
  const version = { key, versionId: newId(), at: now, body: body.toString('utf8'), retainUntil: now + bucket.retentionDays * 86_400_000 };
  bucket.versions.push(version);
  return { status: 200, headers: { etag: `"${digest('md5', 'hex')}"`, 'x-amz-version-id': version.versionId } };
}

function newId(): string {
  return randomBytes(24).toString('base64url');
}

function get({ url }: Call, { key }: Asked, bucket: Bucket): Answered {
  const id = url.searchParams.get('versionId');
  const found = id === null ? currentOf(bucket, key) : bucket.versions.find((version) => version.key === key && version.versionId === id);
  if (found === undefined && id !== null) throw new AwsError('NoSuchVersion', 'The specified version does not exist.', 404);
  if (found?.body === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  return { status: 200, headers: { 'content-type': 'application/json', 'x-amz-version-id': found.versionId }, body: found.body };
}

/** Without a version it only puts a marker on top; a version under retention stays, whoever asks. */
function remove(state: AwsState, { url }: Call, { key }: Asked, bucket: Bucket): Answered {
  const id = url.searchParams.get('versionId');
  const now = state.clock.now();
  if (id === null) {
    const marker = { key, versionId: newId(), at: now, body: undefined, retainUntil: 0 };
    bucket.versions.push(marker);
    return { status: 204, headers: { 'x-amz-version-id': marker.versionId, 'x-amz-delete-marker': 'true' } };
  }
  const found = bucket.versions.find((version) => version.key === key && version.versionId === id);
  if (found !== undefined && found.retainUntil > now)
    throw new AwsError('AccessDenied', 'Access Denied because object protected by object lock.', 403);
  bucket.versions = bucket.versions.filter((version) => version !== found);
  return { status: 204 };
}

function list({ url }: Call, { name, versions }: Bucket): Answered {
  const prefix = url.searchParams.get('prefix') ?? '';
  const most = Math.min(Number(url.searchParams.get('max-keys') ?? 1_000), 1_000);
  const [afterKey, afterId] = [url.searchParams.get('key-marker') ?? '', url.searchParams.get('version-id-marker')];
  // By key, and of one key the newest first.
  const all = versions
    .map((version, index) => ({ version, index }))
    .filter(({ version }) => version.key.startsWith(prefix))
    .toSorted((a, b) => (a.version.key === b.version.key ? b.index - a.index : a.version.key < b.version.key ? -1 : 1))
    .map(({ version }) => version);
  const marker = all.findIndex(({ key, versionId }) => key === afterKey && versionId === afterId);
  const rest = marker >= 0 ? all.slice(marker + 1) : all.filter(({ key }) => key > afterKey);
  const page = rest.slice(0, most);
  const last = page.at(-1);
  const next =
    rest.length > page.length && last ? `<NextKeyMarker>${last.key}</NextKeyMarker><NextVersionIdMarker>${last.versionId}</NextVersionIdMarker>` : '';
  const elements = page.map((version) => {
    const tag = version.body === undefined ? 'DeleteMarker' : 'Version';
    const at = new Date(version.at).toISOString();
    const isLatest = versions.findLast(({ key }) => key === version.key) === version;
    return `<${tag}><Key>${version.key}</Key><VersionId>${version.versionId}</VersionId><IsLatest>${isLatest}</IsLatest><LastModified>${at}</LastModified></${tag}>`;
  });
  const body = `<?xml version="1.0" encoding="UTF-8"?><ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${name}</Name><Prefix>${prefix}</Prefix><IsTruncated>${next !== ''}</IsTruncated>${next}${elements.join('')}</ListVersionsResult>`;
  return { status: 200, body };
}

function errorBody({ code, message }: AwsError): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message.replaceAll('<', '&lt;')}</Message></Error>`;
}
