/** What the anchors say of the chains, read from the first to the last. */
import { type Anchor, anchorFault, type Head, headsOf } from './anchor.ts';
import type { AuditKeys } from './keys.ts';
import { addFindings, type Finding } from './verify.ts';

export interface AnchorsRead {
  /** The newest that is known of each chain. */
  readonly newest: Map<number, Head>;
  /** How far each chain came when a key first signed, and when that was; undefined: none did. */
  readonly sealed: { readonly at: number; readonly chains: Map<number, number> } | undefined;
  readonly findings: Finding[];
  readonly count: number;
  readonly last: Anchor | undefined;
  /** When the newest was made that was written down outside as it is, by where. */
  readonly proven: ReadonlyMap<Outside, number>;
}

export function noAnchors(): AnchorsRead {
  return { newest: new Map(), sealed: undefined, findings: [], count: 0, last: undefined, proven: new Map() };
}

/** Where an anchor was written down: in the process's log, or in the bucket. */
export type Outside = 'anchor' | 'bucket';

/** An anchor as it was written down outside. */
export interface WrittenAnchor {
  readonly id: number;
  readonly root: string;
  readonly in: Outside;
  /** As JSON; undefined: only its root was. */
  readonly heads?: string;
}

export interface AnchorsKnown {
  readonly keys: AuditKeys;
  /** What was written down outside, by the anchors' numbers. */
  readonly outside: ReadonlyMap<number, readonly WrittenAnchor[]>;
}

/** Reads one more, in the order of their numbers. */
export function anchorRead(read: AnchorsRead, anchor: Anchor, { keys, outside }: AnchorsKnown): AnchorsRead {
  const changed = { incident: undefined, seq: anchor.id, fault: 'anchor-changed' } as const;
  const found: Finding[] = [];
  if (anchorFault(read.last, anchor, keys) !== undefined) found.push({ ...changed, foundBy: anchor.key === undefined ? 'chain' : 'key' });
  const proven = new Map(read.proven);
  for (const { root, in: where } of outside.get(anchor.id) ?? []) {
    if (root === anchor.root) proven.set(where, anchor.at);
    else found.push({ ...changed, fault: 'another-anchor', foundBy: where });
  }
  addFindings(read.findings, found);
  for (const head of headsOf(anchor)) read.newest.set(head.incident, { ...head, isSigned: anchor.key !== undefined });
  const sealed = read.sealed ?? (anchor.key === undefined ? undefined : { at: anchor.at, chains: new Map<number, number>() });
  // What the first run under a key covers may be several anchors.
  if (sealed?.at === anchor.at) for (const { incident, seq } of read.newest.values()) sealed.chains.set(incident, seq);
  return { ...read, sealed, count: read.count + 1, last: anchor, proven };
}
