/** Reads the whole log and says what in it is not what was written. Its time grows with the log's length, its memory with the number of incidents. */
import { type AnchorsRead, anchorRead, noAnchors } from '../domain/audit/anchors-read.ts';
import type { StoredEntry } from '../domain/audit/chain.ts';
import type { AuditKeys } from '../domain/audit/keys.ts';
import type { AuditLog, ChainEnd } from '../domain/audit/log.ts';
import { rangeIn } from '../domain/audit/pruned-range.ts';
import { responseFaults } from '../domain/audit/responses.ts';
import { ended, type Finding, type Known, type PrunedRange, start, walked } from '../domain/audit/verify.ts';

const perPage = 1_000;

/** An anchor as it was written down outside: in the process's log, or in the bucket. */
export interface WrittenAnchor {
  readonly id: number;
  readonly root: string;
}

export interface Verification {
  readonly findings: readonly Finding[];
  readonly incidents: number;
  readonly entries: number;
  readonly anchors: number;
  /** When the newest anchor was made, and when the newest of those that were written down outside. */
  readonly anchoredAt: number | undefined;
  readonly provenAt: number | undefined;
}

export interface VerifyPorts {
  readonly log: AuditLog;
  readonly keys: AuditKeys;
  readonly written: readonly WrittenAnchor[];
}

export async function verifyLog({ log, keys, written }: VerifyPorts): Promise<Verification> {
  const anchored = await readAnchors(log, keys, written);
  const findings = [...anchored.findings];
  const pruned = await prunedRanges(log);
  let incidents = 0;
  let entries = 0;
  for (let next = await log.next(-1); next !== undefined; next = await log.next(next.incident)) {
    const { incident } = next;
    const unsignedUntil = anchored.sealed && (anchored.sealed.chains.get(incident) ?? 0);
    const read = await readChain(log, next, { keys, end: next.end, anchored: anchored.newest.get(incident), unsignedUntil, pruned });
    findings.push(...read.findings);
    entries += read.count;
    incidents++;
  }
  for (const [incident, { seq }] of anchored.newest)
    if (!(await exists(log, incident))) findings.push({ incident, seq, fault: 'cut-off-since-anchor', foundBy: 'anchor' });
  return { findings, incidents, entries, anchors: anchored.count, anchoredAt: anchored.last?.at, provenAt: anchored.provenAt };
}

async function exists(log: AuditLog, incident: number): Promise<boolean> {
  return (await log.next(incident - 1))?.incident === incident;
}

async function readChain(log: AuditLog, { incident }: ChainEnd, known: Known): Promise<{ findings: readonly Finding[]; count: number }> {
  const kept = await log.responses(incident);
  const ofResponses: StoredEntry[] = [];
  let walk = start;
  let count = 0;
  for (let page = await log.entries(incident, 0, perPage); page.length > 0; page = await log.entries(incident, walk.last?.seq ?? 0, perPage)) {
    for (const entry of page) walk = walked(walk, entry, known);
    if (kept.length > 0) ofResponses.push(...page.filter(({ kind }) => kind === 'response'));
    count += page.length;
  }
  return { findings: [...ended(walk, incident, known), ...responseFaults(incident, kept, ofResponses)], count };
}

async function readAnchors(log: AuditLog, keys: AuditKeys, written: readonly WrittenAnchor[]): Promise<AnchorsRead> {
  const outside = new Map(written.map(({ id, root }) => [id, root]));
  let read = noAnchors();
  for (let page = await log.anchors(0, perPage); page.length > 0; page = await log.anchors(read.last?.id ?? 0, perPage))
    for (const anchor of page) read = anchorRead(read, anchor, { keys, outside });
  const missing = written.filter(({ id }) => id > (read.last?.id ?? 0));
  const older = missing.map(({ id }): Finding => ({ incident: undefined, seq: id, fault: 'older-than-anchor', foundBy: 'anchor' }));
  return { ...read, findings: [...read.findings, ...older] };
}

/** What prunings took, as their entries say. */
async function prunedRanges(log: AuditLog): Promise<PrunedRange[]> {
  const ranges: PrunedRange[] = [];
  let last = 0;
  for (let page = await log.entries(0, 0, perPage); page.length > 0; page = await log.entries(0, last, perPage)) {
    for (const { body } of page) ranges.push(...rangeIn(body));
    last = page.at(-1)?.seq ?? last;
  }
  return ranges;
}
