import { acknowledge as acknowledged } from '../../domain/incident/incident.ts';
import type { StepResponse } from '../../domain/response/response.ts';

/** Of a second one, the first is told. It is done to all of the campaign that it knows of and that nobody acknowledged. */
export const acknowledge: StepResponse = {
  kind: 'step',
  id: 'acknowledge',
  label: 'Acknowledge',
  button: { id: 'acknowledge', label: 'Acknowledge', heading: 'Acknowledge', verb: 'Acknowledge' },
  needs: 'responder',
  effect: 'Says that you are on it.',
  nonEffect: 'Changes nothing in AWS.',
  access: 'unchanged',
  undo: 'Release',
  target: 'incident',
  offered: ({ status }) => (status === 'open' ? 'incident' : undefined),
  concerns: ({ id }, campaign) => [id, ...campaign.filter(({ status }) => status === 'open').map((one) => one.id)],
  step: (incident, by, { now }) => acknowledged(incident, by, now),
};
