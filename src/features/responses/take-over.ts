import { takeOver as takenOver } from '../../domain/incident/incident.ts';
import type { StepResponse } from '../../domain/response/response.ts';
import { isUnresolved } from '../../domain/response/target.ts';

export const takeOver: StepResponse = {
  kind: 'step',
  id: 'take-over',
  label: 'Take over',
  button: { id: 'take-over', label: 'Take over', heading: 'Take over', verb: 'Take over' },
  needs: 'responder',
  effect: 'Makes you the one who is on it.',
  nonEffect: 'Changes nothing in AWS.',
  access: 'unchanged',
  undo: 'Release',
  target: 'incident',
  // On one that nobody has, Acknowledge is how to take it.
  offered: (incident) => (isUnresolved(incident) && incident.owner !== undefined ? 'more' : undefined),
  step: (incident, by, { now }) => takenOver(incident, by, now),
};
