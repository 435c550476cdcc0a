import { reopen as reopenedBy, resolve as resolvedBy } from '../domain/incident/incident.ts';
import type { Verdict } from '../domain/incident/resolution.ts';
import type { Ports } from '../domain/ports.ts';
import type { Answer, Clicker } from './respond.ts';
import { transition } from './transition.ts';

export interface Resolution {
  readonly verdict: Verdict;
  readonly note: string;
}

/** @param incidents those of one campaign that are resolved alike; each gets its entry */
export function resolve(ports: Ports, clicker: Clicker, incidents: readonly [number, ...number[]], { verdict, note }: Resolution) {
  const [incident, ...others] = incidents;
  return transition(ports, clicker, {
    response: 'resolve',
    incident,
    others,
    step: (before, by, now) => resolvedBy(before, by, now, verdict, note.trim()),
  });
}

export function reopen(ports: Ports, clicker: Clicker, incident: number): Promise<Answer<{ text: string }>> {
  return transition(ports, clicker, { response: 'reopen', incident, step: reopenedBy });
}
