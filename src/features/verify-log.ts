/** Reads the whole log and says what in it is not what was written. Its time grows with the log's length, its memory with the number of incidents. */
import { headsOf } from '../domain/audit/anchor.ts';
import { type AnchorsRead, anchorRead, noAnchors, type WrittenAnchor } from '../domain/audit/anchors-read.ts';
import type { StoredEntry } from '../domain/audit/chain.ts';
import type { AuditKeys } from '../domain/audit/keys.ts';
import type { AuditLog, ChainEnd } from '../domain/audit/log.ts';
import { rangeIn } from '../domain/audit/pruned-range.ts';
import type { ToldChange } from '../domain/audit/report.ts';
import { responseFaults, type Said, saidIn } from '../domain/audit/responses.ts';
import { stateFaults } from '../domain/audit/state.ts';
import { addFindings, type Finding, found, foundAtEnd, type Known, type PrunedRange } from '../domain/audit/verify.ts';

const perPage = 1_000;

export interface Verification {
  readonly findings: readonly Finding[];
  readonly incidents: number;
  readonly entries: number;
  readonly anchors: number;
  /** Incidents of which nothing beside the entries is sealed. */
  readonly unsealed: number;
  /** Entries in which the responder itself told of changes. */
  readonly told: readonly ToldChange[];
  /** When the newest anchor was made, and when the newest of those that were written down outside, by where. */
  readonly anchoredAt: number | undefined;
  readonly proven: AnchorsRead['proven'];
}

export interface VerifyPorts {
  readonly log: AuditLog;
  readonly keys: AuditKeys;
  readonly written: readonly WrittenAnchor[];
}

export async function verifyLog({ log, keys, written }: VerifyPorts): Promise<Verification> {
  const anchored = await readAnchors(log, keys, written);
  const { findings } = anchored;
  const pruned = await prunedRanges(log);
  // From the first anchor of this version on there is no chain without a seal.
  const areSealed = [...anchored.newest.values()].some(({ state }) => state !== undefined);
  const told: ToldChange[] = [];
  let [incidents, entries, unsealed, signed] = [0, 0, 0, 0];
  for (let next = await log.next(-1); next !== undefined; next = await log.next(next.incident)) {
    const { incident } = next;
    const unsignedUntil = anchored.sealed && (anchored.sealed.chains.get(incident) ?? 0);
    const read = await readChain(log, next, { keys, end: next.end, anchored: anchored.newest.get(incident), unsignedUntil, pruned });
    addFindings(findings, read.findings);
    addFindings(findings, stateFaults(next, await log.state(incident), { keys, anchored: anchored.newest.get(incident), areSealed }));
    for (const seq of read.told) told.push({ incident, seq });
    entries += read.count;
    signed += read.signed;
    incidents++;
    if (incident > 0 && next.seals.state === undefined && !areSealed) unsealed++;
  }
  // Whoever takes every signature away, anchors' too, leaves a log that looks as if there never was a key.
  if (keys.length > 0 && entries > 0 && signed === 0) findings.push({ incident: 0, seq: undefined, fault: 'never-signed', foundBy: 'key' });
  for (const [incident, { seq }] of anchored.newest)
    if (!(await exists(log, incident))) findings.push({ incident, seq, fault: 'cut-off-since-anchor', foundBy: 'anchor' });
  return { findings, incidents, entries, anchors: anchored.count, unsealed, told, anchoredAt: anchored.last?.at, proven: anchored.proven };
}

async function exists(log: AuditLog, incident: number): Promise<boolean> {
  return (await log.next(incident - 1))?.incident === incident;
}

interface ChainRead {
  readonly findings: readonly Finding[];
  readonly count: number;
  /** How many of them are signed. */
  readonly signed: number;
  /** Numbers of those that tell of changes. */
  readonly told: readonly number[];
}

async function readChain(log: AuditLog, { incident }: ChainEnd, known: Known): Promise<ChainRead> {
  const said: Said[] = [];
  const findings: Finding[] = [];
  let last: StoredEntry | undefined;
  const told: number[] = [];
  let [count, signed] = [0, 0];
  for (let page = await log.entries(incident, 0, perPage); page.length > 0; page = await log.entries(incident, last?.seq ?? 0, perPage)) {
    for (const entry of page) {
      addFindings(findings, found(last, entry, known));
      const one = incident === 0 ? undefined : saidIn(entry);
      if (one !== undefined) said.push(one);
      if (tellsOfChange(entry)) told.push(entry.seq);
      last = entry;
    }
    signed += page.filter(({ key }) => key !== undefined).length;
    count += page.length;
  }
  const kept = { responses: await log.responses(incident), requests: await log.requests(incident) };
  addFindings(findings, [...foundAtEnd(last, incident, known), ...responseFaults(incident, kept, said)]);
  return { findings, count, signed, told };
}

function tellsOfChange({ body }: StoredEntry): boolean {
  return body !== undefined && /"what":"log-(?:changed|told)"/.test(body.slice(0, 100));
}

async function readAnchors(log: AuditLog, keys: AuditKeys, written: readonly WrittenAnchor[]): Promise<AnchorsRead> {
  const outside = Map.groupBy(written, ({ id }) => id);
  let read = noAnchors();
  for (let page = await log.anchors(0, perPage); page.length > 0; page = await log.anchors(read.last?.id ?? 0, perPage))
    for (const anchor of page) read = anchorRead(read, anchor, { keys, outside });
  const missing = written.filter(({ id }) => id > (read.last?.id ?? 0));
  // What they cover is known from outside, also where the database has nothing of it.
  for (const head of missing.flatMap(({ heads }) => (heads === undefined ? [] : headsOf({ heads }))))
    if (head.seq > (read.newest.get(head.incident)?.seq ?? 0)) read.newest.set(head.incident, head);
  const older = missing.map(({ id, in: where }): Finding => ({ incident: undefined, seq: id, fault: 'older-than-anchor', foundBy: where }));
  addFindings(read.findings, older);
  return read;
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
