/** Whether what is kept of responses and requests is what their entries say: rules ask the former, people read the latter. */
import { asObject, parseObject } from '../json.ts';
import type { StoredEntry } from './chain.ts';
import type { KeptResponse } from './log.ts';
import type { Fault, Finding } from './verify.ts';

/** What an entry says of a response or a request. */
export interface Said {
  readonly seq: number;
  readonly at: number;
  /** Undefined: its body was erased. */
  readonly phase: unknown;
  readonly what: unknown;
  readonly on: unknown;
  readonly byId: unknown;
  readonly result: unknown;
  readonly intent: unknown;
  /** What somebody gave a reason for is kept beside its entry; what is asked or sent by itself is not. */
  readonly hasReason: boolean;
}

/** Undefined: it is of none. */
export function saidIn({ seq, at, kind, body }: StoredEntry): Said | undefined {
  if (kind !== 'response') return undefined;
  const { phase, what, on, by, result, intent, why } = body === undefined ? {} : (parseObject(body) ?? {});
  if (body !== undefined && phase === undefined) return undefined;
  return { seq, at, phase, what, on, byId: asObject(by).id, result, intent, hasReason: typeof why === 'string' };
}

/** What is kept beside the entries. */
export interface Kept {
  readonly responses: readonly KeptResponse[];
  /** The numbers of requests. */
  readonly requests: readonly number[];
}

/** @param said by entries of the incident; of those whose bodies were erased nothing is compared */
export function responseFaults(incident: number, { responses, requests }: Kept, said: readonly Said[]): Finding[] {
  const finding = (seq: number, fault: Fault): Finding => ({ incident, seq, fault, foundBy: 'state' });
  const bySeq = new Map(said.map((one) => [one.seq, one]));
  const outcomes = new Map(said.flatMap((one) => (typeof one.intent === 'number' ? [[one.intent, one] as const] : [])));
  const [begun, asked] = [new Set(responses.map(({ seq }) => seq)), new Set(requests)];
  const isGone = ({ seq, phase, hasReason }: Said): boolean =>
    (phase === 'intent' && hasReason && !begun.has(seq)) || (phase === 'request' && !asked.has(seq));
  const isChanged = (kept: KeptResponse): boolean => {
    const intent = bySeq.get(kept.seq);
    return intent === undefined || (intent.phase !== undefined && !fits(kept, intent, outcomes.get(kept.seq)));
  };
  return [
    ...responses.filter(isChanged).map(({ seq }) => finding(seq, 'response-changed')),
    ...said.filter(isGone).map(({ seq }) => finding(seq, 'response-missing')),
  ];
}

function fits(kept: KeptResponse, { phase, what, on, byId, at }: Said, outcome: Said | undefined): boolean {
  return (
    phase === 'intent' &&
    what === kept.response &&
    on === kept.subject &&
    byId === kept.byId &&
    at === kept.startedAt &&
    outcome?.result === kept.result
  );
}
