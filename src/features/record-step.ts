import { settled, withDeed, withNotesOutdated } from '../domain/incident/deeds.ts';
import type { Ports } from '../domain/ports.ts';
import type { Answer, Clicker } from './respond.ts';
import { transition } from './transition.ts';

export interface RecordedStep {
  readonly what: string;
  readonly on: string;
  /** Keys of the "Not stopped" and "Left to do" lines that are settled by it. */
  readonly settles: readonly string[];
}

/** Writes down what somebody did by hand: evidence like any other response. */
export function recordStep(ports: Ports, clicker: Clicker, incident: number, step: RecordedStep): Promise<Answer<{ text: string }>> {
  const what = step.on === '' ? step.what : `${step.what} (${step.on})`;
  return transition(ports, clicker, {
    response: 'record-step',
    incident,
    step: (before, by, now) => ({
      ok: true,
      incident: withNotesOutdated(withDeed(settled(before, step.settles), { at: now, by, how: 'hand', what }), undefined, now),
      text: `By hand, ${by.name}: ${what}`,
    }),
  });
}
