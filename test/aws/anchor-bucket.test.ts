/** Anchors in S3, by the real SDK against the emulated one: put once, by a bot that can do nothing else; read by somebody else. */
import { DeleteObjectCommand, GetObjectCommand, ListObjectVersionsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { anchorBucketOf, type BucketOptions, putFaultOf } from '../../src/aws/anchor-bucket.ts';
import { readBucket } from '../../src/aws/anchor-reader.ts';
import { calling } from '../../src/aws/errors.ts';
import { type Anchor, anchorOf } from '../../src/domain/audit/anchor.ts';
import { anchorKey, anchorText, logNamed } from '../../src/domain/audit/anchor-object.ts';
import { auditBucket, hubKey, readerKey, rootKey } from '../../src/sandbox/aws/names.ts';
import { type EmulatedAws, emulatedAws } from '../support/emulated-aws.ts';
import { silentMetrics } from '../support/ports.ts';

const called = calling(silentMetrics);
const first = anchorOf(undefined, { heads: [{ incident: 1, seq: 4, hash: 'a'.repeat(64) }], at: 1_000 }, []);
const second = anchorOf(first, { heads: [{ incident: 2, seq: 1, hash: 'b'.repeat(64) }], at: 2_000 }, []);
const log = logNamed(first.root);

let aws: EmulatedAws;
let options: BucketOptions;
beforeEach(async () => {
  aws = await emulatedAws();
  options = { bucket: auditBucket, region: 'us-east-1', endpoint: aws.options.endpoint };
  as(hubKey);
});
afterEach(() => {
  aws.stop();
  vi.unstubAllEnvs();
});

function as(key: string): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', key);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'sandbox');
}

function client(key: string): S3Client {
  const credentials = { accessKeyId: key, secretAccessKey: 'sandbox' };
  return new S3Client({ endpoint: aws.options.endpoint, region: 'us-east-1', forcePathStyle: true, maxAttempts: 1, credentials });
}

const failure = (thrown: { name?: string; message?: string }): string => `${thrown.name}: ${thrown.message}`;

async function put(...anchors: readonly Anchor[]): Promise<string[]> {
  const bucket = anchorBucketOf(options, called);
  const ends: string[] = [];
  for (const anchor of anchors) ends.push(await bucket.put(log, anchor, 'by-number'));
  return ends;
}

