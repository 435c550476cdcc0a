import { reopen as reopenedBy, resolve as resolvedBy, type Verdict } from '../domain/incident/incident.ts';
import type { Ports } from '../domain/ports.ts';
import { type Answer, type Clicker, transition } from './respond.ts';

export function resolve(ports: Ports, clicker: Clicker, incident: number, verdict: Verdict, note: string): Promise<Answer<{ text: string }>> {
  return transition(ports, clicker, incident, 'resolve', (before, by, now) => resolvedBy(before, by, now, verdict, note.trim()));
}

export function reopen(ports: Ports, clicker: Clicker, incident: number): Promise<Answer<{ text: string }>> {
  return transition(ports, clicker, incident, 'reopen', reopenedBy);
}
