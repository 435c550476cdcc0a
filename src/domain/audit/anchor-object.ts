/** An anchor as an object in a bucket: where it is, and what it holds. */
import { parseObject } from '../json.ts';
import type { Anchor } from './anchor.ts';

/** A bucket that takes each anchor once. */
export interface AnchorBucket {
  readonly name: string;
  /** `there-already`: an object of that key is there; which one cannot be read. @throws AppError */
  put(log: string, anchor: Anchor): Promise<'written' | 'there-already'>;
}

export const anchorsPrefix = 'anchors/';
const logLength = 16;

/** Names a log by its first anchor, so that several may share a bucket. @param root of the first anchor */
export function logNamed(root: string): string {
  return root.slice(0, logLength);
}

export function anchorKey(log: string, id: number): string {
  return `${anchorsPrefix}${log}/${String(id).padStart(12, '0')}.json`;
}

/** Undefined: no anchor is there. */
export function anchorAt(key: string): { readonly log: string; readonly id: number } | undefined {
  const [, log, id] = /^anchors\/([0-9a-f]{16})\/(\d{12})\.json$/.exec(key) ?? [];
  return log === undefined ? undefined : { log, id: Number(id) };
}

export function anchorText({ id, at, heads, previous, root, key }: Anchor): string {
  return JSON.stringify({ id, at, heads, previous, root, key });
}

/** @param text as `anchorText` wrote it; undefined: it is none */
export function readAnchor(text: string): Anchor | undefined {
  const { id, at, heads, previous, root, key } = parseObject(text) ?? {};
  if (typeof id !== 'number' || typeof at !== 'number' || typeof heads !== 'string') return undefined;
  if (typeof previous !== 'string' || typeof root !== 'string' || (key !== undefined && typeof key !== 'string')) return undefined;
  return { id, at, heads, previous, root, key };
}