describe('a bucket of anchors', () => {
  it('takes each anchor once, and the bot can do nothing else', async () => {
    expect(await put(first, second, first)).toEqual(['written', 'written', 'there-already']);
    const Bucket = auditBucket;
    const Key = anchorKey(log, first, 'by-number');
    const bot = client(hubKey);
    const tried = [new GetObjectCommand({ Bucket, Key }), new ListObjectVersionsCommand({ Bucket }), new DeleteObjectCommand({ Bucket, Key })];
    for (const command of tried) expect(await bot.send(command as GetObjectCommand).catch(failure)).toBe('AccessDenied: Access Denied');
  });

  it('is read by somebody else: of each key the oldest version, whatever was put over it', async () => {
    await put(first, second);
    const admin = client(rootKey);
    const Bucket = auditBucket;
    const Key = anchorKey(log, second, 'by-number');
    const forged = anchorText({ ...second, heads: '[]' });
    await admin.send(new PutObjectCommand({ Bucket, Key, Body: forged }));
    await admin.send(new DeleteObjectCommand({ Bucket, Key: anchorKey(log, first, 'by-number') }));
    as(readerKey);
    const found = await readBucket(options, called, log);
    expect(found.anchors).toEqual([first, second]);
    expect(found.touched.toSorted()).toEqual([anchorKey(log, first, 'by-number'), Key]);
    expect(await readBucket(options, called, 'f'.repeat(16))).toMatchObject({
      anchors: [],
      others: new Map([[log, { count: 2, last: expect.any(Number) }]]),
    });
  });

  it('keeps another anchor of the same number beside the first, and both are read', async () => {
    await put(first, second);
    const other = anchorOf(first, { heads: [], at: 3_000 }, []);
    const bucket = anchorBucketOf(options, called);
    expect([await bucket.put(log, other, 'by-number'), await bucket.put(log, other, 'beside')]).toEqual(['there-already', 'written']);
    as(readerKey);
    const found = await readBucket(options, called, log);
    expect(found.anchors.map(({ id, root }) => [id, root]).toSorted()).toEqual([first, other, second].map(({ id, root }) => [id, root]).toSorted());
    expect(found.touched).toEqual([]);
  });

  it('is read page by page', async () => {
    const many: Anchor[] = [first];
    for (let id = 2; id <= 1_203; id++) many.push(anchorOf(many.at(-1), { heads: [], at: id }, []));
    const [bucket] = aws.state.buckets;
    for (const anchor of many)
      bucket?.versions.push({
        key: anchorKey(log, anchor, 'by-number'),
        versionId: `v${anchor.id}`,
        at: anchor.at,
        body: anchorText(anchor),
        retainUntil: 0,
      });
    as(readerKey);
    expect((await readBucket(options, called, log)).anchors.map(({ id }) => id)).toEqual(many.map(({ id }) => id));
  });

  it('is tried by the doctor without a trace', async () => {
    expect(await putFaultOf(options, called)).toBeUndefined();
    expect(aws.state.buckets[0]?.versions).toEqual([]);
    as(readerKey);
    expect(await putFaultOf(options, called)).toContain('AccessDenied');
    as(hubKey);
    expect(await putFaultOf({ ...options, bucket: 'no-such-bucket' }, called)).toContain('NoSuchBucket');
  });
});

describe('the emulated S3 refuses what S3 refuses', () => {
  const Bucket = auditBucket;
  const Key = 'anchors/x';

  it('to delete a version before its time, whoever asks', async () => {
    const admin = client(rootKey);
    const { VersionId } = await admin.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
    const remove = () => admin.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    expect(await remove().catch(failure)).toBe('AccessDenied: Access Denied because object protected by object lock.');
    aws.clock.advance(366 * 86_400);
    expect(await remove().catch(failure)).not.toContain('AccessDenied');
    expect(aws.state.buckets[0]?.versions).toEqual([]);
  });

  it('an object without a checksum, one without a signature, and another region', async () => {
    const bare = await fetch(`${aws.options.endpoint}/${Bucket}/${Key}`, { method: 'PUT', body: 'x' });
    expect([bare.status, await bare.text()]).toMatchObject([403, expect.stringContaining('<Code>AccessDenied</Code>')]);
    const authorization = `AWS4-HMAC-SHA256 Credential=${hubKey}/20261126/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0`;
    const headers = { authorization, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    const unchecked = await fetch(`${aws.options.endpoint}/${Bucket}/${Key}`, { method: 'PUT', headers, body: 'x' });
    expect([unchecked.status, await unchecked.text()]).toMatchObject([400, expect.stringContaining('Content-MD5 OR x-amz-checksum-')]);
    const elsewhere = new S3Client({ ...aws.options, region: 'eu-west-1', forcePathStyle: true });
    expect(await elsewhere.send(new PutObjectCommand({ Bucket, Key, Body: 'x' })).catch(failure)).toContain("the region 'eu-west-1' is wrong");
  });

  it('what was put over with If-None-Match, but not over a delete marker', async () => {
    const admin = client(rootKey);
    const putOnce = () => admin.send(new PutObjectCommand({ Bucket, Key, Body: 'x', IfNoneMatch: '*' }));
    await putOnce();
    expect(await putOnce().catch(failure)).toContain('PreconditionFailed');
    await admin.send(new DeleteObjectCommand({ Bucket, Key }));
    expect((await putOnce()).VersionId).toBeDefined();
  });
});
