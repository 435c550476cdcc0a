import { release as released } from '../../domain/incident/incident.ts';
import type { StepResponse } from '../../domain/response/response.ts';
import { isUnresolved } from '../../domain/response/target.ts';

export const release: StepResponse = {
  kind: 'step',
  id: 'release',
  label: 'Release',
  button: { id: 'release', label: 'Release', heading: 'Release', verb: 'Release' },
  needs: 'responder',
  effect: 'Says that nobody is on it.',
  nonEffect: 'Changes nothing in AWS.',
  access: 'unchanged',
  undo: 'Acknowledge',
  target: 'incident',
  offered: (incident) => (isUnresolved(incident) && incident.owner !== undefined ? 'more' : undefined),
  step: (incident, by, { now }) => released(incident, by, now),
};
