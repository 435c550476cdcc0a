/** A ladder that is in no list of the responder's. */
import type { LadderResponse } from '../../src/domain/response/response.ts';

export const twoRungs: LadderResponse = {
  kind: 'ladder',
  id: 'two-rungs',
  label: 'Two rungs',
  button: { id: 'two-rungs', label: 'Two rungs', heading: 'Two rungs', verb: 'Climb' },
  needs: 'remediator',
  effect: 'Locks out and resets MFA.',
  nonEffect: 'Nothing else.',
  access: 'takes',
  undo: 'Not undone',
  target: 'iam-user',
  rungs: ['lock-out', 'reset-mfa'],
  offered: () => 'user',
};
