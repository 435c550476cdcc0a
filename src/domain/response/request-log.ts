/**
 * Whether a request that waits is what the log says of it. Rows are not signed and entries are: whoever can write rows asks for nothing in
 * somebody's name by that, and approves nothing. Pure.
 */
import { sha256 } from '../digest.ts';
import type { Entry } from '../incident/timeline.ts';
import type { Refused } from './refusal.ts';
import type { ResponseRequest } from './request.ts';

/** Part of a transaction. */
export interface KeepsRequests {
  saveRequest(request: ResponseRequest): Promise<void>;
  request(incident: number, seq: number): Promise<ResponseRequest | undefined>;
  /** An entry and all after it, oldest first, each checked; where the chain does not end as it is said to, the last has that as its fault. */
  entriesFrom(incident: number, seq: number): Promise<Entry[]>;
  /** Slack user ids of those whose requests are not over: one for each. */
  openRequestsBy(): Promise<string[]>;
  /** Takes one of so many that a name has, each of which comes back after a time (ms); false when none is left. */
  taken(name: string, of: { readonly burst: number; readonly every: number }, now: number): Promise<boolean>;
}

/** What of a request never changes once it is made. */
export type Terms = Omit<ResponseRequest, 'seq' | 'digest' | 'approvedBy' | 'state' | 'dueAt'>;

/** One name for what was requested, by whom and on which terms: it stands in the request's entry. */
export function termsOf({ incident, response, target, about, on, facts, answers, why, seen, by, at, mode, needed, owner }: Terms): string {
  return sha256(JSON.stringify([incident, response, target, about, on, facts, answers, why, seen, by, at, mode, needed, owner]));
}

/**
 * Why a request is not gone on with; undefined: it is as its entries say.
 * @param entries its own and all that came after it in the incident, oldest first, each checked
 */
export function notAsWritten(request: ResponseRequest, entries: readonly Entry[]): Refused | undefined {
  const [made] = entries;
  const about = entries.filter(({ seq, body }) => seq === request.seq || body.intent === request.seq);
  const approvers = about.flatMap(({ body }) => (body.what === 'approve' && body.by !== undefined ? [body.by.id] : []));
  const last = about.at(-1)?.body.request;
  const isAsWritten =
    entries.every(({ fault }) => fault === undefined) &&
    made?.seq === request.seq &&
    made.body.phase === 'request' &&
    made.body.request?.terms === termsOf(request) &&
    last?.state === request.state &&
    last.until === request.dueAt &&
    approvers.join() === request.approvedBy.map(({ id }) => id).join();
  if (isAsWritten) return undefined;
  const message = 'This request is not as the log has it: the database was changed by somebody else than the responder. Nothing was done: ask again.';
  return { ok: false, reason: 'request-changed', message };
}
