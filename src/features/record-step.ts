import { withDeed } from '../domain/incident.ts';
import type { Ports } from '../domain/ports.ts';
import { type Answer, type Clicker, transition } from './respond.ts';

/** Writes down what somebody did by hand: evidence like any other response. */
export function recordStep(ports: Ports, clicker: Clicker, incident: number, step: { what: string; on: string }): Promise<Answer<{ text: string }>> {
  const what = step.on.trim() === '' ? step.what.trim() : `${step.what.trim()} (${step.on.trim()})`;
  return transition(ports, clicker, incident, 'record-step', (before, by, now) => ({
    ok: true,
    incident: withDeed(before, { at: now, by, how: 'hand', what }),
    text: `By hand, ${by.name}: ${what}`,
  }));
}
