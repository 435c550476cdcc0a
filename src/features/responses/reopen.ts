import { reopen as reopenedBy } from '../../domain/incident/reopened.ts';
import type { StepResponse } from '../../domain/response/response.ts';

export const reopen: StepResponse = {
  kind: 'step',
  id: 'reopen',
  label: 'Reopen',
  button: { id: 'reopen', label: 'Reopen', heading: 'Reopen', verb: 'Reopen' },
  needs: 'responder',
  effect: 'Opens the incident again, with you on it.',
  nonEffect: 'Changes nothing in AWS.',
  access: 'unchanged',
  undo: 'Resolve',
  target: 'incident',
  offered: ({ status }) => (status === 'resolved' ? 'more' : undefined),
  step: (incident, by, { now, current }) => reopenedBy(incident, by, now, current),
};
