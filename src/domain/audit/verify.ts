/** Whether a log is what was written: what is found, where, and what found it. */
import type { EntryFault } from '../incident/timeline.ts';
import type { Head } from './anchor.ts';
import { entryFault, type Link, linkFault, type StoredEntry } from './chain.ts';
import type { AuditKeys } from './keys.ts';

/**
 * Beside an entry's own faults: its chain ends before where it is said to end, or goes on after; it has none; a body is missing that no
 * pruning took; it is not what an anchor covers, or ends before; what is kept of a response is not what its entries say, or gone; what is kept
 * of its incident is not what was sealed, has no seal, or is older than what was anchored; a message in
 * Slack shows another entry, or one that is not there.
 */
export type Fault =
  | EntryFault
  | 'cut-off'
  | 'beyond-its-end'
  | 'no-entries'
  | 'body-missing'
  | 'not-as-anchored'
  | 'cut-off-since-anchor'
  | 'anchor-changed'
  | 'another-anchor'
  | 'older-than-anchor'
  | 'another-log'
  | 'anchored-unsigned'
  | 'never-signed'
  | 'response-changed'
  | 'response-missing'
  | 'unsealed'
  | 'kept-unsealed'
  | 'state-changed'
  | 'kept-changed'
  | 'state-older'
  | 'state-not-as-anchored'
  | 'not-as-in-slack'
  | 'missing-but-in-slack';

/** What shows it: the chain by itself, the key, an anchor, the bucket of anchors, what is kept beside the log, the seal of that, or Slack. */
export type FoundBy = 'chain' | 'key' | 'anchor' | 'bucket' | 'state' | 'seal' | 'slack';

export interface Finding {
  /** Undefined: not of one incident. */
  readonly incident: number | undefined;
  readonly seq: number | undefined;
  /** The last of several that follow one another, all with the same fault; undefined: it is one. */
  readonly until?: number;
  readonly fault: Fault;
  readonly foundBy: FoundBy;
}

/** An entry may have so many kinds of faults. */
const kindsBeside = 4;

/** Of a log whose key is lost every entry is a finding: those that follow one another, with the same fault, become one. */
export function addFindings(found: Finding[], more: Iterable<Finding>): void {
  for (const next of more) {
    const before = found.slice(-kindsBeside).find((one) => goesOn(one, next));
    if (before === undefined || next.seq === undefined) found.push(next);
    else found[found.lastIndexOf(before)] = { ...before, until: next.until ?? next.seq };
  }
}

function goesOn({ incident, seq, until = seq, fault, foundBy }: Finding, next: Finding): boolean {
  return until !== undefined && next.seq === until + 1 && next.incident === incident && next.fault === fault && next.foundBy === foundBy;
}

export interface PrunedRange {
  readonly from: number;
  readonly until: number;
}

/** What is known of a chain before it is read. */
export interface Known {
  readonly keys: AuditKeys;
  /** Where it is said to end. */
  readonly end: Link | undefined;
  /** The newest anchor of it. */
  readonly anchored: Head | undefined;
  /** Entries up to this number may be without a key; undefined: all may. */
  readonly unsignedUntil: number | undefined;
  readonly pruned: readonly PrunedRange[];
}

const byKey: ReadonlySet<Fault> = new Set(['unknown-key', 'unsigned', 'anchored-unsigned']);

/** What is found in an entry, read in the order of their numbers. @param last the one before, undefined for the first */
export function found(last: Link | undefined, entry: StoredEntry, known: Known): Finding[] {
  const faults: Fault[] = [];
  const own = linkFault(last, entry) ?? entryFault(entry, known.keys);
  if (own !== undefined) faults.push(own);
  else if (entry.key === undefined && known.unsignedUntil !== undefined && entry.seq > known.unsignedUntil) faults.push('unsigned');
  if (entry.body === undefined && !known.pruned.some(({ from, until }) => entry.at >= from && entry.at < until)) faults.push('body-missing');
  const isAnchored = known.anchored?.seq === entry.seq;
  if (isAnchored && known.anchored?.hash !== entry.hash) faults.push('not-as-anchored');
  // Whoever takes all signatures of a chain away has to do so with the anchors.
  if (isAnchored && entry.key !== undefined && known.anchored?.isSigned === false) faults.push('anchored-unsigned');
  return faults.map((fault) => ({ incident: entry.incident, seq: entry.seq, fault, foundBy: foundBy(fault, entry) }));
}

/** An HMAC that does not fit is what the key shows; a bare hash anybody can compute. */
function foundBy(fault: Fault, { key }: StoredEntry): FoundBy {
  if (fault === 'not-as-anchored') return 'anchor';
  return byKey.has(fault) || (fault === 'changed' && key !== undefined) ? 'key' : 'chain';
}

/** What is found at the end of a chain. @param last its last entry */
export function foundAtEnd(last: Link | undefined, incident: number, { end, anchored }: Known): Finding[] {
  const ending: Finding[] = [];
  const add = (fault: Fault, foundBy: FoundBy): void => void ending.push({ incident, seq: last?.seq, fault, foundBy });
  if (last === undefined) add('no-entries', 'state');
  else if (end === undefined || end.seq < last.seq) add('beyond-its-end', 'chain');
  else if (end.seq > last.seq || end.hash !== last.hash) add('cut-off', 'chain');
  if (anchored !== undefined && anchored.seq > (last?.seq ?? 0)) add('cut-off-since-anchor', 'anchor');
  return ending;
}
