/**
 * Anchors: what all chains were at a time, as one hash that is kept where whoever writes to the database cannot reach it. Each covers
 * the ends of the chains that moved on since the one before, and that one's hash, so that the newest covers all.
 */
import { sha256 } from '../digest.ts';
import { parsed } from '../json.ts';
import { type AuditKeys, signed } from './keys.ts';

/** Where a chain ended. */
export interface Head {
  readonly incident: number;
  readonly seq: number;
  readonly hash: string;
  /** Its incident's row at that revision, as it was sealed; undefined: it was not. */
  readonly revision?: number;
  readonly state?: string;
  /** Whether the anchor that says so is signed; undefined: it is not known. */
  readonly isSigned?: boolean;
}

export interface Anchor {
  /** Counted from 1, without a gap. */
  readonly id: number;
  readonly at: number;
  /** The heads as JSON, exactly as hashed. */
  readonly heads: string;
  /** The hash of the anchor before; empty for the first. */
  readonly previous: string;
  readonly root: string;
  /** The key that it was signed with; undefined: none. */
  readonly key: string | undefined;
}

function rootOf({ id, at, heads, previous, key }: Omit<Anchor, 'root'>, keys: AuditKeys): string | undefined {
  const covered = [previous, id, at, heads].join('\n');
  if (key === undefined) return sha256(covered);
  const known = keys.find((one) => one.id === key);
  return known && signed(`${covered}\n${key}`, known);
}

/** @param last the anchor before, undefined for the first */
export function anchorOf(
  last: Pick<Anchor, 'id' | 'root'> | undefined,
  { heads, at }: { heads: readonly Head[]; at: number },
  keys: AuditKeys,
): Anchor {
  const text = JSON.stringify(
    heads.map(({ incident, seq, hash, revision, state }) => [incident, seq, hash, ...(state === undefined ? [] : [revision, state])]),
  );
  const anchor = { id: (last?.id ?? 0) + 1, at, heads: text, previous: last?.root ?? '', key: keys[0]?.id };
  return { ...anchor, root: rootOf(anchor, keys) as string };
}

/** Why an anchor is not what was written: its own hash does not fit, it does not follow the one before, or its key is none of AUDIT_KEY. */
export type AnchorFault = 'changed' | 'not-following' | 'unknown-key' | 'unsigned';

/** @param last the anchor before, undefined for the first */
export function anchorFault(last: Anchor | undefined, anchor: Anchor, keys: AuditKeys): AnchorFault | undefined {
  if (anchor.id !== (last?.id ?? 0) + 1 || anchor.previous !== (last?.root ?? '')) return 'not-following';
  if (last?.key !== undefined && anchor.key === undefined) return 'unsigned';
  const root = rootOf(anchor, keys);
  if (root === undefined) return 'unknown-key';
  return root === anchor.root ? undefined : 'changed';
}

export type AnchorDoubt = Exclude<AnchorFault, 'not-following'>;

/**
 * Why an anchor by itself is none that the responder made; undefined: nothing speaks against it. Without keys those that are signed cannot be checked.
 * @param firstSigned number of the first that is signed in the database; undefined: none is
 */
export function anchorDoubt(anchor: Anchor, keys: AuditKeys, firstSigned: number | undefined): AnchorDoubt | undefined {
  if (anchor.key === undefined && firstSigned !== undefined && anchor.id >= firstSigned) return 'unsigned';
  const root = rootOf(anchor, keys);
  if (root === undefined) return keys.length === 0 ? undefined : 'unknown-key';
  return root === anchor.root ? undefined : 'changed';
}

/** What an anchor covers; none where its text is not what was written. */
export function headsOf({ heads }: Pick<Anchor, 'heads'>): Head[] {
  const list = parsed(heads);
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: unknown) => {
    const [incident, seq, hash, revision, state]: unknown[] = Array.isArray(one) ? one : [];
    if (!isNumber(incident) || !isNumber(seq) || typeof hash !== 'string') return [];
    return [{ incident, seq, hash, ...(typeof revision === 'number' && typeof state === 'string' ? { revision, state } : {}) }];
  });
}

/** As the database takes it. */
function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
