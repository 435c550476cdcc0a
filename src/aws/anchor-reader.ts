/** Reads anchors out of a bucket, with the credentials of whoever reads: of each key the oldest version, which nobody can have put in its place. */
import type { ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import type { Anchor } from '../domain/audit/anchor.ts';
import { anchorAt, anchorsPrefix, readAnchor } from '../domain/audit/anchor-object.ts';
import { type BucketOptions, s3Of } from './anchor-bucket.ts';
import type { Called } from './errors.ts';
import { sdk } from './sdk.ts';

interface OtherLog {
  /** How many anchors it has. */
  readonly count: number;
  /** When the newest was put, ms. */
  readonly last: number;
}

export interface BucketAnchors {
  readonly anchors: readonly Anchor[];
  /** Keys that were written over or deleted since; their oldest version is what counts. */
  readonly touched: readonly string[];
  /** Of other logs in the same bucket, by the log's name. */
  readonly others: ReadonlyMap<string, OtherLog>;
}

interface Version {
  readonly key: string;
  readonly id: string;
  readonly at: number;
}

const atOnce = 8;

/** @param log the name of the log; undefined: it has no anchor, and all there are belong to others */
export async function readBucket(options: BucketOptions, called: Called, log: string | undefined): Promise<BucketAnchors> {
  const client = s3Of(options, 3);
  const { oldest, touched } = await versionsIn(client, called, options.bucket);
  const others = new Map<string, OtherLog>();
  const own: Version[] = [];
  for (const version of oldest.values()) {
    const of = anchorAt(version.key)?.log;
    if (of === undefined) continue;
    if (of === log) own.push(version);
    else others.set(of, { count: (others.get(of)?.count ?? 0) + 1, last: Math.max(others.get(of)?.last ?? 0, version.at) });
  }
  const anchors: Anchor[] = [];
  const inOrder = own.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  for (let from = 0; from < inOrder.length; from += atOnce) {
    const some = inOrder
      .slice(from, from + atOnce)
      .map(async ({ key, id }) => readAnchor(await textOf(client, called, { bucket: options.bucket, key, id })));
    anchors.push(...(await Promise.all(some)).filter((one) => one !== undefined));
  }
  return { anchors, touched: [...touched].filter((key) => anchorAt(key)?.log === log), others };
}

async function versionsIn(client: S3Client, called: Called, Bucket: string): Promise<{ oldest: Map<string, Version>; touched: Set<string> }> {
  const oldest = new Map<string, Version>();
  const touched = new Set<string>();
  let at: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (at !== undefined) {
    const command: ListObjectVersionsCommand = new sdk.s3.ListObjectVersionsCommand({ Bucket, Prefix: anchorsPrefix, ...at });
    const page = await called('ListObjectVersions', false, () => client.send(command));
    for (const { Key = '', VersionId = '', LastModified } of page.Versions ?? []) {
      const version = { key: Key, id: VersionId, at: LastModified?.getTime() ?? 0 };
      const known = oldest.get(Key);
      if (known !== undefined) touched.add(Key);
      // They are listed from the newest to the oldest, of one second too.
      if (known === undefined || version.at <= known.at) oldest.set(Key, version);
    }
    for (const { Key = '' } of page.DeleteMarkers ?? []) touched.add(Key);
    const { NextKeyMarker, NextVersionIdMarker } = page;
    const next = { ...(NextKeyMarker ? { KeyMarker: NextKeyMarker } : {}), ...(NextVersionIdMarker ? { VersionIdMarker: NextVersionIdMarker } : {}) };
    at = page.IsTruncated ? next : undefined;
  }
  return { oldest, touched };
}

async function textOf(client: S3Client, called: Called, { bucket, key, id }: { bucket: string; key: string; id: string }): Promise<string> {
  const command = new sdk.s3.GetObjectCommand({ Bucket: bucket, Key: key, VersionId: id });
  const { Body } = await called('GetObject', false, () => client.send(command));
  return (await Body?.transformToString()) ?? '';
}
