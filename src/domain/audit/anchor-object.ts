/** An anchor as an object in a bucket: where it is, and what it holds. */
import { parseObject } from '../json.ts';
import type { Anchor } from './anchor.ts';

/** Under its number, or beside another one of that number: a log that goes on from an older copy of the database makes some numbers twice. */
export type AnchorPlace = 'by-number' | 'beside';

/** A bucket that takes each anchor once. */
export interface AnchorBucket {
  readonly name: string;
  /**
   * `there-already`: an object of that key is there; which one cannot be read.
   * @param place `beside`: another anchor has that number, and this one is kept beside it @throws AppError
   */
  put(log: string, anchor: Anchor, place: AnchorPlace): Promise<'written' | 'there-already'>;
}

export const anchorsPrefix = 'anchors/';
const logLength = 16;

/** Names a log by its first anchor, so that several may share a bucket. @param root of the first anchor */
export function logNamed(root: string): string {
  return root.slice(0, logLength);
}

export function anchorKey(log: string, { id, root }: Pick<Anchor, 'id' | 'root'>, place: AnchorPlace): string {
  const own = place === 'beside' ? `-${root.slice(0, logLength)}` : '';
  return `${anchorsPrefix}${log}/${String(id).padStart(12, '0')}${own}.json`;
}

/** Undefined: no anchor is there. */
export function anchorAt(key: string): { readonly log: string; readonly id: number } | undefined {
  const [, log, id] = /^anchors\/([0-9a-f]{16})\/(\d{12})(?:-[0-9a-f]{16})?\.json$/.exec(key) ?? [];
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
