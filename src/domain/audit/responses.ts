/** Whether what is kept of responses is what their entries say: rules ask the former, people read the latter. */
import type { EntryBody } from '../incident/timeline.ts';
import { parseObject } from '../json.ts';
import type { StoredEntry } from './chain.ts';
import type { KeptResponse } from './log.ts';
import type { Finding } from './verify.ts';

/** @param entries of the kind `response`, those whose bodies were pruned left out of the comparison */
export function responseFaults(incident: number, kept: readonly KeptResponse[], entries: readonly StoredEntry[]): Finding[] {
  const bodies = new Map(
    entries.map(({ seq, at, body }) => [seq, { at, body: body === undefined ? undefined : (parseObject(body) as unknown as EntryBody) }]),
  );
  const outcomes = new Map([...bodies.values()].flatMap(({ body }) => (body?.intent === undefined ? [] : [[body.intent, body] as const])));
  return kept
    .filter(({ seq, ...response }) => {
      const intent = bodies.get(seq);
      if (intent !== undefined && intent.body === undefined) return false;
      return intent?.body === undefined || !fits({ seq, ...response }, { at: intent.at, body: intent.body }, outcomes.get(seq));
    })
    .map(({ seq }) => ({ incident, seq, fault: 'response-changed', foundBy: 'state' }));
}

function fits(kept: KeptResponse, intent: { at: number; body: EntryBody }, outcome: EntryBody | undefined): boolean {
  const { what, on, by, phase } = intent.body;
  return (
    phase === 'intent' &&
    what === kept.response &&
    on === kept.subject &&
    by?.id === kept.byId &&
    intent.at === kept.startedAt &&
    outcome?.result === kept.result
  );
}
