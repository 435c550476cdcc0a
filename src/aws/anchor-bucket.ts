/**
 * Anchors in S3, under keys that are written once. The responder may put objects and nothing else: what it wrote it can neither read,
 * change nor delete. Sources: S3 user guide, "Conditional writes" (If-None-Match) and "Using S3 Object Lock"; PutObject's reference.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import type { Anchor } from '../domain/audit/anchor.ts';
import { type AnchorBucket, type AnchorPlace, anchorKey, anchorText } from '../domain/audit/anchor-object.ts';
import { asAppError } from '../domain/error.ts';
import type { Called } from './errors.ts';
import { onFirstUse, sdk } from './sdk.ts';

export interface BucketOptions {
  readonly bucket: string;
  /** Of the bucket. */
  readonly region: string;
  /** Set in the sandbox only. */
  readonly endpoint: string | undefined;
}

/** With the process's own credentials. @param tries how often a call is made at most */
export function s3Of({ region, endpoint }: BucketOptions, tries: number): S3Client {
  const sandbox = endpoint === undefined ? {} : { endpoint, forcePathStyle: true };
  const requestHandler = { connectionTimeout: 2_000, requestTimeout: 8_000, throwOnRequestTimeout: true };
  return new sdk.s3.S3Client({ region, maxAttempts: tries, requestHandler, ...sandbox });
}

export function anchorBucketOf(options: BucketOptions, called: Called): AnchorBucket {
  const client = onFirstUse(() => s3Of(options, 1));
  return {
    name: options.bucket,
    put: async (log: string, anchor: Anchor, place: AnchorPlace) => {
      const object = { Bucket: options.bucket, Key: anchorKey(log, anchor, place), Body: anchorText(anchor), ContentType: 'application/json' };
      try {
        // A bucket that locks objects takes none without a checksum.
        await called('PutObject', true, () =>
          client().send(new sdk.s3.PutObjectCommand({ ...object, IfNoneMatch: '*', ChecksumAlgorithm: 'SHA256' })),
        );
        return 'written';
      } catch (thrown) {
        const error = asAppError(thrown);
        if (error.reason === 'PreconditionFailed') return 'there-already';
        throw error;
      }
    },
  };
}

/**
 * Why no anchor can be put; undefined: it can. The digest sent with it is wrong, so that nothing is written: S3 looks at the permission first.
 * Source: PutObject, BadDigest.
 */
export async function putFaultOf(options: BucketOptions, called: Called): Promise<string | undefined> {
  const client = s3Of(options, 2);
  const object = { Bucket: options.bucket, Key: 'anchors/doctor', Body: 'npm run doctor: is this allowed?', ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' };
  try {
    await called('PutObject', true, () => client.send(new sdk.s3.PutObjectCommand({ ...object, IfNoneMatch: '*' })));
    return 'S3 took an object whose digest is wrong.';
  } catch (thrown) {
    const { reason, message } = asAppError(thrown);
    return reason === 'BadDigest' ? undefined : `${message} (${reason})`;
  }
}
